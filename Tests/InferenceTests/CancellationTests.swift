import Encoders
import Inference
import TestSupport
import Testing

@Suite("A caller that goes away is dropped", .timeLimit(.minutes(5)))
struct CancellationTests {
    private let text = "the winter was long and the wood was wet"
    private var texts: [String] { (0..<64).map { "\(text) \($0)" } }

    private func error<Value>(of task: Task<Value, any Error>) async -> InferenceError? {
        await inferenceError { _ = try await task.value }
    }

    @Test("Before it is let in: nothing is done for it")
    func before() async throws {
        let gate = Gate(isOpen: true)
        let engine = try await TestModel.engine("bert-cross", observer: gate.observer)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await engine.score(ScoreRequest(query: text, texts: texts))
        }
        #expect(await error(of: task)?.code == .cancelled)
        #expect(gate.events.isEmpty)
    }

    @Test("While its texts are read, while it waits, and in the middle", arguments: [1, 3, 6, 9])
    func during(_ pieces: Int) async throws {
        let gate = Gate()
        let engine = try await TestModel.engine(
            "bert-cross", settings: .with { $0.threads = 1 }, observer: gate.observer)
        let task = Task { try await engine.score(ScoreRequest(query: text, texts: texts)) }
        for piece in 1..<pieces {
            try await gate.waits(for: piece)
            gate.letOnePass()
        }
        // The thread stands before piece number `pieces`: four portions of 16 texts come first, then tiles.
        try await gate.waits(for: pieces)
        task.cancel()
        #expect(await error(of: task)?.code == .cancelled)
        gate.open()
        let next = try await engine.score(ScoreRequest(query: "a", texts: ["b"]))
        #expect(next.scores.count == 1)
        #expect(gate.events.count == pieces + 2, "what it waited for was dropped")
    }

    @Test("Its tokens are free at once")
    func tokens() async throws {
        let gate = Gate()
        let engine = try await TestModel.engine(
            "bert-cross", settings: .with { ($0.threads, $0.maximumWaitingTokens) = (1, 1000) }, observer: gate.observer
        )
        let big = Task { try await engine.score(ScoreRequest(query: text, texts: texts)) }
        try await gate.waits(for: 1)
        let refused = await inferenceError { _ = try await engine.score(ScoreRequest(query: text, texts: texts)) }
        #expect(refused?.setting == "max_waiting_tokens")
        big.cancel()
        #expect(await error(of: big)?.code == .cancelled)
        async let next = engine.score(ScoreRequest(query: text, texts: texts))
        gate.open()
        #expect(try await next.scores.count == 64)
    }

    @Test("Storms of random cancellations lose no answer and give none twice")
    func storm() async throws {
        let engine = try await TestModel.engine(
            "bert-cross", "bert-dense", settings: .with { ($0.threads, $0.maximumConcurrentRequests) = (3, 10_000) })
        let encoder = try CrossEncoder(path: TestModel.path("bert-cross"))
        let expected = try encoder.score(texts.map { TextPair(text, $0) }).map(\.logits)
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<20 {
            let delays = (0..<50).map { _ in Int.random(in: 0...3000, using: &generator) }
            let outcomes = await withTaskGroup(of: Bool?.self) { group in
                for (number, delay) in delays.enumerated() {
                    group.addTask {
                        let task = Task {
                            var request = ScoreRequest(query: text, texts: Array(texts.prefix(1 + number)))
                            request.usesCache = false
                            return try await engine.score(request).scores.map(\.logits)
                        }
                        // Every third is let live.
                        if number % 3 > 0 {
                            try? await Task.sleep(for: .microseconds(delay))
                            task.cancel()
                        }
                        switch await task.result {
                        case .success(let logits): return logits == Array(expected.prefix(1 + number))
                        case .failure(let error): return (error as? InferenceError)?.code == .cancelled ? nil : false
                        }
                    }
                }
                return await group.reduce(into: [Bool?]()) { $0.append($1) }
            }
            #expect(outcomes.count == 50 && !outcomes.contains(false))
            #expect(outcomes.count { $0 == true } >= 17)
        }
        await engine.stop()
    }
}
