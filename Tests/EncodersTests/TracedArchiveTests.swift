import Encoders
import ModelFiles
import TestSupport
import Testing

/// Zips of a traced module and a tokenizer, as OpenSearch's artifact host has them: nothing else tells what they are.
@Suite("Traced archives without a description equal PyTorch")
struct TracedArchiveTests {
    private func archive(_ name: String) -> String { Fixture.path("artifacts/tiny/\(name).zip") }

    @Test("Rerankers", arguments: ["bert-cross", "roberta-cross"])
    func rerankers(_ name: String) throws {
        let reference = try ReferenceFolder("models/" + name)
        let encoder = try CrossEncoder(path: archive(name))
        let results = try encoder.score(try reference.pairs())
        #expect(largestDifference(results.map(\.logits), try reference.rows("logits")) <= 1e-4)
        #expect(encoder.activation == .identity)
    }

    @Test("Sparse encoders")
    func sparse() throws {
        let reference = try ReferenceFolder("models/distilbert-splade")
        let encoder = try SparseEncoder(path: archive("distilbert-splade"))
        let vectors = try encoder.encode(try reference.texts(), as: .document)
        #expect(
            largestDifference(vectors.map { $0.dense(encoder.vocabularySize) }, try reference.rows("max.relu")) <= 1e-4)
    }

    @Test("Pooling and normalisation are those of the graph", arguments: ["bert-dense", "mpnet-dense"])
    func dense(_ name: String) throws {
        let reference = try ReferenceFolder("models/" + name)
        let folder = try DenseEncoder(path: reference.path)
        let encoder = try DenseEncoder(path: archive(name))
        // The graph knows nothing of prompts.
        let texts = try reference.texts()
        let expected = try folder.embed(texts, prompt: .none)
        #expect(encoder.normalizes == folder.normalizes)
        #expect(
            largestDifference(try encoder.embed(texts, prompt: .none).map(Array.init), expected.map(Array.init)) <= 1e-4
        )
    }
}
