import JSON
import ModelFiles
import TestSupport
import Testing

/// Folders that hold a graph and a tokenizer, and nothing that describes the model.
@Suite struct ONNXConfigurationTests {
    private func opened(
        _ graph: String, as name: String = "pytorch_model.onnx", tokenizer: String = "tokenizer.json"
    ) throws -> ModelFolder {
        try TemporaryFolder.with { folder in
            try folder.copy(Fixture.path("onnx/\(graph)"), to: name)
            try folder.write("{}", to: tokenizer)
            return try ModelFolder(path: folder.path)
        }
    }

    @Test(arguments: ["bert-classifier.onnx", "bert-unfolded.onnx", "bert-int8.onnx"])
    func theSizesOfABertAreReadOffItsGraph(graph: String) throws {
        let folder = try opened(graph)
        let sizes = [
            "vocab_size": 23, "hidden_size": 8, "num_hidden_layers": 2, "num_attention_heads": 2,
            "intermediate_size": 12,
            "max_position_embeddings": 10, "type_vocab_size": 2,
        ]
        for (name, size) in sizes { #expect(folder.config[name]?.int == size, "\(name)") }
        #expect(folder.modelType == "bert")
        #expect(folder.maxSequenceLength == 10)
        #expect(folder.notes.contains { $0.contains("config.json") })
    }

    @Test func oneLogitIsAScoreAsItIs() throws {
        let folder = try opened("bert-classifier.onnx", as: "model.onnx")
        #expect(folder.task == .crossEncoder)
        #expect(folder.labels.count == 1)
        #expect(folder.activation == .identity)
        #expect(try opened("bert-mlm.onnx", tokenizer: "vocab.txt").task == .sparse)
    }

    @Test(arguments: ["roberta-classifier.onnx", "distilbert-mlm.onnx", "mpnet.onnx", "plain.onnx"])
    func whatIsNotCertainNeedsItsConfiguration(graph: String) throws {
        let error = #expect(throws: ModelFileError.self) { try opened(graph) }
        #expect(error?.kind == .missing)
        #expect(error?.advice?.contains("config.json") == true)
    }

    @Test func aGraphInAnArchiveTellsWhatItsDescriptionLeavesOut() throws {
        try TemporaryFolder.with { folder in
            let archive = ZipBuilder([
                .init(name: "ms-marco.onnx", data: try Fixture.bytes("onnx/bert-classifier.onnx")),
                .init(name: "tokenizer.json", data: [UInt8]("{}".utf8)),
            ])
            try folder.write(archive.bytes(), to: "model.zip")
            try folder.write(
                #"{"name":"x","function_name":"TEXT_SIMILARITY","model_format":"ONNX","model_config":{"model_type":"bert"}}"#,
                to: "config.json")
            let opened = try ModelFolder(path: folder.path + "/model.zip")
            #expect(opened.task == .crossEncoder)
            #expect(opened.config["num_attention_heads"]?.int == 2)
            #expect(opened.activation == .identity)
        }
    }

    @Test func aConfigurationBesideTheGraphWins() throws {
        try TemporaryFolder.with { folder in
            try folder.copy(Fixture.path("onnx/bert-classifier.onnx"), to: "model.onnx")
            try folder.write("{}", to: "tokenizer.json")
            try folder.write(
                #"{"model_type":"bert","architectures":["BertForSequenceClassification"],"num_labels":1}"#,
                to: "config.json")
            let opened = try ModelFolder(path: folder.path)
            #expect(opened.config["num_hidden_layers"] == nil)
            #expect(opened.activation == .sigmoid)
        }
    }
}
