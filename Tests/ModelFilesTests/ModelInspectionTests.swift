import JSON
import ModelFiles
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

struct ModelInspectionTests {
    @Test func everyGoodFolderIsUsable() throws {
        for name in [
            "dense-new", "dense-old", "sparse-new", "sparse-old", "router-new", "cross-new", "cross-key4",
            "plain-roberta", "sharded", "idf",
        ] {
            let inspection = try ModelInspection(path: Fixture.path("modelfolders/\(name)"))
            #expect(inspection.isUsable, "\(name): \(inspection.findings)")
            #expect(inspection.tokenizer?.kind == "WordPiece" && inspection.tokenizer?.vocabularySize == 13)
            #expect(inspection.json["usable"]?.bool == true)
        }
    }

    @Test func theShippedModelIsCounted() throws {
        let inspection = try ModelInspection(path: Fixture.repositoryRoot + "/Models/starter-cross-encoder")
        #expect(inspection.isUsable, "\(inspection.findings)")
        #expect(inspection.sizes.layers == 6 && inspection.sizes.hidden == 384 && inspection.sizes.heads == 12)
        let weights = try #require(inspection.weights)
        #expect(weights.parameterCount > 22_000_000 && weights.byteCount < 25_000_000)
        #expect(weights.elementTypes.map(\.type) == [.i8, .f16])
        #expect(inspection.modules == ["Transformer: scores of the classification head"])
    }

    @Test func aBareWeightFileIsListed() throws {
        try TemporaryFolder.with { folder in
            try folder.copy(Fixture.path("modelfolders/plain-dense/model.safetensors"), to: "weights.safetensors")
            let inspection = try ModelInspection(path: folder.path + "/weights.safetensors")
            #expect(inspection.container == .weightFile && inspection.folder == nil)
            #expect(inspection.weights?.tensors.contains { $0.name == "pooler.dense.weight" } == true)
        }
    }

    @Test func whatIsMissingIsSaid() throws {
        let source = Fixture.path("modelfolders/cross-plain")
        try TemporaryFolder.with { folder in
            try folder.copy(source + "/config.json", to: "config.json")
            let empty = try ModelInspection(path: folder.path)
            #expect(!empty.isUsable)
            #expect(empty.findings.contains { $0.text.contains("no weight file") })
            #expect(empty.findings.contains { $0.text.contains("no tokenizer") })

            try folder.copy(Fixture.path("modelfolders/plain-dense/model.safetensors"), to: "model.safetensors")
            try folder.copy(source + "/tokenizer.json", to: "tokenizer.json")
            let headless = try ModelInspection(path: folder.path)
            #expect(headless.findings.contains { $0.text.contains("no classification head") })

            try folder.write(
                "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", to: "model.safetensors")
            let pointer = try ModelInspection(path: folder.path)
            #expect(pointer.findings.contains { $0.text.contains("git lfs pull") })

            try folder.write("{\"model_type\": \"gpt2\"}", to: "config.json")
            let other = try ModelInspection(path: folder.path)
            #expect(other.findings.contains { $0.text.contains("gpt2") })

            try folder.write("{\"model_type\": ", to: "config.json")
            let broken = try ModelInspection(path: folder.path)
            #expect(broken.findings.contains { $0.text.contains("config.json, byte 15") }, "\(broken.findings)")
        }
        #expect(throws: ModelFileError.self) { try ModelInspection(path: "/nonexistent/model") }
    }
}
