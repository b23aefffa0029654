import Encoders
import JSON
import ModelExport
import ModelFiles
import TestSupport
import Testing

@Suite("Written model folders")
struct ModelFolderWriterTests {
    private func source(_ name: String) throws -> ModelFolder {
        try ModelFolder(path: Fixture.path("encoders/models/" + name))
    }

    @Test(
        "Every architecture and task computes the same from the folder as from its source",
        arguments: EncoderOutputs.models)
    func sameOutputs(_ name: String) throws {
        let source = try source(name)
        try TemporaryFolder.with { folder in
            let path = folder.path + "/written"
            let weights = try OwnedTensors(source.weights())
            try ModelFolderWriter(source: source, card: ModelCard(name: name)).write(weights.tensors, to: path)
            let written = try ModelFolder(path: path)
            #expect(written.task == source.task)
            #expect(written.maxSequenceLength == source.maxSequenceLength)
            #expect(written.prompts == source.prompts)
            #expect(written.activation == source.activation)
            let archive = try written.weights()
            #expect(archive.format == .safetensors && archive.metadata == ["format": "pt"])
            #expect(archive.tensors.allSatisfy { $0.elementType == .f32 })
            let isEqual = try EncoderOutputs.rows(written) == EncoderOutputs.rows(source)
            #expect(isEqual)
            // Written from what was written: the same files.
            try ModelFolderWriter(source: written, card: ModelCard(name: name)).write([], to: folder.path + "/again")
            let again = try ModelFolder(path: folder.path + "/again")
            for file in [
                "config.json", "modules.json", "README.md", "model.safetensors", "router_config.json", "idf.json",
            ] {
                let isSame = try again.file(file)?.array() == written.file(file)?.array()
                #expect(isSame, "\(file)")
            }
        }
    }

    @Test("What the caller gives is written, and the source's copy of a tied decoder is not")
    func trainedWeights() throws {
        let source = try source("bert-splade")
        try TemporaryFolder.with { folder in
            // An old file that holds the decoder twice.
            var old = SafetensorsWriter()
            for tensor in try source.weights().tensors {
                try old.add(tensor)
                if tensor.name.hasSuffix("word_embeddings.weight") {
                    try old.add(tensor, named: "cls.predictions.decoder.weight")
                }
            }
            for file in ["config.json", "tokenizer.json", "tokenizer_config.json"] {
                try folder.copy(source.path(of: file), to: "source/" + file)
            }
            try old.write(to: folder.path + "/source/model.safetensors")
            let stale = try ModelFolder(path: folder.path + "/source")
            let words = "bert.embeddings.word_embeddings.weight"
            let trained = try OwnedTensors(source.weights()) { name, values in
                if name == words { for index in values.indices { values[index] *= 0.5 } }
            }
            let path = folder.path + "/written"
            try ModelFolderWriter(source: stale).write(trained.tensors, to: path)
            let written = try ModelFolder(path: path)
            let archive = try written.weights()
            #expect(archive["cls.predictions.decoder.weight"] == nil)
            let before = try source.weights().tensor(words).floats()
            let after = try archive.tensor(words).floats()
            #expect(zip(before, after).allSatisfy { $0 * 0.5 == $1 })
            // A decoder of its own is another model, and the configuration says so.
            trained.add("cls.predictions.decoder.weight", try archive.tensor(words).shape, before)
            try ModelFolderWriter(source: stale).write(trained.tensors, to: folder.path + "/untied")
            let untied = try ModelFolder(path: folder.path + "/untied")
            #expect(untied.config["tie_word_embeddings"] == false)
            try #expect(untied.weights().tensor("cls.predictions.decoder.weight").floats() == before)
        }
    }

