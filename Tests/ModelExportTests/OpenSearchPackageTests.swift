import Encoders
import JSON
import ModelExport
import ModelFiles
import TestSupport
import Testing

@Suite("Archives for OpenSearch")
struct OpenSearchPackageTests {
    private func source(_ name: String) throws -> ModelFolder {
        try ModelFolder(path: Fixture.path("encoders/models/" + name))
    }

    /// Those whose last steps ML Commons can run.
    static let models = EncoderOutputs.models.filter { $0 != "distilbert-dense" && $0 != "roberta-dense" }

    @Test("The weights lifted out of the graph compute the same as the model", arguments: models)
    func sameOutputs(_ name: String) throws {
        try TemporaryFolder.with { folder in
            var source = try source(name)
            if source.defaultPromptName != nil {
                var settings = ModelFolderSettings()
                settings.prompts = source.prompts
                try ModelFolderWriter(source: source, settings: settings).write([], to: folder.path + "/plain")
                source = try ModelFolder(path: folder.path + "/plain")
                #expect(source.defaultPromptName == nil)
            }
            var writer = OpenSearchPackageWriter(model: source, name: "tests/" + name)
            writer.baseURL = "https://models.example.org/a"
            let packages = try writer.write(to: folder.path + "/archives")
            let encoder = try #require(packages.first)
            if name == "mpnet-dense" {
                let model = encoder.registration["model_config"]
                #expect(model?["query_prefix"] == "question - " && model?["passage_prefix"] == "the ")
            }
            let lifted = try ModelFolder(path: encoder.path)
            #expect(lifted.task == source.task && lifted.layout == .openSearch)
            #expect(lifted.maxSequenceLength == source.maxSequenceLength)
            var expected = try EncoderOutputs.rows(source)
            var actual = try EncoderOutputs.rows(lifted)
            if packages.count > 1 {
                // The query side is an archive of its own: the second half of the rows.
                #expect(packages.map(\.function) == ["SPARSE_ENCODING", "SPARSE_TOKENIZE"])
                let queries = try EncoderOutputs.rows(ModelFolder(path: packages[1].path))
                let isEqual = Array(expected[(expected.count / 2)...]) == queries
                #expect(isEqual)
                (expected, actual) = (Array(expected[..<(expected.count / 2)]), Array(actual[..<(actual.count / 2)]))
            }
            let isEqual = actual == expected
            #expect(isEqual)
            for package in packages { try check(package) }
        }
    }

    /// Digest, size, and the fields of a registration.
    private func check(_ package: OpenSearchPackage) throws {
        let bytes = try FileBytes(path: package.path).array()
        var digest = SHA256()
        bytes.withUnsafeBytes { digest.add($0) }
        #expect(digest.hexadecimal() == package.digest && bytes.count == package.byteCount)
        let written = try JSONValue(parsing: FileBytes(path: package.registrationPath).array())
        #expect(written == package.registration)
        #expect(written["model_content_hash_value"]?.string == package.digest)
        #expect(written["model_content_size_in_bytes"]?.int == bytes.count)
        #expect(written["function_name"]?.string == package.function)
        #expect(written["url"]?.string?.hasPrefix("https://models.example.org/a/") == true)
        let format = package.function == "SPARSE_TOKENIZE" ? "TORCH_SCRIPT" : "ONNX"
        #expect(written["model_format"]?.string == format)
        let archive = try ModelFolder(path: package.path)
        #expect(try archive.json("tokenizer.json")?["truncation"]?["max_length"]?.int == archive.maxSequenceLength)
        guard format == "ONNX" else { return }
        let model = try #require(written["model_config"])
        for field in ["model_type", "embedding_dimension", "framework_type", "all_config"] {
            #expect(model[field] != nil, "\(field)")
        }
        try #expect(JSONValue(parsing: #require(model["all_config"]?.string))["model_type"] == model["model_type"])
        guard package.function == "TEXT_EMBEDDING" else { return }
        #expect(model["pooling_mode"]?.string != nil && model["normalize_result"]?.bool != nil)
    }

