import Encoders
import Layers
import ModelFiles
import Tensors
import TestSupport
import Testing
import TrainableEncoders

/// Models of the encoders' fixtures: passes compute what the encoders compute.
@Suite struct LoadedModelTests {
    private static let texts = [
        "a fast text editor for programmers", "which program draws curves?", "", "network network network",
        "tools to repair broken file systems and recover lost partitions on old disks",
    ]

    private func model(_ name: String, _ task: TrainingTask, labels: Int? = nil) throws -> TrainableModel {
        try TrainableModel(
            folder: ModelFolder(path: Fixture.path("encoders/models/" + name)), task: task,
            options: TrainableModelOptions(pool: WorkerPool(threads: 1), labels: labels))
    }

    private func batch(_ sequences: [TokenSequence]) -> TokenBatch {
        var batch = TokenBatch()
        for sequence in sequences { batch.append(ids: sequence.ids, typeIDs: sequence.typeIDs) }
        return batch
    }

    private func outputs(_ model: TrainableModel, _ sequences: [TokenSequence]) throws -> [[Float]] {
        let batch = batch(sequences)
        try #require(model.problem(in: batch) == nil)
        let pass = model.forward(batch, dropout: nil, keepsForBackward: false)
        return (0..<pass.outputs.rows).map { Array(pass.outputs[$0]) }
    }

    private static let families = ["bert", "distilbert", "roberta", "xlm-roberta", "mpnet"]

    /// Its pooling leaves out prompts, which a batch does not tell apart.
    @Test func promptsOutsideOfThePoolingAreAnError() throws {
        #expect(throws: EncoderError.self) { try model("xlm-roberta-dense", .dense) }
    }

    @Test(arguments: families.map { $0 + "-dense" }.filter { $0 != "xlm-roberta-dense" })
    func embeddingsAreThoseOfTheEncoder(_ name: String) throws {
        let encoder = try DenseEncoder(path: Fixture.path("encoders/models/" + name))
        let sequences = try encoder.tokenize(Self.texts, prompt: .none)
        let expected = try encoder.embed(sequences)
        let outputs = try outputs(try model(name, .dense), sequences)
        for (number, row) in outputs.enumerated() {
            let holds1 = largestDifference(row, Array(expected[number])) < 1e-5 * max(1, largest(row))
            #expect(holds1)
        }
    }

    @Test(arguments: families.map { $0 + "-splade" })
    func weightsAreThoseOfTheEncoder(_ name: String) throws {
        let encoder = try SparseEncoder(path: Fixture.path("encoders/models/" + name))
        let sequences = try encoder.tokenize(Self.texts, as: .document)
        let expected = try encoder.encode(sequences, as: .document)
        let outputs = try outputs(try model(name, .sparse), sequences)
        for (row, vector) in zip(outputs, expected) {
            var dense = [Float](repeating: 0, count: row.count)
            for (id, weight) in zip(vector.tokenIDs, vector.weights) { dense[Int(id)] = weight }
            let holds2 = largestDifference(row, dense) < 1e-5 * max(1, largest(row))
            #expect(holds2)
        }
    }

    @Test(arguments: families.flatMap { [$0 + "-cross", $0 + "-cross-labels"] })
    func logitsAreThoseOfTheEncoder(_ name: String) throws {
        let encoder = try CrossEncoder(path: Fixture.path("encoders/models/" + name))
        let sequences = try encoder.tokenize(Self.texts.map { TextPair("text editor", $0) })
        let expected = try encoder.score(sequences)
        let outputs = try outputs(try model(name, .crossEncoder), sequences)
        for (row, score) in zip(outputs, expected) {
            let holds3 = largestDifference(row, score.logits) < 1e-5 * max(1, largest(row))
            #expect(holds3)
        }
    }
}

/// Cross-encoders made of folders that have no classifier.
@Suite struct NewHeadTests {
    private func model(_ name: String, labels: Int? = nil, seed: UInt64 = 42) throws -> TrainableModel {
        try TrainableModel(
            folder: ModelFolder(path: Fixture.path("encoders/models/" + name)), task: .crossEncoder,
            options: TrainableModelOptions(pool: WorkerPool(threads: 1), labels: labels, seed: seed))
    }

