import Encoders
import Inference
import Telemetry
import Testing

@Suite("Limits are told by name and free again afterwards", .timeLimit(.minutes(5)))
struct LimitTests {
    private let text = "a small river runs past the old mill"

    @Test("No texts, and too many")
    func textCount() async throws {
        let engine = try await TestModel.engine("bert-cross", settings: .with { $0.maximumTexts = 2 })
        let none = await inferenceError { _ = try await engine.score(ScoreRequest(inputs: [])) }
        #expect(none?.code == .emptyInput)
        let many = await inferenceError {
            _ = try await engine.score(ScoreRequest(query: text, texts: [text, text, text]))
        }
        #expect(many?.code == .tooManyTexts && many?.setting == "max_client_batch_size")
        #expect(many?.message.contains("3 texts") == true && many?.message.contains("is 2") == true)
        #expect(try await engine.score(ScoreRequest(query: text, texts: [text, text])).scores.count == 2)
    }

    @Test("Too many requests at once")
    func concurrentRequests() async throws {
        let (gate, metrics) = (Gate(), MetricRegistry())
        let engine = try await TestModel.engine(
            "bert-cross", settings: .with { ($0.threads, $0.maximumConcurrentRequests) = (1, 2) }, metrics: metrics,
            observer: gate.observer)
        let request = ScoreRequest(query: text, texts: [text])
        async let first = engine.score(request)
        async let second = engine.score(request)
        try await metrics.waits(forRequests: 2)
        let refusal = await inferenceError { _ = try await engine.score(request) }
        #expect(refusal?.code == .overloaded && refusal?.setting == "max_concurrent_requests")
        #expect(refusal?.message.contains("is 2") == true)
        gate.open()
        #expect(try await first.scores.map(\.logits) == second.scores.map(\.logits))
        #expect(try await engine.score(request).scores.count == 1)
    }

    /// The error of a request, or nil if it was let in; then it is cancelled.
    private static func refusal(of engine: InferenceEngine, _ request: ScoreRequest) async -> InferenceError? {
        let task = Task { try await engine.score(request) }
        try? await Task.sleep(for: .milliseconds(20))
        task.cancel()
        let error = await inferenceError { _ = try await task.value }
        return error?.code == .cancelled ? nil : error
    }

    @Test("Too many tokens in the engine: the bound counts before the texts are read, the tokens afterwards")
    func waitingTokens() async throws {
        let (gate, metrics) = (Gate(), MetricRegistry())
        let encoder = try CrossEncoder(path: TestModel.path("bert-cross"))
        let pairs = ["the river", "the mill"]
        let tokens = try encoder.tokenize(pairs.map { TextPair("a river", $0) }).reduce(0) { $0 + $1.count }
        let bounds = pairs.reduce(0) { $0 + "a river".utf8.count + $1.utf8.count + 8 }
        // The short request counts with 10 before it is read.
        let limit = tokens + 10
        #expect(bounds + 10 > limit)
        let engine = try await TestModel.engine(
            "bert-cross", settings: .with { ($0.threads, $0.maximumWaitingTokens) = (1, limit) }, metrics: metrics,
            observer: gate.observer)
        let (short, long) = (ScoreRequest(query: "a", texts: ["b"]), ScoreRequest(query: "a river", texts: pairs))
        async let first = engine.score(long)
        try await gate.waits(for: 1)
        let refused = await inferenceError { _ = try await engine.score(short) }
        #expect(refused?.code == .overloaded && refused?.setting == "max_waiting_tokens")
        #expect(refused?.message.contains("is \(limit)") == true)
        gate.letOnePass()
        // Tokenised, it holds less than its bytes.
        try await gate.waits(for: 2)
        async let second = inferenceError { _ = try await engine.score(short) }
        try await metrics.waits(forRequests: 2)
        gate.open()
        #expect(try await first.scores.count == 2)
        #expect(await second == nil)
        // Alone, a request is taken whatever its size.
        let large = ScoreRequest(query: text, texts: (0..<50).map { "\(text) \($0)" })
        #expect(try await engine.score(large).scores.count == 50)
    }

    @Test("Too many tokens in one request")
    func requestTokens() async throws {
        let engine = try await TestModel.engine("bert-cross", settings: .with { $0.maximumRequestTokens = 40 })
        let error = await inferenceError {
            _ = try await engine.score(ScoreRequest(query: text, texts: (0..<100).map { "\(text) \($0)" }))
        }
        #expect(error?.code == .tooManyTokens && error?.setting == "max_request_tokens")
        #expect(error?.message.contains("is 40") == true)
        #expect(try await engine.score(ScoreRequest(query: "a", texts: ["b"])).scores.count == 1)
    }