    @Test("Equal input gives equal bytes, wherever it is written")
    func deterministic() throws {
        let source = try source("bert-router")
        try TemporaryFolder.with { folder in
            let first = try OpenSearchPackageWriter(model: source, name: "a/b").write(to: folder.path + "/one")
            let second = try OpenSearchPackageWriter(model: source, name: "a/b").write(to: folder.path + "/two")
            #expect(first.map(\.digest) == second.map(\.digest))
            let other = try OpenSearchPackageWriter(model: source, name: "a/c").write(to: folder.path + "/three")
            #expect(first[0].digest != other[0].digest)
        }
    }

    @Test("How a sparse encoder pools is not lost")
    func saturation() throws {
        let source = try source("roberta-splade")
        guard case .spladePooling(let pooling) = source.modules.last?.kind else { return #expect(Bool(false)) }
        try TemporaryFolder.with { folder in
            var settings = ModelFolderSettings()
            settings.spladePooling = ModelModule.SpladePooling(
                strategy: pooling.strategy == .max ? .sum : .max,
                activation: pooling.activation == .relu ? .log1pReLU : .relu)
            try ModelFolderWriter(source: source, settings: settings).write([], to: folder.path + "/model")
            let model = try ModelFolder(path: folder.path + "/model")
            let packages = try OpenSearchPackageWriter(model: model, name: "plain").write(to: folder.path + "/archives")
            let lifted = try ModelFolder(path: packages[0].path)
            let isEqual = try EncoderOutputs.rows(lifted) == EncoderOutputs.rows(model)
            #expect(isEqual)
            let isOther = try EncoderOutputs.rows(lifted) != EncoderOutputs.rows(source)
            #expect(isOther)
        }
    }

    @Test("Inputs are named as ML Commons hands them over")
    func inputNames() throws {
        let expected: [(String, [String])] = [
            ("bert-dense", ["input_ids", "attention_mask", "token_type_ids"]),
            ("xlm-roberta-dense", ["input_ids", "attention_mask"]),
            ("bert-splade", ["input1.input_ids", "input1.attention_mask"]),
            ("roberta-cross", ["input_ids", "attention_mask", "token_type_ids"]),
        ]
        try TemporaryFolder.with { folder in
            for (name, inputs) in expected {
                let packages = try OpenSearchPackageWriter(model: source(name), name: name).write(
                    to: folder.path + "/" + name)
                let graph = try #require(try ModelFolder(path: packages[0].path).file(name + ".onnx"))
                let bytes = graph.withUnsafeBytes { Array($0) }
                // ValueInfoProto: field 1, the name.
                for input in inputs {
                    let text = [0x0A, UInt8(input.utf8.count)] + Array(input.utf8) + [0x12]
                    #expect(bytes.firstRange(of: text) != nil, "\(name): \(input)")
                }
                #expect(
                    (bytes.firstRange(of: Array("token_type_ids".utf8)) != nil) == inputs.contains("token_type_ids"))
            }
        }
    }

    @Test(
        "What ML Commons cannot run is refused with the reason",
        arguments: ["distilbert-dense", "roberta-dense", "mpnet-dense"])
    func refused(_ name: String) throws {
        try TemporaryFolder.with { folder in
            let writer = OpenSearchPackageWriter(model: try source(name), name: name)
            let error = #expect(throws: ExportError.self) { _ = try writer.write(to: folder.path + "/archives") }
            #expect(error?.kind == .unsupported && error?.description.contains("ML Commons") == true)
            let nameless = OpenSearchPackageWriter(model: try source("bert-dense"), name: "../..")
            #expect(throws: ExportError.self) { _ = try nameless.write(to: folder.path + "/archives") }
        }
    }
}
