import Foundation
import Losses
import TestSupport
import Testing
import Training

@Suite struct ReproducibilityTests {
    /// With dropout, a shuffled order and half an accumulation at each epoch's end.
    private func configuration(_ folder: TemporaryFolder, _ output: String) throws -> TrainingConfiguration {
        try folder.write(TrainingFixture.pairs(18, negatives: 1), to: "data.jsonl")
        var configuration = TrainingFixture.configuration(folder, output: output)
        configuration.maximumSteps = 12
        configuration.accumulation = 2
        configuration.dropout = 0.1
        return configuration
    }

    @Test func aStoppedAndResumedRunHasTheSameBits() throws {
        try TemporaryFolder.with { folder in
            let whole = try TrainingFixture.run(try configuration(folder, "whole"))
            let configuration = try configuration(folder, "parts")
            let first = try TrainingFixture.run(configuration, stoppingBehind: 5)
            #expect(first.result.ending == .stopped)
            #expect(first.result.steps == 5)
            #expect(first.result.model == nil)
            let second = try TrainingFixture.run(configuration, .last)
            #expect(second.result.ending == .complete)
            #expect(first.losses + second.losses == whole.losses)
            #expect(second.weights == whole.weights)
            #expect(first.weights != whole.weights)
            let moments = try [whole, second].map { run in
                try Data(contentsOf: URL(filePath: (run.result.checkpoint ?? "") + "/optimizer.safetensors"))
            }
            #expect(moments[0] == moments[1])
        }
    }

    @Test func threadsAndRecomputingChangeNothingSeedAndDropoutDo() throws {
        try TemporaryFolder.with { folder in
            var configuration = try configuration(folder, "a")
            configuration.maximumSteps = 4
            let one = try TrainingFixture.run(configuration)
            func other(_ name: String, _ change: (inout TrainingConfiguration) -> Void) throws -> String {
                var copy = configuration
                copy.output = folder.path + "/" + name
                change(&copy)
                return try TrainingFixture.run(copy).weights
            }
            #expect(try other("b") { $0.threads = 2 } == one.weights)
            #expect(try other("c") { $0.recomputesActivations = true } == one.weights)
            #expect(try other("d") { $0.seed = 43 } != one.weights)
            #expect(try other("e") { $0.dropout = 0 } != one.weights)
        }
    }

    @Test func chunksGiveTheGradientOfTheWholeBatch() throws {
        try TemporaryFolder.with { folder in
            var configuration = try configuration(folder, "whole")
            configuration.batchSize = 8
            configuration.accumulation = 1
            configuration.loss = "mnrl"
            let whole = try TrainingFixture.run(configuration)
            configuration.output = folder.path + "/chunks"
            configuration.loss = "cached-mnrl"
            configuration.lossParameters = ["chunk": .number(3)]
            let chunks = try TrainingFixture.run(configuration)
            #expect(chunks.losses.count == whole.losses.count)
            for (a, b) in zip(chunks.losses, whole.losses) { #expect(abs(a - b) < 2e-4) }
            // Clipping and AdamW hide a gradient of another size, its norm does not.
            let norms = [chunks, whole].map { run in
                run.events.compactMap { event -> Double? in
                    if case .step(let record) = event { record.gradientNorm } else { nil }
                }
            }
            #expect(abs(norms[0][0] / norms[1][0] - 1) < 1e-5)
            #expect(abs(norms[0][1] / norms[1][1] - 1) < 1e-3)
            #expect(chunks.losses[0] == whole.losses[0])
        }
    }

    @Test func accumulatedBatchesAreTheirMean() throws {
        try TemporaryFolder.with { folder in
            var configuration = try configuration(folder, "a")
            configuration.order = .sequential
            configuration.maximumSteps = 1
            configuration.dropout = 0
            let two = try TrainingFixture.run(configuration)
            configuration.output = folder.path + "/b"
            configuration.accumulation = 1
            configuration.maximumSteps = 2
            configuration.learningRate = 0
            let singles = try TrainingFixture.run(configuration)
            let mean = (singles.losses[0] + singles.losses[1]) / 2
            #expect(abs(two.losses[0] - mean) < 1e-12)
        }
    }
}