    @Test(
        "Weights of other formats get the names of transformers",
        arguments: ["pytorch_model.bin", "model.onnx", "traced.pt"])
    func otherFormats(_ file: String) throws {
        let original = try source("bert-cross-labels")
        try TemporaryFolder.with { folder in
            for name in ["config.json", "tokenizer.json", "tokenizer_config.json"] {
                try folder.copy(original.path(of: name), to: "source/" + name)
            }
            try folder.copy(Fixture.path("encoders/formats/" + file), to: "source/" + file)
            let source = try ModelFolder(path: folder.path + "/source")
            let weights = try OwnedTensors(source.weights())
            try ModelFolderWriter(source: source).write(weights.tensors, to: folder.path + "/written")
            let written = try ModelFolder(path: folder.path + "/written")
            try #expect(
                Set(written.weights().names) == Set(original.weights().names.filter { !$0.hasSuffix("position_ids") }))
            let isEqual = try EncoderOutputs.rows(written) == EncoderOutputs.rows(source)
            #expect(isEqual)
        }
    }

    @Test("A plain encoder becomes a sentence-transformers folder with the pooling that is asked for")
    func plainEncoder() throws {
        let source = try ModelFolder(path: Fixture.path("encoders/models/bert-splade"), task: .dense)
        var settings = ModelFolderSettings()
        settings.poolingModes = [.cls, .mean]
        settings.normalizes = true
        settings.maxSequenceLength = 17
        settings.similarity = "dot"
        settings.prompts = ["query": "query: "]
        try TemporaryFolder.with { folder in
            let path = folder.path + "/new/folders/written"
            try ModelFolderWriter(source: source, task: .dense, settings: settings).write([], to: path)
            let written = try ModelFolder(path: path)
            #expect(written.layout == .sentenceTransformers && written.task == .dense)
            #expect(written.architectures == ["BertModel"])
            #expect(written.maxSequenceLength == 17 && written.similarity == "dot")
            #expect(written.prompts == ["query": "query: "])
            #expect(written.modules.map(\.folder) == ["", "1_Pooling", "2_Normalize"])
            guard case .pooling(let pooling) = written.modules[1].kind else { throw Unexpected() }
            #expect(pooling.modes == [.cls, .mean] && pooling.dimension == 40)
            try #expect(written.weights().names.allSatisfy { !$0.hasPrefix("bert.") && !$0.hasPrefix("cls.") })
            try #expect(written.file("README.md") == nil)
            let vectors = try DenseEncoder(written, options: EncoderOptions(threads: 1)).embed(["a text"])
            #expect(vectors.dimensions == 80)
        }
    }

    @Test("A masked language model and token weights become an inference-free encoder")
    func inferenceFree() throws {
        let source = try source("distilbert-splade")
        let size = try #require(source.config["vocab_size"]?.int)
        var settings = ModelFolderSettings()
        settings.queryTokenWeights = (0..<size).map { Float($0) / 8 }
        settings.spladePooling = ModelModule.SpladePooling(strategy: .max, activation: .log1pReLU)
        try TemporaryFolder.with { folder in
            let path = folder.path + "/written"
            try ModelFolderWriter(source: source, settings: settings).write([], to: path)
            let written = try ModelFolder(path: path)
            #expect(written.queryModules?.map(\.kind) == [.sparseStaticEmbedding])
            guard case .byID(let tensor) = try written.queryTokenWeights() else { throw Unexpected() }
            try #expect(tensor.floats() == settings.queryTokenWeights)
            let idf = try #require(try written.json("idf.json")?.object)
            let encoder = try SparseEncoder(written, options: EncoderOptions(threads: 1))
            let query = try encoder.encode(["text editor"], as: .query)
            #expect(query[0].weights == query[0].tokenIDs.map { Float($0) / 8 } && !query[0].weights.isEmpty)
            for (id, weight) in zip(query[0].tokenIDs, query[0].weights) {
                #expect(try idf[#require(encoder.token(of: id))]?.double == Double(weight))
            }
        }
    }

    @Test("A new head gives a cross-encoder other labels")
    func newHead() throws {
        let source = try source("bert-cross-labels")
        var settings = ModelFolderSettings()
        settings.labels = ["relevant"]
        settings.activation = .sigmoid
        settings.maxSequenceLength = 20
        try TemporaryFolder.with { folder in
            let head = OwnedTensors()
            let width = try #require(source.config["hidden_size"]?.int)
            head.add("classifier.weight", [1, width], (0..<width).map { Float($0) / 64 })
            head.add("classifier.bias", [1], [0.25])
            let path = folder.path + "/written"
            try ModelFolderWriter(source: source, settings: settings).write(head.tensors, to: path)
            let written = try ModelFolder(path: path)
            #expect(written.labels == ["relevant"] && written.activation == .sigmoid && written.maxSequenceLength == 20)
            #expect(written.config["label2id"] == ["relevant": 0])
            try #expect(written.weights().tensor("classifier.bias").floats() == [0.25])
            #expect(try EncoderOutputs.rows(written).allSatisfy { $0.count == 1 })
        }
    }

    @Test("Dense modules keep their weights or take the caller's")
    func denseModules() throws {
        let source = try source("distilbert-dense")
        let module = try #require(source.modules.first { if case .dense = $0.kind { true } else { false } })
        try TemporaryFolder.with { folder in
            let trained = try OwnedTensors(source.weights(of: module)) { _, values in
                for index in values.indices { values[index] += 1 }
            }
            let writer = ModelFolderWriter(source: source)
            try writer.write([], modules: [module.folder: trained.tensors], to: folder.path + "/a")
            let prefixed = OwnedTensors()
            for tensor in trained.tensors {
                let values = Array(UnsafeBufferPointer(start: tensor.values, count: tensor.shape.reduce(1, *)))
                prefixed.add("\(module.folder).\(tensor.name)", tensor.shape, values)
            }
            try writer.write(prefixed.tensors, to: folder.path + "/b")
            for name in ["a", "b"] {
                let written = try ModelFolder(path: folder.path + "/" + name)
                let found = try #require(written.modules.first { if case .dense = $0.kind { true } else { false } })
                for tensor in try source.weights(of: module).tensors {
                    let values = try written.weights(of: found).tensor(tensor.name).floats()
                    try #expect(values == tensor.floats().map { $0 + 1 }, "\(tensor.name)")
                }
            }
        }
    }

    struct Unexpected: Error {}
}
