import Encoders
import Layers
import ModelFiles
import Tensors
import Testing
import TrainableEncoders

/// Dropout, and batches that are computed in several passes.
@Suite struct DropoutTests {
    /// Some sequences of a batch.
    private func part(_ batch: TokenBatch, _ sequences: Range<Int>) -> TokenBatch {
        var result = TokenBatch()
        for sequence in sequences {
            let rows = batch.layout.rows(of: sequence)
            result.append(ids: batch.ids[rows], typeIDs: batch.typeIDs[rows])
        }
        return result
    }

    @Test(arguments: GradientFixture.names)
    func halvesOfABatchAddUp(_ name: String) throws {
        let fixture = try GradientFixture(name)
        let gradient = try fixture.outputGradient()
        let (whole, halves) = (try fixture.model(dropout: 0.2), try fixture.model(dropout: 0.2))
        let outputs = whole.pass(
            fixture.batch, dropout: DropoutDraw(seed: 1, step: 2), outputGradient: gradient)
        var parts: [Float] = []
        let split = 3
        for range in [0..<split, split..<fixture.batch.count] {
            let draw = DropoutDraw(
                seed: 1, step: 2, firstToken: fixture.batch.layout.rows(of: range).lowerBound,
                firstSequence: range.lowerBound)
            parts += halves.pass(
                part(fixture.batch, range), dropout: draw,
                outputGradient: Array(gradient[range.lowerBound * whole.width..<range.upperBound * whole.width]))
        }
        let holds1 = outputs == parts
        #expect(holds1)
        let holds2 = largestDifference(whole.gradients, halves.gradients) <= 1e-5 * largest(whole.gradients)
        #expect(holds2)
    }

    @Test(arguments: GradientFixture.names)
    func masksAreAFunctionOfSeedAndStep(_ name: String) throws {
        let fixture = try GradientFixture(name)
        let model = try fixture.model(dropout: 0.2)
        let outputs = { (draw: DropoutDraw?) in
            model.forward(fixture.batch, dropout: draw, keepsForBackward: false).outputs.array()
        }
        let first = outputs(DropoutDraw(seed: 1, step: 2))
        let holds3 = first == outputs(DropoutDraw(seed: 1, step: 2))
        #expect(holds3)
        let holds4 = first != outputs(DropoutDraw(seed: 1, step: 3))
        #expect(holds4)
        let holds5 = first != outputs(DropoutDraw(seed: 2, step: 2))
        #expect(holds5)
        let holds6 = first != outputs(nil)
        #expect(holds6)
    }

    @Test(arguments: GradientFixture.names)
    func noRateIsNoDropout(_ name: String) throws {
        let fixture = try GradientFixture(name)
        let model = try fixture.model(dropout: 0)
        let with = model.forward(fixture.batch, dropout: DropoutDraw(seed: 1, step: 2), keepsForBackward: false)
        let without = model.forward(fixture.batch, dropout: nil, keepsForBackward: false)
        let holds7 = with.outputs.array() == without.outputs.array()
        #expect(holds7)
    }

    /// The slope of the outputs along a direction of all parameters, with the masks held: what no reference can tell.
    @Test(arguments: GradientFixture.names)
    func gradientsWithDropoutAreSlopes(_ name: String) throws {
        let fixture = try GradientFixture(name)
        let model = try fixture.model(dropout: 0.2)
        let gradient = try fixture.outputGradient()
        let draw = DropoutDraw(seed: 5, step: 1)
        model.pass(fixture.batch, dropout: draw, outputGradient: gradient)
        let values = model.parameters.values
        let start = Array(values.values)
        let length = model.parameters.gradientNorm(pool: WorkerPool(threads: 1))
        func loss(_ step: Double) -> Double {
            for (index, value) in start.enumerated() {
                values.base[index] = Float(
                    Double(value) + step * Double(model.parameters.gradients.base[index]) / length)
            }
            model.parametersChanged()
            let outputs = model.forward(fixture.batch, dropout: draw, keepsForBackward: false).outputs.array()
            return zip(outputs, gradient).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
        }
        let step = 2e-4
        let slope = (loss(step) - loss(-step)) / (2 * step)
        #expect(abs(slope - length) < 0.02 * length, "slope \(slope), gradient \(length)")
    }
}
