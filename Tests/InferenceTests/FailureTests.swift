import Encoders
import Inference
import ModelFiles
import Telemetry
import TestSupport
import Testing
import Tokenizers

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("A text that breaks the network fails its own request only", .timeLimit(.minutes(5)))
struct FailureTests {
    /// A model that gives infinity for one word, and that word.
    private func brokenModel(_ body: (String, String) async throws -> Void) async throws {
        let source = TestModel.path("bert-cross")
        let encoder = try CrossEncoder(path: source)
        let words = ["river", "mill", "the", "winter", "a"]
        let ids = encoder.inputTokenizer.tokenizer
        let word = try #require(words.first { ids.id(of: $0) != nil })
        let id = Int(try #require(ids.id(of: word)))
        let path = FileManager.default.temporaryDirectory.path + "/needletail-inference-\(UUID().uuidString)"
        try FileManager.default.copyItem(atPath: source, toPath: path)
        defer { try? FileManager.default.removeItem(atPath: path) }
        var writer = SafetensorsWriter()
        for tensor in try WeightArchive.open(source + "/model.safetensors").tensors {
            var values = try tensor.floats()
            if tensor.name.hasSuffix("word_embeddings.weight") {
                let width = tensor.shape[1]
                for column in 0..<width { values[id * width + column] = column.isMultiple(of: 2) ? 3e38 : -3e38 }
            }
            writer.add(tensor.name, shape: tensor.shape, values)
        }
        try FileManager.default.removeItem(atPath: path + "/model.safetensors")
        try writer.write(to: path + "/model.safetensors")
        try await body(path, word)
    }

    @Test("Neighbours in the same tile get their scores")
    func neighbours() async throws {
        try await brokenModel { path, word in
            let (gate, metrics) = (Gate(), MetricRegistry())
            let engine = InferenceEngine(
                settings: .with { ($0.threads, $0.tileTokens) = (1, 200) }, metrics: metrics, observer: gate.observer)
            engine.declare(ModelDeclaration(name: "broken", task: .crossEncoder, path: path))
            try await engine.load("broken")
            let sound = ScoreRequest(query: "x", texts: ["y", "z"])
            async let first = engine.score(sound)
            try await gate.waits(for: 1)
            async let bad = inferenceError { _ = try await engine.score(ScoreRequest(query: "x", texts: ["y", word])) }
            var other = sound
            other.usesCache = false
            async let second = engine.score(other)
            try await metrics.waits(forRequests: 3)
            gate.open()
            let expected = try CrossEncoder(path: path).score([TextPair("x", "y"), TextPair("x", "z")]).map(\.logits)
            #expect(try await first.scores.map(\.logits) == expected)
            #expect(try await second.scores.map(\.logits) == expected)
            let error = await bad
            #expect(error?.code == .backend)
            #expect(gate.tiles.contains { $0.count > 1 }, "requests shared a tile")
        }
    }
}
