import Encoders
import Inference
import ModelFiles
import Synchronization
import TestSupport
import Testing

/// Tiles that idle threads help with.
@Suite("A tile that idle threads share has the bits of one thread", .timeLimit(.minutes(5)))
struct SharedTileTests {
    /// A model of a size for which sharing is worth while.
    private static let starter = Fixture.repositoryRoot + "/Models/starter-cross-encoder"

    private static func engine(threads: Int, _ precision: Precision) async throws -> InferenceEngine {
        let engine = InferenceEngine(settings: .with { $0.threads = threads })
        var declaration = ModelDeclaration(name: "starter", task: .crossEncoder, path: starter)
        declaration.precision = precision
        declaration.cacheBytes = 0
        engine.declare(declaration)
        try await engine.load("starter")
        return engine
    }

    private func bits(_ values: some Sequence<Float>) -> [UInt32] { values.map(\.bitPattern) }

    @Test(arguments: [2, 3, 5], [Precision.fp32, .int8])
    func requestsOneByOneAndTogether(threads: Int, precision: Precision) async throws {
        let engine = try await Self.engine(threads: threads, precision)
        let encoder = try CrossEncoder(path: Self.starter, options: EncoderOptions(threads: 1, precision: precision))
        let texts = try TestModel.texts()
        let requests = [[0], [1], [2, 3, 4], [5], Array(texts.indices), [6, 7]].map { numbers in
            numbers.map { texts[$0 % texts.count] }
        }
        let expected = try requests.map { texts in
            try encoder.score(texts.map { TextPair("how to", $0) }).map { bits($0.logits) }
        }
        @Sendable func score(_ texts: [String]) async throws -> [[UInt32]] {
            try await engine.score(ScoreRequest(query: "how to", texts: texts)).scores.map {
                $0.logits.map(\.bitPattern)
            }
        }
        for _ in 0..<3 {
            for (request, logits) in zip(requests, expected) { #expect(try await score(request) == logits) }
        }
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<4 {
                for (request, logits) in zip(requests, expected) {
                    group.addTask { try await score(request) == logits }
                }
            }
            for try await same in group { #expect(same) }
        }
    }
}
