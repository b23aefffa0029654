import Encoders
import Layers
import ModelFiles
import TestSupport
import Tensors
import Testing
import TrainableEncoders

/// Names, places and kinds of parameters, and the rows of tables that have gradients.
@Suite struct ParameterSetTests {
    private func pass(_ model: TrainableModel, ids: [Int32]) {
        var batch = TokenBatch()
        batch.append(ids: ids)
        model.pass(batch, outputGradient: [Float](repeating: 1, count: model.width))
    }

    @Test(arguments: GradientFixture.names)
    func rangesAreAlignedAndHoldTheFilesValues(_ name: String) throws {
        let fixture = try GradientFixture(name)
        let model = try fixture.model()
        let stored = try WeightArchive.open(fixture.path + "/model.safetensors")
        var end = 0
        for (number, parameter) in model.parameters.parameters.enumerated() {
            #expect(parameter.range.lowerBound.isMultiple(of: 16) && parameter.range.lowerBound >= end)
            end = parameter.range.upperBound
            #expect(parameter.shape.reduce(1, *) == parameter.range.count && !parameter.isNew)
            if !parameter.folder.isEmpty { continue }
            let isSame = try stored.tensor(parameter.name).floats() == model.parameters.values(of: number).array()
            #expect(isSame, "\(parameter.name)")
        }
        #expect(model.parameters.values.count >= end && model.parameters.gradients.count >= end)
        #expect(model.parameters.count == model.parameters.parameters.reduce(0) { $0 + $1.range.count })
    }

    @Test(arguments: GradientFixture.names)
    func biasesAndNormsDoNotDecay(_ name: String) throws {
        let model = try GradientFixture(name).model()
        for parameter in model.parameters.parameters {
            let name = parameter.name.lowercased()
            let isFree = name.contains("bias") || name.contains("norm")
            #expect(parameter.decays == !isFree, "\(parameter.name)")
            #expect(parameter.isTable == name.contains("word_embeddings"), "\(parameter.name)")
        }
    }

    @Test func tablesKnowTheRowsThatHaveGradients() throws {
        let model = try GradientFixture("bert-mean").model()
        let words = try #require(model.parameters.index(of: "embeddings.word_embeddings.weight"))
        let query = try #require(model.parameters.index(of: "encoder.layer.0.attention.self.query.weight"))
        #expect(model.parameters.touchedRows(of: words) == .some([]))
        pass(model, ids: [9, 4, 9, 0, 7])
        // The padding id 0 never learns, though a text may hold it.
        #expect(model.parameters.touchedRows(of: words) == .some([0, 4, 7, 9]))
        #expect(model.parameters.touchedRows(of: query) == .all(64))
        let gradient = model.parameters.gradient(of: words)
        for row in 0..<gradient.rows {
            let isTouched = largest(gradient[row]) > 0
            #expect(isTouched == [4, 7, 9].contains(row), "row \(row)")
        }
        model.parameters.clearGradients()
        pass(model, ids: [3])
        #expect(model.parameters.touchedRows(of: words) == .some([3]))
        #expect(model.parameters.activeRows(of: words) == .some([0, 3, 4, 7, 9]))
        model.parameters.activate(.some([50, 60]), of: words)
        #expect(model.parameters.activeRows(of: words) == .some([0, 3, 4, 7, 9, 50, 60]))
        #expect(model.parameters.touchedRows(of: words) == .some([3]))
    }

    @Test func aTiedDecoderTouchesAllRows() throws {
        let model = try GradientFixture("bert-splade").model()
        let words = try #require(model.parameters.index(of: "bert.embeddings.word_embeddings.weight"))
        pass(model, ids: [9, 4])
        #expect(model.parameters.touchedRows(of: words) == .all(100))
    }

