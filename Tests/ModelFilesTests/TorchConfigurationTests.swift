import JSON
import ModelFiles
import TestSupport
import Testing

/// Archives of a traced module and a tokenizer, with descriptions that leave sizes out, as OpenSearch's do.
@Suite struct TorchConfigurationTests {
    private static let sizes = [
        "vocab_size", "hidden_size", "dim", "num_hidden_layers", "n_layers", "num_attention_heads", "n_heads",
        "intermediate_size", "hidden_dim", "max_position_embeddings", "type_vocab_size",
        "relative_attention_num_buckets",
    ]

    private func original(_ name: String) throws -> JSONValue {
        try JSONValue(parsing: Fixture.bytes("encoders/models/\(name)/config.json"))
    }

    @Test(arguments: ["bert-cross", "roberta-cross", "distilbert-splade", "bert-dense", "mpnet-dense"])
    func sizesAreThoseOfTheConfigurationThatWasTraced(name: String) throws {
        let folder = try ModelFolder(path: Fixture.path("artifacts/tiny/\(name).zip"))
        let original = try original(name)
        for field in Self.sizes where folder.config[field] != nil {
            #expect(folder.config[field]?.int == original[field]?.int, "\(field)")
        }
        #expect(folder.config["layer_norm_eps"]?.double == original["layer_norm_eps"]?.double)
        #expect(folder.modelType == original["model_type"]?.string)
        #expect(folder.config["architectures"] == original["architectures"])
        #expect(folder.notes.contains { $0.contains("taken from the graph") })
    }

    @Test func aDescriptionWithoutSizesIsCompletedByTheGraph() throws {
        try TemporaryFolder.with { folder in
            try folder.copy(Fixture.path("artifacts/tiny/bert-cross.zip"), to: "model.zip")
            try folder.write(
                #"""
                {"name":"x","function_name":"TEXT_SIMILARITY","model_format":"TORCH_SCRIPT","model_config":{"model_type":"bert",
                 "framework_type":"HUGGINGFACE_TRANSFORMERS","all_config":"{\"total_chunks\":9,\"layer_norm_eps\":1e-5}"}}
                """#, to: "config.json")
            let opened = try ModelFolder(path: folder.path + "/model.zip")
            #expect(opened.task == .crossEncoder)
            #expect(opened.config["num_attention_heads"]?.int == 2)
            #expect(opened.config["layer_norm_eps"]?.double == 1e-5)
            #expect(opened.activation == .identity)
        }
    }

    @Test func theGraphDecidesHowTokensArePooled() throws {
        try TemporaryFolder.with { folder in
            try folder.copy(Fixture.path("artifacts/tiny/bert-dense.zip"), to: "model.zip")
            let description = { (framework: String) in
                #"{"name":"x","function_name":"TEXT_EMBEDDING","model_format":"TORCH_SCRIPT","model_config":{"model_type":"bert","#
                    + #""pooling_mode":"MAX","normalize_result":false,"framework_type":"\#(framework)"}}"#
            }
            try folder.write(description("sentence_transformers"), to: "config.json")
            let opened = try ModelFolder(path: folder.path + "/model.zip")
            let original = try ModelFolder(path: Fixture.path("encoders/models/bert-dense"))
            #expect(opened.modules.map(\.kind.pooling?.modes) == original.modules.map(\.kind.pooling?.modes))
            #expect(opened.modules.contains { $0.kind == .normalize })
            #expect(opened.notes.contains { $0.contains("the graph pools by") })
            // Outside of the graph, the description's word counts.
            try folder.write(description("HUGGINGFACE_TRANSFORMERS"), to: "config.json")
            let outside = try ModelFolder(path: folder.path + "/model.zip")
            #expect(outside.modules.compactMap(\.kind.pooling?.modes) == [[.max]])
            #expect(!outside.modules.contains { $0.kind == .normalize })
        }
    }

    @Test func whatIsNotCertainNeedsItsConfiguration() throws {
        try TemporaryFolder.with { folder in
            try folder.copy(Fixture.path("torch/scripted.pt"), to: "model.pt")
            try folder.write("{}", to: "tokenizer.json")
            let error = #expect(throws: ModelFileError.self) { try ModelFolder(path: folder.path) }
            #expect(error?.kind == .missing)
            #expect(error?.advice?.contains("all_config") == true)
        }
    }
}

extension ModelModule.Kind {
    fileprivate var pooling: ModelModule.Pooling? {
        if case .pooling(let pooling) = self { pooling } else { nil }
    }
}
