import JSON
import ModelFiles
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Model folders that somebody tampered with, or that a download left in pieces: an error with its place, never a crash or a hang.
struct HostileFolderTests {
    private let config = #"{"model_type":"bert","architectures":["BertModel"],"max_position_embeddings":32}"#

    /// The error that a folder of these files gives.
    private func fault(_ files: [String: String], opening: (ModelFolder) throws -> Void = { _ in }) throws
        -> ModelFileError?
    {
        try TemporaryFolder.with { folder in
            for (name, text) in files { try folder.write(text, to: name) }
            do {
                try opening(try ModelFolder(path: folder.path))
                return nil
            } catch let error as ModelFileError {
                return error
            }
        }
    }

    private func module(_ path: String, _ type: String = "sentence_transformers.models.Pooling") -> String {
        #"[{"idx":0,"name":"0","path":"","type":"sentence_transformers.models.Transformer"},"#
            + #"{"idx":1,"name":"1","path":\#(JSONValue.string(path)),"type":"\#(type)"}]"#
    }

    @Test(arguments: [
        "../outside", "1_Pooling/../../outside", "/etc", "..", ".", "a//b", "./a", "a/", "a\\..\\b", "a\u{0}b",
    ])
    func modulesCannotLeaveTheFolder(path: String) throws {
        let error = try #require(try fault(["config.json": config, "modules.json": module(path)]))
        #expect(error.kind == .unsafePath && error.path.hasSuffix("modules.json"), "\(error)")
    }

    @Test func routesAndShardsCannotLeaveTheFolder() throws {
        let router = #"[{"idx":0,"name":"0","path":"","type":"sentence_transformers.models.Router"}]"#
        let routes =
            #"{"types":{"../x":"sentence_transformers.models.Transformer"},"structure":{"document":["../x"]},"parameters":{}}"#
        #expect(try fault(["modules.json": router, "router_config.json": routes])?.kind == .unsafePath)
        let index = #"{"weight_map":{"a":"../../etc/passwd"}}"#
        let error = try fault(["config.json": config, "model.safetensors.index.json": index]) { _ = try $0.weights() }
        #expect(error?.kind == .unsafePath)
        let missing = #"{"weight_map":{"a":"model-00001-of-00002.safetensors"}}"#
        let absent = try fault(["config.json": config, "model.safetensors.index.json": missing]) {
            _ = try $0.weights()
        }
        #expect(absent?.kind == .missing && absent?.subject == "tensor a")
        let itself = #"{"weight_map":{"a":"model.safetensors.index.json"}}"#
        let cyclic = try fault(["config.json": config, "model.safetensors.index.json": itself]) { _ = try $0.weights() }
        #expect(cyclic?.kind == .missing)
    }

    @Test func filesOfTheWrongKindAreErrors() throws {
        try TemporaryFolder.with { folder in
            #expect(throws: ModelFileError.self) { try ModelFolder(path: folder.path) }
            // Links in a circle, a pipe that nobody writes to, a folder in the place of a file.
            symlink("b", folder.path + "/a")
            symlink("a", folder.path + "/b")
            #expect(throws: ModelFileError.self) { try ModelFolder(path: folder.path + "/a") }
            for make in [
                { _ = symlink("config.json", $0) }, { _ = mkfifo($0, 0o600) }, { _ = mkdir($0, 0o700) },
            ] as [(String) -> Void] {
                let config = folder.path + "/config.json"
                make(config)
                do throws(ModelFileError) {
                    _ = try ModelFolder(path: folder.path)
                    Issue.record("no error")
                } catch {
                    #expect(error.path.hasSuffix("config.json") && error.kind == .unreadable, "\(error)")
                }
                unlink(config)
                rmdir(config)
            }
            // A file of terabytes that takes no room on the disk.
            try folder.write("{", to: "config.json")
            #expect(truncate(folder.path + "/config.json", 1 << 40) == 0)
            do throws(ModelFileError) {
                _ = try ModelFolder(path: folder.path)
                Issue.record("no error")
            } catch {
                #expect(error.kind == .limitExceeded)
            }
        }
    }