    @Test("A request that waits too long for its first tile")
    func queueTimeout() async throws {
        let (gate, metrics) = (Gate(), MetricRegistry())
        let engine = try await TestModel.engine(
            "bert-cross", settings: .with { ($0.threads, $0.queueTimeout) = (1, .seconds(5)) }, metrics: metrics,
            observer: gate.observer)
        async let first = engine.score(ScoreRequest(query: text, texts: [text]))
        try await gate.waits(for: 1)
        gate.letOnePass()
        // The first stands before its tile and has begun; the second waits.
        try await gate.waits(for: 2)
        async let second = inferenceError { _ = try await engine.score(ScoreRequest(query: "a", texts: ["b"])) }
        try await metrics.waits(forRequests: 2)
        try await Task.sleep(for: .milliseconds(5100))
        gate.open()
        #expect(try await first.scores.count == 1)
        let error = await second
        #expect(error?.code == .queueTimeout && error?.setting == "queue_timeout")
    }

    @Test("Long texts that may not be cut")
    func refusedTexts() async throws {
        let engine = try await TestModel.engine(
            "bert-cross", "bert-dense", settings: .with { $0.truncatesByDefault = false })
        let long = Array(repeating: text, count: 100).joined(separator: " ")
        let encoder = try CrossEncoder(path: TestModel.path("bert-cross"))
        let error = await inferenceError { _ = try await engine.score(ScoreRequest(query: text, texts: [text, long])) }
        #expect(error?.code == .tooManyTokens && error?.textIndex == 1)
        #expect(error?.message.contains("reads \(encoder.maxSequenceLength)") == true)
        let dense = await inferenceError { _ = try await engine.embed(EmbedRequest(inputs: [.text(long)])) }
        #expect(dense?.code == .tooManyTokens && dense?.textIndex == 0)
        var tokens = EmbedRequest(inputs: [.tokens(Array(repeating: 5, count: 5000))])
        #expect(await inferenceError { _ = try await engine.embed(tokens) }?.code == .tooManyTokens)
        tokens.longTexts = .truncate
        #expect(try await engine.embed(tokens).embeddings.isTruncated == [true])
        var allowed = ScoreRequest(query: text, texts: [text, long])
        allowed.longTexts = .truncate
        #expect(try await engine.score(allowed).scores.map(\.isTruncated) == [false, true])
    }

    @Test("Nothing is let in after the stop, and what was let in is answered")
    func stop() async throws {
        let gate = Gate()
        let engine = try await TestModel.engine(
            "bert-cross", settings: .with { $0.threads = 1 }, observer: gate.observer)
        let texts = (0..<40).map { "\(text) \($0)" }
        async let accepted = engine.score(ScoreRequest(query: text, texts: texts))
        try await gate.waits(for: 1)
        async let stopped: Void = engine.stop()
        var late: InferenceError?
        while late?.code != .stopping { late = await Self.refusal(of: engine, ScoreRequest(query: "a", texts: ["b"])) }
        gate.open()
        #expect(try await accepted.scores.count == 40)
        await stopped
        await engine.stop()
    }

    @Test("Memory is bounded by tokens: of many large requests as many are taken as fit")
    func memory() async throws {
        let (gate, metrics) = (Gate(), MetricRegistry())
        let engine = try await TestModel.engine(
            "bert-cross", settings: .with { ($0.threads, $0.maximumWaitingTokens) = (1, 4000) }, metrics: metrics,
            observer: gate.observer)
        let texts = (0..<20).map { "\(text) \($0)" }
        let limit = try CrossEncoder(path: TestModel.path("bert-cross")).maxSequenceLength
        let bound = texts.reduce(0) { $0 + min(limit, text.utf8.count + $1.utf8.count + 8) }
        #expect(bound < 4000)
        let refused = try await withThrowingTaskGroup(of: InferenceError?.self) { group in
            for _ in 0..<30 {
                group.addTask {
                    await inferenceError { _ = try await engine.score(ScoreRequest(query: text, texts: texts)) }
                }
            }
            try await metrics.waits(forRequests: 4000 / bound)
            #expect(metrics.value("needletail_inference_waiting_tokens") == Double(4000 / bound * bound))
            for _ in 0..<30 - 4000 / bound {
                let error = try await group.next() ?? nil
                #expect(error?.setting == "max_waiting_tokens")
            }
            gate.open()
            return try await group.reduce(0) { $0 + ($1 == nil ? 0 : 1) }
        }
        #expect(refused == 0)
    }
}
