import Encoders
import JSON
import ModelFiles
import TestSupport
import Testing

@Suite("Folders that cannot be right")
struct LoadingErrorTests {
    private func failure(_ open: () throws -> Void) throws -> EncoderError {
        do {
            try open()
        } catch {
            return try #require(error as? EncoderError)
        }
        throw Expectation(description: "no error was thrown")
    }

    private struct Expectation: Error { let description: String }

    @Test(
        "A field that cannot be is named with its file and value",
        arguments: [
            ("hidden_size", JSONValue.string("many"), "hidden_size"), ("hidden_size", 0, "hidden_size"),
            ("hidden_size", 1e300, "hidden_size"), ("num_attention_heads", 3, "hidden_size"),
            ("num_hidden_layers", -1, "num_hidden_layers"), ("vocab_size", .null, "vocab_size"),
            ("layer_norm_eps", .bool(true), "layer_norm_eps"), ("hidden_act", "mystery", "hidden_act"),
            ("position_embedding_type", "relative_key", "position_embedding_type"),
            ("max_position_embeddings", .array([]), "max_position_embeddings"),
        ])
    func badFields(_ field: String, _ value: JSONValue, _ named: String) throws {
        let folder = try ModelCopy("bert-dense") { $0[field] = value }
        let error = try failure { _ = try DenseEncoder(path: folder.path) }
        #expect([.badConfiguration, .unsupportedModel, .modelFile].contains(error.code), "\(error)")
        #expect(error.path?.hasSuffix("config.json") == true, "\(error)")
        #expect("\(error)".contains(named), "\(error)")
    }

    @Test("An architecture that is not built in is named with those that are")
    func unknownArchitecture() throws {
        let folder = try ModelCopy("bert-dense") { $0["model_type"] = "mystery" }
        let error = try failure { _ = try DenseEncoder(path: folder.path) }
        #expect(error.code == .unsupportedModel)
        #expect("\(error)".contains("mystery") && "\(error)".contains("distilbert"))
    }

    @Test("A tensor of another shape is named with both shapes")
    func wrongShape() throws {
        let folder = try ModelCopy("bert-dense") { $0["intermediate_size"] = 97 }
        let error = try failure { _ = try DenseEncoder(path: folder.path) }
        #expect(error.code == .shapeMismatch)
        #expect(error.tensor == "encoder.layer.0.intermediate.dense.weight")
        #expect(error.expectedShape == [97, 64] && error.actualShape == [96, 64])
    }

    @Test("A missing tensor is named")
    func missingTensor() throws {
        let folder = try ModelCopy("bert-dense") { $0["num_hidden_layers"] = 3 }
        let error = try failure { _ = try DenseEncoder(path: folder.path) }
        #expect(error.code == .missingTensor)
        #expect(error.tensor == "encoder.layer.2.attention.self.query.weight")
    }

    @Test(
        "Weights with more layers than the configuration counts are refused, whatever their names begin with",
        arguments: [
            ("bert-dense", "num_hidden_layers"), ("distilbert-dense", "n_layers"), ("mpnet-dense", "num_hidden_layers"),
            ("distilbert-splade", "n_layers"), ("bert-cross", "num_hidden_layers"),
        ])
    func surplusLayers(_ name: String, _ field: String) throws {
        var stored = 0
        let folder = try ModelCopy(name) { config in
            stored = config[field]?.int ?? 0
            config[field] = 1
        }
        try #require(stored > 1)
        let error = try failure {
            switch name.split(separator: "-")[1] {
            case "dense": _ = try DenseEncoder(path: folder.path)
            case "splade": _ = try SparseEncoder(path: folder.path)
            default: _ = try CrossEncoder(path: folder.path)
            }
        }
        #expect(error.code == .surplusLayers && error.path?.hasSuffix("model.safetensors") == true, "\(error)")
        #expect(error.tensor?.contains("layer.\(stored - 1).") == true, "\(error)")
        #expect(error.reason == "the weights hold \(stored) layers, and the configuration says 1")
    }

