import JSON
import ModelExport
import ModelFiles
import TestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("What cannot be written is refused, and nothing remains")
struct ExportFailureTests {
    private func source(_ name: String = "bert-dense") throws -> ModelFolder {
        try ModelFolder(path: Fixture.path("encoders/models/" + name))
    }

    /// The error of a call, which must leave nothing new in a folder.
    private func failure(
        in folder: TemporaryFolder, _ write: () throws -> Void, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> ExportError {
        let before = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        let error = #expect(throws: ExportError.self, sourceLocation: sourceLocation) { try write() }
        let after = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(before == after, sourceLocation: sourceLocation)
        return try #require(error)
    }

    @Test("A target that is there is refused unless it is to be replaced, and never if it holds no model")
    func targets() throws {
        let writer = ModelFolderWriter(source: try source())
        try TemporaryFolder.with { folder in
            let path = folder.path + "/written"
            try writer.write([], to: path + "/")
            let there = try failure(in: folder) { try writer.write([], to: path) }
            #expect(there.kind == .targetExists)
            try folder.write("mine", to: "written/notes.txt")
            try writer.write([], to: path, replacing: true)
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            #expect(names == ["written"] && !FileManager.default.fileExists(atPath: path + "/notes.txt"))
            try folder.write("mine", to: "home/notes.txt")
            let home = try failure(in: folder) { try writer.write([], to: folder.path + "/home", replacing: true) }
            #expect(home.kind == .targetExists && home.description.contains("holds no model"))
            try folder.write("mine", to: "file")
            for replacing in [false, true] {
                let error = try failure(in: folder) {
                    try writer.write([], to: folder.path + "/file", replacing: replacing)
                }
                #expect(error.kind == .targetExists)
            }
            let empty = folder.path + "/empty"
            try FileManager.default.createDirectory(atPath: empty, withIntermediateDirectories: false)
            try writer.write([], to: empty)
            let task = try ModelFolder(path: empty).task
            #expect(task == .dense)
        }
    }

    @Test("Paths where no folder can be")
    func impossiblePaths() throws {
        let writer = ModelFolderWriter(source: try source())
        try TemporaryFolder.with { folder in
            try folder.write("mine", to: "file")
            for name in ["", "/", ".", "..", folder.path + "/..", folder.path + "/a\0b"] {
                let error = try failure(in: folder) { try writer.write([], to: name) }
                #expect(error.kind == .targetExists, "\(name)")
            }
            // A folder behind a file, and a name that is too long; folders on the way that were made go again.
            let long = String(repeating: "x", count: 300)
            for name in ["file/model", long, "a/b/" + long] {
                let error = try failure(in: folder) { try writer.write([], to: folder.path + "/" + name) }
                #expect(error.kind == .cannotWrite, "\(error)")
            }
        }
    }

    @Test("Odd names of folders are names")
    func oddNames() throws {
        let writer = ModelFolderWriter(source: try source())
        try TemporaryFolder.with { folder in
            for name in ["a b", "ü-é", "-rf", "a\nb", "$(x)", "'\"", ".hidden"] {
                try writer.write([], to: folder.path + "/" + name)
                let written = try ModelFolder(path: folder.path + "/" + name)
                #expect(written.task == .dense)
                let packages = try OpenSearchPackageWriter(model: source(), name: "org/" + name).write(
                    to: folder.path + "/archives of " + name)
                let archive = try ModelFolder(path: packages[0].path)
                #expect(archive.task == .dense)
            }
        }
    }

    @Test("Tensors that are no model's")
    func tensors() throws {
        let source = try source()
        let writer = ModelFolderWriter(source: source)
        let words = "embeddings.word_embeddings.weight"
        let names = [
            "", ".", "pooler.dense.bias\u{0}", "embeddings..weight", "é", "encoder.layer.99.output.dense.bias",
        ]
        try TemporaryFolder.with { folder in
            func refused(_ name: String, _ shape: [Int]) throws -> ExportError {
                let tensors = OwnedTensors()
                tensors.add(name, shape, [0])
                return try failure(in: folder) { try writer.write(tensors.tensors, to: folder.path + "/written") }
            }
            for name in names {
                let error = try refused(name, [1])
                #expect(error.kind == .badTensor, "\(name.debugDescription)")
            }
            for shape in [[], [1], [-1, 64], [Int.max, 2], [Int.max / 2, 1], [1 << 40, 1 << 40], [64, 160]] {
                let error = try refused(words, shape)
                #expect(error.kind == .badTensor && error.description.contains("word_embeddings"), "\(shape)")
            }
            let twice = try OwnedTensors(source.weights())
            twice.add("bert." + words, [1], [0])
            let repeated = try failure(in: folder) { try writer.write(twice.tensors, to: folder.path + "/written") }
            #expect(repeated.kind == .badTensor)
            let module = try failure(in: folder) {
                try writer.write([], modules: ["9_Dense": []], to: folder.path + "/written")
            }
            #expect(module.kind == .badTensor)
        }
    }

    @Test("More than the disk has room for is refused before the first byte")
    func room() throws {
        try TemporaryFolder.with { folder in
            for name in ["config.json", "tokenizer.json", "tokenizer_config.json"] {
                try folder.copy(try source().path(of: name), to: "source/" + name)
            }
            // A vocabulary of 16 million rows of 65,536: 4 TB, which nobody has in memory either.
            var config = try #require(source().config.object)
            config["vocab_size"] = 16_777_216
            config["hidden_size"] = 65_536
            config["max_position_embeddings"] = 65_536
            try folder.write(JSONValue.object(config).serialized(), to: "source/config.json")
            var weights = SafetensorsWriter()
            weights.add("x", shape: [1], [0])
            try weights.write(to: folder.path + "/source/model.safetensors")
            let large = try ModelFolder(path: folder.path + "/source")
            let one = UnsafeMutablePointer<Float>.allocate(capacity: 1)
            defer { one.deallocate() }
            // Never read: there is no room for them.
            let original = try source().weights()
            let tensors = original.tensors.map { tensor in
                let shape = tensor.shape.map { $0 == 160 ? 16_777_216 : $0 == 64 ? 65_536 : $0 }
                return ModelTensor(tensor.name, shape: shape, values: one)
            }
            let error = try failure(in: folder) {
                try ModelFolderWriter(source: large).write(tensors, to: folder.path + "/written")
            }
            #expect(error.kind == .cannotWrite && error.description.contains("bytes are needed"), "\(error)")
        }
    }

    @Test("A source without its files", arguments: ["config.json", "tokenizer.json", "model.safetensors"])
    func missingFiles(_ missing: String) throws {
        try TemporaryFolder.with { folder in
            for name in ["config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors"]
            where name != missing {
                try folder.copy(try source("bert-plain").path(of: name), to: "source/" + name)
            }
            guard let source = try? ModelFolder(path: folder.path + "/source") else { return }
            let error = try failure(in: folder) {
                try ModelFolderWriter(source: source).write([], to: folder.path + "/written")
            }
            #expect(error.kind == .badSource, "\(error)")
        }
    }

    @Test("Settings that contradict the model")
    func settings() throws {
        let dense = try source()
        try TemporaryFolder.with { folder in
            func refused(_ task: ModelTask = .dense, _ change: (inout ModelFolderSettings) -> Void) throws
                -> ExportError
            {
                var settings = ModelFolderSettings()
                change(&settings)
                return try failure(in: folder) {
                    try ModelFolderWriter(source: dense, task: task, settings: settings).write(
                        [], to: folder.path + "/written")
                }
            }
            let changes: [(inout ModelFolderSettings) -> Void] = [
                { $0.maxSequenceLength = 0 }, { $0.maxSequenceLength = 100_000 }, { $0.similarity = "closeness" },
                { $0.poolingModes = [] }, { $0.poolingModes = [.mean, .cls] },
                { $0.defaultPromptName = "none of them" }, { $0.queryTokenWeights = [1] },
            ]
            for (number, change) in changes.enumerated() {
                let error = try refused(.dense, change)
                #expect(error.kind == .badSetting, "\(number): \(error)")
            }
            for labels in [[], ["a", "a"]] {
                let error = try refused(.crossEncoder) { $0.labels = labels }
                #expect(error.kind == .badSetting, "\(error)")
            }
            // No head to go on with.
            for (task, kind) in [
                (ModelTask.crossEncoder, ExportError.Kind.badTensor), (.sparse, .badTensor),
                (.sparseQuery, .unsupported),
            ] {
                let error = try refused(task) { _ in }
                #expect(error.kind == kind, "\(error)")
            }
        }
    }
}