    @Test func brokenConfigurationsAreLocated() throws {
        let deep = String(repeating: "{\"a\":", count: 100_000)
        #expect(try fault(["config.json": deep])?.kind == .malformed)
        #expect(try fault(["config.json": "[]"])?.reason.contains("an object was expected") == true)
        #expect(try fault(["config.json": "{\"model_type\": }"])?.offset == 15)
        #expect(try fault(["config.json": #"{"model_type":7}"#])?.subject == "field model_type")
        #expect(try fault(["config.json": config, "modules.json": "{}"])?.kind == .malformed)
        #expect(try fault(["config.json": config, "modules.json": "[1]"])?.kind == .malformed)
        #expect(try fault(["config.json": config, "modules.json": "[{}]"])?.subject == "field type")
        #expect(try fault(["config.json": config, "modules.json": module("1_Pooling")])?.kind == .missing)
        for pooling in [#"{"pooling_mode":"median"}"#, #"{"pooling_mode":[]}"#, #"{"pooling_mode_cls_token":1}"#] {
            let files = ["config.json": config, "modules.json": module("1_Pooling"), "1_Pooling/config.json": pooling]
            #expect(try fault(files)?.path.hasSuffix("1_Pooling/config.json") == true, "\(pooling)")
        }
        let dense = module("2_Dense", "sentence_transformers.models.Dense")
        for text in ["{}", #"{"in_features":-1,"out_features":2}"#, #"{"in_features":1e300,"out_features":2}"#] {
            #expect(try fault(["config.json": config, "modules.json": dense, "2_Dense/config.json": text]) != nil)
        }
        let default_prompt = #"{"prompts":{"query":"q"},"default_prompt_name":"other"}"#
        #expect(
            try fault(["config.json": config, "config_sentence_transformers.json": default_prompt])?.kind == .malformed)
        let description = #"{"model_config":{"all_config":"{"}}"#
        #expect(try fault(["ml-commons_model_config.json": description])?.subject == "field model_config.all_config")
        #expect(
            try fault(["config.json": config, "modules.json": module("", "sentence_transformers.models.Router")]) != nil
        )
    }

    @Test func codeThatComesWithAModelIsNeverKnown() throws {
        try TemporaryFolder.with { folder in
            try folder.write(config, to: "config.json")
            try folder.write(module("custom", "custom_st.Transformer"), to: "modules.json")
            let model = try ModelFolder(path: folder.path)
            #expect(model.modules.last?.kind == .unsupported)
            #expect(
                try ModelInspection(path: folder.path).findings.contains { $0.text.contains("custom_st.Transformer") })
        }
    }

    @Test func strangeNumbersAreNoLimits() throws {
        try TemporaryFolder.with { folder in
            try folder.write(config, to: "config.json")
            try folder.write(#"{"model_max_length":1000000000000000019884624838656}"#, to: "tokenizer_config.json")
            #expect(try ModelFolder(path: folder.path).maxSequenceLength == 32)
            try folder.write(#"{"max_seq_length":null}"#, to: "sentence_bert_config.json")
            #expect(try ModelFolder(path: folder.path).maxSequenceLength == 32)
            try folder.write(#"{"max_seq_length":4096}"#, to: "sentence_bert_config.json")
            let folder = try ModelFolder(path: folder.path)
            #expect(folder.maxSequenceLength == 32 && folder.notes.contains { $0.contains("4096") })
        }
    }

    @Test func archivesOfOpenSearchAreReadInPlace() throws {
        let dense = try ModelFolder(path: Fixture.path("modelfolders/opensearch/dense.zip"))
        #expect(dense.task == .dense && dense.layout == .openSearch && dense.modelType == "bert")
        #expect(dense.maxSequenceLength == 17)
        guard case .pooling(let pooling) = dense.modules[1].kind else {
            Issue.record("no pooling")
            return
        }
        #expect(pooling.modes == [.cls] && dense.modules[2].kind == .normalize)
        #expect(dense.openSearch?.name == "tests/tiny" && dense.tokenizerPath() == nil)
        #expect(try dense.tokenizerJSON()?["model"] != nil)
        let inspection = try ModelInspection(path: dense.path)
        #expect(inspection.isUsable && inspection.container == .archive, "\(inspection.findings)")
        #expect(inspection.weights?.format == .torchScript)

        let piped = try ModelFolder(path: Fixture.path("modelfolders/opensearch/piped.zip"))
        guard case .dense(let layer) = piped.modules[2].kind else {
            Issue.record("no Dense layer")
            return
        }
        #expect(layer.inputCount == 8 && layer.outputCount == 4 && layer.hasBias && layer.activation == .tanh)
        let tensors = try piped.weights(of: piped.modules[2])
        #expect(try tensors.tensor("linear.weight").shape == [4, 8] && tensors.tensor("linear.bias").shape == [4])

        let query = try ModelFolder(path: Fixture.path("modelfolders/opensearch/query.zip"))
        #expect(query.task == .sparseQuery)
        guard case .byToken(let weights) = try query.queryTokenWeights() else {
            Issue.record("no weights by token")
            return
        }
        #expect(weights.map(\.weight) == [2.5, 0.5])
    }
}
