import Foundation
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
        #expect(weights.elementTypes.map(\.type) == [.i8, .f32])
        #expect(inspection.modules == ["Transformer: scores of the classification head"])
    }

    @Test(arguments: ["starter-cross-encoder", "starter-sparse-encoder"])
    func shippedModelsAreSmallAndWhole(_ name: String) throws {
        let path = Fixture.repositoryRoot + "/Models/" + name
        let inspection = try ModelInspection(path: path)
        #expect(inspection.isUsable, "\(inspection.findings)")
        let files = try #require(FileManager.default.enumerator(atPath: path)).compactMap { $0 as? String }
        let sizes = try files.map {
            try FileManager.default.attributesOfItem(atPath: path + "/" + $0)[.size] as? Int ?? 0
        }
        #expect(sizes.reduce(0, +) < 25_000_000)
        #expect(files.contains("README.md") && files.contains("needletail.quantization.json"))
    }

    @Test func aBareWeightFileIsListed() throws {
        try TemporaryFolder.with { folder in
            try folder.copy(Fixture.path("modelfolders/plain-dense/model.safetensors"), to: "weights.safetensors")
            let inspection = try ModelInspection(path: folder.path + "/weights.safetensors")
            #expect(inspection.container == .weightFile && inspection.folder == nil)
            #expect(inspection.weights?.tensors.contains { $0.name == "pooler.dense.weight" } == true)
        }
    }

    @Test(
        arguments: [
            ("README.md", Array("# A model\n\nThis text is no model at all, whatever lies beside it.\n".utf8)),
            ("junk.zip", [0x50, 0x4B, 3, 4] + [UInt8](repeating: 7, count: 60)),
            ("junk.onnx", [8, 0xFF] + [UInt8](repeating: 0xFF, count: 60)),
            ("junk.pt", [UInt8](repeating: 9, count: 64)),
            ("junk.safetensors", [UInt8](repeating: 0xAA, count: 64)),
            ("terabyte.safetensors", [0, 0, 0, 0, 0, 1, 0, 0] + Array("{}".utf8)),
        ] as [(String, [UInt8])])
    func aFileThatIsNoModelIsReportedWithItsOwnFault(name: String, bytes: [UInt8]) throws {
        try TemporaryFolder.with { folder in
            let path = folder.path + "/" + name
            try folder.write(bytes, to: name)
            let fault = try #require(throws: ModelFileError.self) { _ = try WeightArchive.open(path) }
            #expect(fault.path == path && fault.offset != nil, "\(fault)")
            // The same with and without the rest of a model around it.
            for _ in 0..<2 {
                let inspection = try ModelInspection(path: path)
                #expect(inspection.container == .file && inspection.folder == nil && !inspection.isUsable)
                #expect(inspection.findings.map(\.text) == [fault.description])
                try folder.copy(Fixture.path("modelfolders/plain-dense/config.json"), to: "config.json")
            }
        }
    }

    @Test func aConfigurationIsNoModel() throws {
        let folder = Fixture.path("modelfolders/plain-dense")
        let inspection = try ModelInspection(path: folder + "/config.json")
        #expect(inspection.container == .file && !inspection.isUsable)
        #expect(inspection.findings.first?.text.contains("Give the folder: \(folder).") == true)
    }

    @Test func weightsInsideAFolderAreInspectedWithTheFolder() throws {
        let inspection = try ModelInspection(path: Fixture.path("modelfolders/plain-dense/model.safetensors"))
        #expect(inspection.isUsable && inspection.folder?.modelType == "bert", "\(inspection.findings)")
    }

    @Test func thePoolingOfASparseEncoderIsWrittenOut() {
        func summary(_ pooling: ModelModule.SpladePooling) -> String {
            ModelModule(kind: .spladePooling(pooling)).summary
        }
        #expect(summary(.init()) == "SpladePooling: max of log(1 + relu)")
        #expect(
            summary(.init(strategy: .sum, activation: .log1pReLU)) == "SpladePooling: sum of log(1 + log(1 + relu))")
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