    @Test("Tensors beside the layers are only reported, also numbered ones")
    func otherUnusedTensors() throws {
        let folder = try ModelCopy("bert-cross")
        try folder.rewriteWeights(copying: "classifier.bias", to: "other.layer.9.bias") { name, _ in name }
        #expect(try CrossEncoder(path: folder.path).summary.unusedTensors == ["other.layer.9.bias"])
    }

    @Test("A reranker gives no vectors, unless the caller says how to pool")
    func vectorsOfARerankerAreRefused() throws {
        let path = Fixture.path("encoders/models/bert-cross")
        for error in [
            try failure { _ = try DenseEncoder(path: path) },
            try failure { _ = try DenseEncoder(ModelFolder(path: path, task: .dense)) },
        ] {
            #expect(error.code == .wrongTask)
            #expect(
                error.reason == "the model is a cross-encoder (BertForSequenceClassification), not a dense encoder")
        }
        let encoder = try DenseEncoder(ModelFolder(path: path, task: .dense), pooling: [.mean])
        #expect(try encoder.embed(["a"]).count == 1)
        // sentence-transformers keeps the class of the network in config.json also where modules.json pools.
        let folder = try ModelCopy("bert-dense") { $0["architectures"] = ["BertForSequenceClassification"] }
        #expect(throws: Never.self) { try DenseEncoder(path: folder.path) }
    }

    @Test("The place of a fault in a weight file is kept")
    func offset() throws {
        let folder = try ModelCopy("bert-cross")
        try folder.overwriteWeights(with: [0, 0, 0, 0, 0, 1, 0, 0] + Array("{}".utf8))
        let error = try failure { _ = try CrossEncoder(path: folder.path) }
        #expect(error.code == .modelFile && error.offset == 0)
        #expect("\(error)".contains("model.safetensors, byte 0: "))
    }

    @Test("A model for another task is refused")
    func wrongTask() throws {
        let path = Fixture.path("encoders/models/")
        #expect(try failure { _ = try CrossEncoder(path: path + "bert-dense") }.code == .wrongTask)
        #expect(try failure { _ = try SparseEncoder(path: path + "bert-dense") }.code == .wrongTask)
        #expect(try failure { _ = try DenseEncoder(path: path + "bert-splade") }.code == .wrongTask)
        // A plain folder does not forbid it, but lacks the head.
        #expect(try failure { _ = try CrossEncoder(path: path + "bert-plain") }.code == .missingTensor)
    }

    @Test("A folder that is not there is an error with its path")
    func missingFolder() throws {
        let error = try failure { _ = try DenseEncoder(path: "/nowhere/at/all") }
        #expect(error.code == .modelFile && error.path == "/nowhere/at/all")
    }

    @Test("A length limit beyond the model's positions is refused", arguments: [0, 3, 65, 1 << 40])
    func lengthLimit(_ limit: Int) throws {
        let path = Fixture.path("encoders/models/bert-cross")
        let options = EncoderOptions(maxSequenceLength: limit)
        #expect(try failure { _ = try CrossEncoder(path: path, options: options) }.code == .badRequest)
    }

    @Test("A word vector that is not finite is an error when a text asks for it, not a score")
    func notFiniteWord() throws {
        let folder = try ModelCopy("bert-cross-labels")
        let word = try CrossEncoder(path: folder.path).tokenize([TextPair("editor", "")])[0].ids[1]
        try folder.rewriteWeights { name, values in
            if name.hasSuffix("word_embeddings.weight") { values[Int(word) * 36 + 5] = .nan }
            return name
        }
        let encoder = try CrossEncoder(path: folder.path)
        #expect(try failure { _ = try encoder.score([TextPair("editor", "a")]) }.code == .notFinite)
        #expect(try encoder.score([TextPair("", "")])[0].logits.allSatisfy { $0.isFinite })
    }

    @Test("Weights that are not finite are refused with the tensor's name")
    func notFinite() throws {
        let folder = try ModelCopy("bert-cross-labels")
        try folder.rewriteWeights { name, values in
            if name == "bert.encoder.layer.0.output.dense.bias" { values[7] = .nan }
            return name
        }
        let error = try failure { _ = try CrossEncoder(path: folder.path) }
        #expect(error.code == .notFinite)
        #expect(error.tensor == "bert.encoder.layer.0.output.dense.bias")
    }
}
