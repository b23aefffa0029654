import Encoders
import Layers
import ModelFiles
import Tensors
import Testing
import TrainableEncoders

/// Outputs and gradients of every architecture and task against PyTorch's.
@Suite struct GradientTests {
    @Test(arguments: GradientFixture.names)
    func outputsAndGradientsArePyTorchs(_ name: String) throws {
        let fixture = try GradientFixture(name)
        let model = try fixture.model()
        let outputs = model.pass(fixture.batch, outputGradient: try fixture.outputGradient())
        let expected = try fixture.outputs()
        let holds1 = largestDifference(outputs, expected) <= 1e-5 * max(1, largest(expected))
        #expect(holds1)
        let scale = largest(model.gradients)
        var compared: Set<String> = []
        for (number, parameter) in model.parameters.parameters.enumerated() {
            let reference = try #require(try fixture.gradient(parameter), "no gradient of \(parameter.name)")
            let difference = largestDifference(model.parameters.gradient(of: number).array(), reference)
            // Some are zero but for rounding: the bias of the keys moves all scores of a query alike.
            #expect(
                difference <= 1e-4 * largest(reference) + 1e-6 * scale,
                "\(parameter.name): \(difference) of \(largest(reference))")
            compared.insert(parameter.folder.isEmpty ? parameter.name : parameter.folder + "/" + parameter.name)
        }
        #expect(compared == Set(fixture.gradientNames))
    }

    @Test(arguments: GradientFixture.names)
    func gradientsAddUpAndAreCleared(_ name: String) throws {
        let fixture = try GradientFixture(name)
        let model = try fixture.model()
        let gradient = try fixture.outputGradient()
        model.pass(fixture.batch, outputGradient: gradient)
        let once = model.gradients
        model.parameters.clearGradients()
        let holds2 = largest(model.gradients) == 0
        #expect(holds2)
        model.pass(fixture.batch, outputGradient: gradient)
        let holds3 = model.gradients == once
        #expect(holds3)
        model.pass(fixture.batch, outputGradient: gradient)
        let scale = largest(once)
        let holds4 = largestDifference(model.gradients, once.map { 2 * $0 }) <= 1e-5 * scale
        #expect(holds4)
    }

    @Test(arguments: GradientFixture.names)
    func twoThreadsComputeTheSameBits(_ name: String) throws {
        let fixture = try GradientFixture(name)
        let gradient = try fixture.outputGradient()
        let draw = DropoutDraw(seed: 7, step: 3)
        for precision in [TrainingPrecision.fp32, .bf16] {
            let models = [try fixture.model(precision: precision), try fixture.model(threads: 2, precision: precision)]
            let outputs = models.map { $0.pass(fixture.batch, dropout: draw, outputGradient: gradient) }
            let holds5 = outputs[0] == outputs[1]
            #expect(holds5)
            let holds6 = models[0].gradients == models[1].gradients
            #expect(holds6)
            let norms = models.map { $0.parameters.gradientNorm(pool: WorkerPool(threads: 2)) }
            #expect(norms[0] == norms[1])
        }
    }

    @Test(arguments: GradientFixture.names)
    func recomputedActivationsChangeNothing(_ name: String) throws {
        let fixture = try GradientFixture(name)
        let gradient = try fixture.outputGradient()
        let draw = DropoutDraw(seed: 7, step: 3)
        let (kept, recomputed) = (try fixture.model(), try fixture.model(recomputes: true))
        let outputs = [kept, recomputed].map { $0.pass(fixture.batch, dropout: draw, outputGradient: gradient) }
        let holds7 = outputs[0] == outputs[1]
        #expect(holds7)
        let holds8 = kept.gradients == recomputed.gradients
        #expect(holds8)
        let light = recomputed.forward(fixture.batch, dropout: draw, keepsForBackward: false)
        let holds9 = light.outputs.array() == outputs[0]
        #expect(holds9)
    }

    /// Where a maximum decides, rounding may let another row win.
    @Test(arguments: GradientFixture.names)
    func bfloat16IsClose(_ name: String) throws {
        let fixture = try GradientFixture(name)
        let gradient = try fixture.outputGradient()
        let (exact, rounded) = (try fixture.model(), try fixture.model(precision: .bf16))
        let outputs = [exact, rounded].map { $0.pass(fixture.batch, outputGradient: gradient) }
        let holds10 = cosine(outputs[0], outputs[1]) > 0.9995
        #expect(holds10)
        let holds11 =
            cosine(exact.gradients, rounded.gradients)
            > (name.contains("max") || name.contains("splade") ? 0.98 : 0.999)
        #expect(holds11)
        let holds12 = exact.gradients != rounded.gradients
        #expect(holds12)
    }

    @Test(arguments: GradientFixture.names)
    func theNormIsThatOfAllGradients(_ name: String) throws {
        let fixture = try GradientFixture(name)
        let model = try fixture.model()
        model.pass(fixture.batch, outputGradient: try fixture.outputGradient())
        let sum = model.gradients.reduce(0.0) { $0 + Double($1) * Double($1) }
        let norm = model.parameters.gradientNorm(pool: WorkerPool(threads: 1))
        #expect(abs(norm - sum.squareRoot()) < 1e-9 * norm)
    }
}
