import JSON
import ModelExport
import ModelFiles
import TestSupport
import Testing

@Suite("Small files are those that sentence-transformers saves")
struct SavedFileTests {
    @Test(
        "Byte by byte",
        arguments: [
            (
                "dense-old",
                ["modules.json", "1_Pooling/config.json", "2_Dense/config.json", "sentence_bert_config.json"]
            ),
            ("sparse-old", ["modules.json", "1_SpladePooling/config.json", "sentence_bert_config.json"]),
            (
                "plain-mlm",
                [
                    "modules.json", "router_config.json", "query_0_SparseStaticEmbedding/config.json",
                    "document_0_MLMTransformer/sentence_bert_config.json",
                ]
            ),
        ])
    func bytes(_ name: String, _ files: [String]) throws {
        try written(name) { folder in
            for file in files {
                let expected = String(decoding: try Fixture.bytes("export/saved/\(name)/\(file)"), as: UTF8.self)
                let actual = try #require(try folder.file(file)).withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
                #expect(actual == expected, "\(file)")
            }
        }
    }

    @Test("But for the versions of programs and empty prompts", arguments: ["dense-old", "sparse-old", "plain-mlm"])
    func pipeline(_ name: String) throws {
        try written(name) { folder in
            let file = "config_sentence_transformers.json"
            var expected = try #require(JSONValue(parsing: Fixture.bytes("export/saved/\(name)/\(file)")).object)
            var actual = try #require(try folder.json(file)?.object)
            for key in ["__version__", "prompts"] {
                #expect(actual[key]?.object != nil)
                expected[key] = nil
                actual[key] = nil
            }
            #expect(JSONValue.object(actual) == .object(expected))
        }
    }

    @Test("A cross-encoder's configuration")
    func crossEncoder() throws {
        try written("cross-key4") { folder in
            let expected = try JSONValue(parsing: Fixture.bytes("export/saved/cross-key4/config.json"))
            for key in ["architectures", "id2label", "label2id"] { #expect(folder.config[key] == expected[key]) }
            let activation = expected["sentence_transformers"]?["activation_fn"]
            #expect(folder.config["sentence_transformers"]?["activation_fn"] == activation)
            try #expect(folder.file("modules.json") == nil)
        }
    }

    /// Writes a fixture's folder anew.
    private func written(_ name: String, _ check: (ModelFolder) throws -> Void) throws {
        let source = try ModelFolder(path: Fixture.path("modelfolders/" + name))
        var settings = ModelFolderSettings()
        if name == "plain-mlm" { settings.queryTokenWeights = [Float](repeating: 1, count: 13) }
        try TemporaryFolder.with { folder in
            let path = folder.path + "/written"
            try ModelFolderWriter(source: source, settings: settings).write([], to: path)
            try check(ModelFolder(path: path))
        }
    }
}
