import Encoders
import Testing

@Suite("The same network under other names and in other files")
struct WeightNameTests {
    private func scores(_ path: String) throws -> [[Float]] {
        try CrossEncoder(path: path).score(try ReferenceFolder("models/bert-cross-labels").pairs()).map(\.logits)
    }

    @Test(
        "Prefixes of training frameworks do not matter",
        arguments: ["module.", "_orig_mod.", "0.auto_model.", "module._orig_mod.", "model."])
    func prefixes(_ prefix: String) throws {
        let folder = try ModelCopy("bert-cross-labels")
        let before = try scores(folder.path)
        try folder.rewriteWeights { name, _ in prefix + name }
        #expect(try scores(folder.path) == before)
    }

    @Test("An encoder without the prefix of its family keeps its pooler; the head lies beside it")
    func noFamilyPrefix() throws {
        let folder = try ModelCopy("bert-cross-labels")
        let before = try scores(folder.path)
        try folder.rewriteWeights { name, _ in name.hasPrefix("bert.") ? String(name.dropFirst(5)) : name }
        #expect(try scores(folder.path) == before)
    }

    @Test("Norms may be called gamma and beta, as in the first files of BERT")
    func gammaAndBeta() throws {
        let folder = try ModelCopy("bert-cross-labels")
        let before = try scores(folder.path)
        try folder.rewriteWeights { name, _ in
            name.hasSuffix("LayerNorm.weight")
                ? String(name.dropLast(6)) + "gamma"
                : name.hasSuffix("LayerNorm.bias") ? name.dropLast(4) + "beta" : name
        }
        #expect(try scores(folder.path) == before)
    }

    @Test("A decoder of its own is taken before the word embeddings", arguments: ["bert-splade", "mpnet-splade"])
    func untiedDecoder(_ name: String) throws {
        let folder = try ModelCopy(name)
        let text = ["a fast text editor"]
        let before = try SparseEncoder(path: folder.path).encode(text, as: .document)
        let decoder = name == "bert-splade" ? "cls.predictions.decoder.weight" : "lm_head.decoder.weight"
        try folder.rewriteWeights(copying: "word_embeddings.weight", to: decoder, times: 1) { name, _ in name }
        #expect(try SparseEncoder(path: folder.path).encode(text, as: .document) == before)
        try folder.rewriteWeights(copying: "word_embeddings.weight", to: decoder, times: 2) { name, _ in name }
        #expect(try SparseEncoder(path: folder.path).encode(text, as: .document) != before)
    }

    @Test("Heads of other tasks are reported as unused")
    func unused() throws {
        let encoder = try DenseEncoder(path: ReferenceFolder("models/bert-plain").path)
        #expect(encoder.summary.unusedTensors == ["pooler.dense.bias", "pooler.dense.weight"])
    }

    @Test(
        "Other file formats give the same numbers",
        arguments: ["pytorch_model.bin", "traced.pt", "model.onnx"])
    func formats(_ file: String) throws {
        let folder = try ModelCopy("bert-cross-labels")
        let before = try scores(folder.path)
        try folder.remove("model.safetensors")
        try folder.add("formats/" + file, as: file)
        let after = try scores(folder.path)
        #expect(largestDifference(after, before) <= 1e-5)
    }
}