    /// A decoder that the file holds beside the embeddings: tied if it has their values, else a parameter of its own.
    @Test(arguments: [1, 1.5] as [Float])
    func decodersAreTiedIfTheyAreTheEmbeddings(_ factor: Float) throws {
        let fixture = try GradientFixture("bert-splade")
        try TemporaryFolder.with { folder in
            for name in ["config.json", "modules.json", "1_SpladePooling/config.json"] {
                try folder.write(Fixture.bytes("training/gradients/bert-splade/" + name), to: name)
            }
            var writer = SafetensorsWriter()
            for tensor in try WeightArchive.open(fixture.path + "/model.safetensors").tensors {
                let values = try tensor.floats()
                writer.add(tensor.name, shape: tensor.shape, values)
                if tensor.name == "bert.embeddings.word_embeddings.weight" {
                    writer.add("cls.predictions.decoder.weight", shape: tensor.shape, values.map { $0 * factor })
                }
            }
            try writer.write(to: folder.path + "/model.safetensors")
            let model = try TrainableModel(
                folder: ModelFolder(path: folder.path), task: .sparse,
                options: TrainableModelOptions(pool: WorkerPool(threads: 1)))
            let words = try #require(model.parameters.index(of: "bert.embeddings.word_embeddings.weight"))
            let isTied = factor == 1
            #expect(
                model.parameters.parameters[words].copies == (isTied ? ["cls.predictions.decoder.weight"] : []))
            #expect((model.parameters.index(of: "cls.predictions.decoder.weight") == nil) == isTied)
            pass(model, ids: [9, 4])
            #expect(model.parameters.touchedRows(of: words) == (isTied ? .all(100) : .some([4, 9])))
        }
    }
}

/// What a model says of batches and folders that do not fit, and its memory.
@Suite struct TrainableModelTests {
    private func batch(_ sequences: [[Int32]]) -> TokenBatch {
        var batch = TokenBatch()
        for ids in sequences { batch.append(ids: ids) }
        return batch
    }

    @Test func batchesThatDoNotFitAreNamed() throws {
        let model = try GradientFixture("bert-mean").model()
        #expect(model.maximumTokens == 40)
        #expect(model.problem(in: batch([[1, 2], [3]])) == nil)
        #expect(model.problem(in: batch([[1, 2], []])) == "sequence 1 has no tokens")
        #expect(model.problem(in: batch([[100]]))?.contains("100") == true)
        #expect(model.problem(in: batch([[Int32](repeating: 1, count: 41)]))?.contains("41 tokens") == true)
    }

    @Test(arguments: [("bert-splade", TrainingTask.dense), ("roberta-splade-sum", .dense)])
    func foldersOfAnotherTaskAreAnError(_ name: String, _ task: TrainingTask) throws {
        let folder = try ModelFolder(path: Fixture.path("training/gradients/" + name))
        #expect(throws: EncoderError.self) {
            try TrainableModel(
                folder: folder, task: task, options: TrainableModelOptions(pool: WorkerPool(threads: 1)))
        }
    }

    @Test(arguments: ["bert-mean", "bert-splade", "mpnet-cross"], [false, true])
    func stepsOfLikeSizeTakeNoMoreMemory(_ name: String, _ recomputes: Bool) throws {
        let fixture = try GradientFixture(name)
        let model = try fixture.model(recomputes: recomputes)
        let gradient = try fixture.outputGradient()
        func step() -> Int {
            _ = model.forward(fixture.batch, dropout: nil, keepsForBackward: false)
            model.pass(fixture.batch, outputGradient: gradient)
            return model.idleByteCount
        }
        _ = step()
        let first = step()
        for _ in 0..<3 { #expect(step() == first) }
    }

    /// Two passes at once do not share memory.
    @Test func passesAreIndependent() throws {
        let fixture = try GradientFixture("bert-mean")
        let model = try fixture.model()
        let gradient = FloatBuffer(try fixture.outputGradient())
        let first = model.forward(fixture.batch, dropout: nil, keepsForBackward: true)
        let outputs = first.outputs.array()
        let second = model.forward(batch([[5, 6, 7]]), dropout: nil, keepsForBackward: true)
        let isKept = first.outputs.array() == outputs
        #expect(isKept)
        model.backward(first, outputGradient: gradient.matrix(rows: first.outputs.rows, columns: model.width))
        let gradients = model.gradients
        let other = try fixture.model()
        other.pass(fixture.batch, outputGradient: try fixture.outputGradient())
        let isSame = other.gradients == gradients
        #expect(isSame)
        #expect(second.outputs.rows == 1)
    }
}
