import Encoders
import Foundation
import JSON
import Layers
import ModelFiles
import Tensors
import TestSupport
import Testing
import TrainableEncoders
import Training

/// Against transformers' schedules and torch's AdamW: `Tests/Fixtures/training/make_optimisation.py`.
@Suite struct OptimisationTests {
    private let expected: JSONValue

    init() throws { expected = try JSONValue(parsing: Fixture.bytes("training/optimisation.json")) }

    @Test func schedulesAreThoseOfTransformers() throws {
        for entry in try #require(expected["schedules"]?.array) {
            let schedule = LearningRateSchedule(
                peak: 3e-4, choice: try #require(ScheduleChoice(rawValue: entry["name"]?.string ?? "")),
                warmup: try #require(entry["warmup"]?.int), steps: try #require(entry["steps"]?.int))
            for (step, rate) in try #require(entry["rates"]?.array).enumerated() {
                try #expect(abs(schedule.rate(at: step) - #require(rate.double)) < 1e-18)
            }
        }
    }

    @Test(arguments: [1, 2]) func stepsAreThoseOfTorch(threads: Int) throws {
        for entry in try #require(expected["adamw"]?.array) {
            let pool = WorkerPool(threads: threads)
            let model = try TrainableModel(
                folder: ModelFolder(path: TrainingFixture.model("bert-dense")), task: .dense,
                options: TrainableModelOptions(pool: pool))
            let parameters = model.parameters
            let optimizer = AdamW(
                parameters, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decay: try #require(entry["decay"]?.double))
            let names = parameters.parameters.map(\.name).sorted()
            for step in 0..<5 {
                parameters.clearGradients()
                for (index, parameter) in parameters.parameters.enumerated() {
                    let number = try #require(names.firstIndex(of: parameter.name))
                    // Only rows that a pass has touched count as having a gradient.
                    if parameter.isTable { try touch([3, 4, 9], of: model) }
                    for place in 0..<parameter.range.count {
                        let row = place / parameter.rowWidth
                        if parameter.isTable && ![3, 4, 9].contains(row) { continue }
                        let angle: Double = 0.7 * Double(place) + 1.3 * Double(number) + 2.1 * Double(step)
                        let value = Float(sine(angle))
                        parameters.gradients.base[parameters.parameters[index].range.lowerBound + place] = value * 0.01
                    }
                }
                let norm = parameters.gradientNorm(pool: pool)
                let wanted = try #require(entry["norms"]?[step]?.double)
                #expect(abs(norm - wanted) < 1e-5 * wanted)
                optimizer.step(
                    step + 1, rate: 1e-3 * Double(step) / 2,
                    gradientScale: clippingFactor(norm: norm, maximum: try #require(entry["maximum"]?.double)),
                    pool: pool)
            }
            for (index, parameter) in parameters.parameters.enumerated() {
                for (place, value) in try #require(entry["values"]?[parameter.name]?.array).enumerated() {
                    let got = parameters.values.base[parameter.range.lowerBound + place]
                    try #expect(abs(Double(got) - #require(value.double)) < 1e-6, "\(parameter.name)")
                }
                guard parameter.isTable else { continue }
                for (row, value) in try #require(entry["word_rows"]?.array).enumerated() {
                    try #expect(abs(Double(parameters.values(of: index)[row, 0]) - #require(value.double)) < 1e-6)
                }
            }
        }
    }

    /// Lets rows of the word table have a gradient, by a pass over these ids, and clears what the pass gave.
    private func touch(_ ids: [Int32], of model: TrainableModel) throws {
        let pass = model.forward(TokenBatch([TokenSequence(ids: ids)]), dropout: nil, keepsForBackward: true)
        let zero = FloatBuffer(count: pass.outputs.columns)
        model.backward(pass, outputGradient: zero.matrix(rows: 1, columns: pass.outputs.columns))
        withExtendedLifetime(zero) {}
    }

    private func sine(_ x: Double) -> Double { Foundation.sin(x) }

    @Test func clippingLeavesSmallGradientsAlone() {
        #expect(clippingFactor(norm: 0.5, maximum: 1) == 1)
        #expect(clippingFactor(norm: 4, maximum: 1) == 1 / (4 + 1e-6))
        #expect(clippingFactor(norm: 4, maximum: 0) == 1)
    }
}