    @Test func classifiersAreDrawnAndNamedAsBesideAHead() throws {
        let model = try model("bert-dense", labels: 2)
        #expect(model.width == 2)
        let names = model.parameters.parameters.map(\.name)
        #expect(names.contains("bert.embeddings.word_embeddings.weight"))
        #expect(names.contains("bert.encoder.layer.0.attention.self.query.weight"))
        #expect(names.contains("bert.pooler.dense.weight"))
        let weight = try #require(model.parameters.index(of: "classifier.weight"))
        #expect(model.parameters.parameters[weight].isNew)
        #expect(model.parameters.parameters[weight].shape == [2, model.configuration.hiddenSize])
        let values = model.parameters.values(of: weight).array()
        let deviation = (values.reduce(0) { $0 + $1 * $1 } / Float(values.count)).squareRoot()
        #expect(deviation > 0.01 && deviation < 0.03)
        let bias = try #require(model.parameters.index(of: "classifier.bias"))
        #expect(model.parameters.values(of: bias).array() == [0, 0])
    }

    @Test(arguments: ["bert-dense", "distilbert-dense", "roberta-dense", "xlm-roberta-dense", "mpnet-dense"])
    func theSeedDecides(_ name: String) throws {
        let values = { (seed: UInt64) throws in
            let parameters = try model(name, seed: seed).parameters
            return withExtendedLifetime(parameters) { Array(parameters.values.values) }
        }
        let first = try values(1)
        let holds4 = try values(1) == first
        #expect(holds4)
        let holds5 = try values(2) != first
        #expect(holds5)
    }

    @Test(arguments: ["bert-dense", "distilbert-dense", "roberta-dense", "mpnet-dense", "bert-plain"])
    func masksHeadsBeginAsTheIdentity(_ name: String) throws {
        let folder = try ModelFolder(path: Fixture.path("encoders/models/" + name))
        let model = try TrainableModel(
            folder: folder, task: .sparse, options: TrainableModelOptions(pool: WorkerPool(threads: 1)))
        let parameters = model.parameters
        #expect(model.width == model.configuration.vocabularySize)
        let new = parameters.parameters.filter(\.isNew)
        // A transform, its norm and a bias; the decoder is the word embeddings.
        #expect(new.count == 5)
        #expect(new.filter(\.decays).count == 1)
        for parameter in new {
            let values = parameters.values.values[parameter.range]
            switch (parameter.shape.count, parameter.name.hasSuffix("bias")) {
            case (2, _):
                let width = parameter.rows
                #expect(values.enumerated().allSatisfy { $1 == ($0 / width == $0 % width ? 1 : 0) })
            case (_, true): #expect(values.allSatisfy { $0 == 0 })
            default: #expect(values.allSatisfy { $0 == 1 })
            }
        }
    }

    @Test func aNewHeadIsQuietedToAFewWeights() throws {
        let model = try TrainableModel(
            folder: ModelFolder(path: Fixture.path("encoders/models/bert-dense")), task: .sparse,
            options: TrainableModelOptions(pool: WorkerPool(threads: 1)))
        var batch = TokenBatch()
        for length in [5, 9, 20, 31, 7] {
            let ids = (0..<length).map { Int32(5 + 3 * $0) }
            batch.append(ids: ids, typeIDs: ids.map { _ in 0 })
        }
        func weights() -> [Int] {
            let pass = model.forward(batch, dropout: nil, keepsForBackward: false)
            return withExtendedLifetime(pass) {
                (0..<5).map { row in pass.outputs[row].count { $0 > 0 } }.sorted()
            }
        }
        #expect(weights()[2] > 12)
        model.quietNewHead(to: 12, on: batch)
        // The twelfth weight of the middle text becomes 0 or just not.
        #expect((11...12).contains(weights()[2]))
    }

    @Test func otherLabelsThanTheFilesAreAnError() throws {
        #expect(throws: EncoderError.self) { try model("bert-cross-labels", labels: 7) }
    }
}
