import Encoders
import Inference
import Telemetry
import Testing

@Suite("The score cache", .timeLimit(.minutes(5)))
struct CacheTests {
    private let query = "where does the river end"

    private func texts(_ range: Range<Int>) -> [String] { range.map { "text number \($0)" } }

    private func engine(cacheBytes: Int, metrics: MetricRegistry = MetricRegistry()) async throws -> InferenceEngine {
        let engine = InferenceEngine(settings: .with { $0.threads = 2 }, metrics: metrics)
        var declaration = TestModel.declaration("bert-cross")
        declaration.cacheBytes = cacheBytes
        engine.declare(declaration)
        try await engine.load("bert-cross")
        return engine
    }

    private func statistics(_ metrics: MetricRegistry, _ name: String) -> Int {
        metrics.value(name + "{model=\"bert-cross\"}").map { Int($0) } ?? -1
    }

    @Test("A hit has the bits of the first answer, is marked, and costs no tokens")
    func hits() async throws {
        let metrics = MetricRegistry()
        let engine = try await engine(cacheBytes: 1 << 20, metrics: metrics)
        let first = try await engine.score(ScoreRequest(query: query, texts: texts(0..<20)))
        let second = try await engine.score(ScoreRequest(query: query, texts: texts(10..<30)))
        #expect(first.scores.allSatisfy { !$0.isCached })
        #expect(second.scores.map(\.isCached) == Array(repeating: true, count: 10) + Array(repeating: false, count: 10))
        #expect(second.scores.prefix(10).map(\.logits) == first.scores.suffix(10).map(\.logits))
        #expect(second.scores.prefix(10).map(\.tokenCount) == first.scores.suffix(10).map(\.tokenCount))
        #expect(second.timing.tokenCount == second.scores.suffix(10).reduce(0) { $0 + $1.tokenCount })
        #expect(statistics(metrics, "needletail_score_cache_hits_total") == 10)
        #expect(statistics(metrics, "needletail_score_cache_misses_total") == 30)
        var all = ScoreRequest(query: query, texts: texts(0..<20))
        all.activation = .identity
        let third = try await engine.score(all)
        #expect(third.scores.allSatisfy { $0.isCached && $0.scores == $0.logits })
        #expect(third.timing.tokenCount == 0 && third.timing.inference == .zero)
    }

    @Test("What changes the tokens is another entry: bytes, side, limits, one text or two")
    func keys() async throws {
        let engine = try await engine(cacheBytes: 1 << 20)
        var requests = [
            ScoreRequest(query: "café", texts: ["la mer"]), ScoreRequest(query: "cafe\u{301}", texts: ["la mer"]),
            ScoreRequest(query: "ca", texts: ["fé la mer"]), ScoreRequest(inputs: [.init("café")]),
            ScoreRequest(inputs: [.init("café", "")]),
        ]
        for change: (inout ScoreRequest) -> Void in [
            { $0.truncationSide = .left }, { $0.maximumTextTokens = 1 }, { $0.longTexts = .chunk() },
            { $0.longTexts = .chunk(overlap: 3) }, { $0.longTexts = .refuse },
        ] {
            requests.append(requests[0])
            change(&requests[requests.count - 1])
        }
        for request in requests { #expect(try await engine.score(request).scores[0].isCached == false, "\(request)") }
        for request in requests { #expect(try await engine.score(request).scores[0].isCached, "\(request)") }
    }

    @Test("It can be switched off for a request and for a model")
    func off() async throws {
        let engine = try await engine(cacheBytes: 1 << 20)
        var request = ScoreRequest(query: query, texts: texts(0..<3))
        request.usesCache = false
        _ = try await engine.score(request)
        request.usesCache = true
        #expect(try await engine.score(request).scores.allSatisfy { !$0.isCached }, "nothing was kept")
        request.usesCache = false
        #expect(try await engine.score(request).scores.allSatisfy { !$0.isCached }, "nothing was looked for")
        let without = try await self.engine(cacheBytes: 0)
        request.usesCache = true
        for _ in 0..<2 { #expect(try await without.score(request).scores.allSatisfy { !$0.isCached }) }
    }

    @Test("It never holds more bytes than it may, and keeps what was used last", arguments: [20_000, 100_000])
    func bound(_ bytes: Int) async throws {
        let metrics = MetricRegistry()
        let engine = try await engine(cacheBytes: bytes, metrics: metrics)
        let favourite = ScoreRequest(query: query, texts: texts(0..<5))
        for round in 0..<120 {
            _ = try await engine.score(ScoreRequest(query: query, texts: texts(30 * round..<30 * (round + 1))))
            let again = try await engine.score(favourite)
            if round > 0 { #expect(again.scores.allSatisfy { $0.isCached }, "round \(round)") }
            #expect(statistics(metrics, "needletail_score_cache_bytes") <= bytes)
        }
        #expect(statistics(metrics, "needletail_score_cache_evictions_total") > 0)
        #expect(statistics(metrics, "needletail_score_cache_bytes") > bytes / 2)
    }

    @Test("A text that a request holds twice is computed once")
    func duplicates() async throws {
        let gate = Gate(isOpen: true)
        let engine = try await TestModel.engine("bert-cross", "bert-dense", observer: gate.observer)
        var request = ScoreRequest(query: query, texts: Array(repeating: "the same", count: 50) + ["another"])
        request.usesCache = false
        let result = try await engine.score(request)
        #expect(Set(result.scores.prefix(50).map(\.logits)).count == 1 && result.scores.count == 51)
        #expect(gate.tiles.joined().joined().count == 2)
        #expect(result.timing.tokenCount == result.scores[0].tokenCount + result.scores[50].tokenCount)
        let embeddings = try await engine.embed(EmbedRequest(inputs: ["a", "b", "a"].map { .text($0) })).embeddings
        #expect(Array(embeddings[0]) == Array(embeddings[2]) && Array(embeddings[0]) != Array(embeddings[1]))
        #expect(gate.tiles.joined().joined().count == 4)
    }
}
