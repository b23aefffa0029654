import Encoders
import Inference
import Telemetry
import Testing

@Suite("A long request among a stream of short ones", .timeLimit(.minutes(5)))
struct StreamOfShortsTests {
    @Test("It gets its share although some short request is always waiting")
    func share() async throws {
        let gate = Gate(isOpen: true)
        let engine = try await TestModel.engine(
            "bert-cross", "bert-dense", settings: .with { ($0.threads, $0.tileTokens) = (1, 48) },
            observer: gate.observer)
        let text = "seven ships sailed south in september"
        let answered = Answered()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    while await !answered.isDone, await answered.shorts < 20_000 {
                        _ = try await engine.embed(EmbedRequest(inputs: [.text(text)]))
                        await answered.short()
                    }
                }
            }
            group.addTask {
                _ = try await engine.score(
                    ScoreRequest(query: text, texts: (0..<60).map { "\(text) \(text) \($0)" }))
                await answered.long()
            }
            try await group.waitForAll()
        }
        // With equal shares the long one's 60 pairs take about as long as 60 short ones of each caller.
        #expect(await answered.shorts < 8_000)
    }

    private actor Answered {
        private(set) var shorts = 0
        private(set) var isDone = false
        func short() { shorts += 1 }
        func long() { isDone = true }
    }
}
