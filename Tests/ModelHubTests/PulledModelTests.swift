import Encoders
import Foundation
import ModelHub
import TestSupport
import Testing

/// Models that were pulled are the models that were served.
@Suite struct PulledModelTests {
    static let miniLM = Fixture.repositoryRoot + "/.cache/models/all-MiniLM-L6-v2"
    static let hasMiniLM = FileManager.default.fileExists(atPath: miniLM + "/model.safetensors")

    /// A repository with the files of a folder.
    private func repository(_ folder: String) throws -> FakeRepository {
        var repository = FakeRepository()
        let enumerator = FileManager.default.enumerator(atPath: folder)
        while let name = enumerator?.nextObject() as? String {
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: folder + "/" + name, isDirectory: &isFolder)
            if isFolder.boolValue || name.hasPrefix(".") { continue }
            let bytes = [UInt8](try Data(contentsOf: URL(filePath: folder + "/" + name)))
            repository.files[name] = bytes
            if bytes.count > 100_000 { repository.large.insert(name) }
        }
        return repository
    }

    @Test(.enabled(if: hasMiniLM, "scripts/fetch-test-models fetches the model"))
    func aSentenceEncoderGivesTheSameVectors() async throws {
        try await repository(Self.miniLM).serving { hub, _ in
            try await Workplace.with { place in
                let model = try await place.pull(from: hub)
                #expect(place.files(model.path).isDisjoint(with: ["README.md", "vocab.txt", "data_config.json"]))
                let texts = ["a web server", "GNU chess plays chess", ""]
                let pulled = try DenseEncoder(path: model.path).embed(texts)
                let original = try DenseEncoder(path: Self.miniLM).embed(texts)
                #expect(pulled.map { Array($0) } == original.map { Array($0) })
            }
        }
    }

    /// What `metarank/ce-msmarco-MiniLM-L6-v2` is: a graph, and a tokenizer or a vocabulary.
    @Test func aGraphAndATokenizerAreARerankerThatGivesRawScores() async throws {
        let original = Fixture.path("encoders/models/bert-cross")
        var repository = FakeRepository()
        repository.id = "metarank/ce-model"
        repository.files = [
            "pytorch_model.onnx": try Fixture.bytes("encoders/formats/one-logit.onnx"),
            "tokenizer.json": try Fixture.bytes("encoders/models/bert-cross/tokenizer.json"), "README.md": [1],
        ]
        repository.large = ["pytorch_model.onnx"]
        try await repository.serving { hub, _ in
            try await Workplace.with { place in
                let model = try await place.pull("metarank/ce-model", from: hub)
                #expect(place.files(model.path) == ["pytorch_model.onnx", "tokenizer.json"])
                let pairs = [
                    TextPair("text editor", "a fast text editor for programmers"), TextPair("mail", "draws curves"),
                ]
                let pulled = try CrossEncoder(path: model.path)
                #expect(pulled.activation == .identity)
                let expected = try CrossEncoder(path: original).score(pairs)
                for (score, expected) in zip(try pulled.score(pairs), expected) {
                    #expect(score.logits.count == 1 && expected.logits.count == 1)
                    #expect(abs(score.logits[0] - expected.logits[0]) < 1e-5)
                    #expect(score.scores == score.logits)
                }
            }
        }
    }
}
