import CKernels
import Tensors
import TestSupport
import Testing

@Suite struct OptimizerTests {
    static let start: [Float] = [0.5, -1.25, 3.0, 0.0, -0.25, 10.0]
    static let gradients: [[Float]] = [
        [1.0, -0.5, 0.001, 0.0, 1e-8, 3.0],
        [-0.3, -0.5, 0.002, 0.0, 1e-3, 3.0],
        [0.1, 2.0, -0.7, 0.0, -1e-6, 0.25],
        [0.0, 0.0, 1.0, 0.0, 5.0, -3.0],
    ]
    /// What torch.optim.AdamW makes of them (Tests/Fixtures/training/make_adamw.py).
    static let expected: [[Float]] = [
        [0.489500016, -1.23874998, 2.98699999, 0, -0.254750013, 9.97999954],
        [0.484732032, -1.22751129, 2.97436142, 0, -0.261936605, 9.96001911],
        [0.480345458, -1.22973216, 2.97775149, 0, -0.267420441, 9.94196606],
        [0.476668954, -1.23132706, 2.973001, 0, -0.272965252, 9.92996502],
    ]

    @Test(arguments: builds.map(\.variant))
    func stepsEqualPyTorchs(variant: KernelVariant) throws {
        let kernels = try #require(Kernels(variant))
        let (values, first, second) = (FloatBuffer(Self.start), FloatBuffer(count: 6), FloatBuffer(count: 6))
        for (index, gradients) in Self.gradients.enumerated() {
            kernels.adamW(
                AdamWStep(rate: 0.01, decay: 0.1, step: index + 1), values: values.base, gradients: gradients,
                first: first.base, second: second.base, count: 6)
            for (value, expected) in zip(values.values, Self.expected[index]) {
                #expect(abs(value - expected) <= 2e-7 * max(abs(expected), 0.1), "step \(index + 1)")
            }
        }
    }

    @Test(arguments: builds.map(\.variant))
    func aStepEqualsThePlainLoops(variant: KernelVariant) throws {
        let kernels = try #require(Kernels(variant))
        for count in [0, 1, 7, 16, 33, 1000] {
            let values = FloatBuffer(randomValues(count + 1, seed: 1))
            let (first, second) = (FloatBuffer(count: count + 1), FloatBuffer(count: count + 1))
            var (exact, m, v) = (
                values.values.map(Double.init), [Double](repeating: 0, count: count + 1),
                [Double](repeating: 0, count: count + 1)
            )
            for step in 1...20 {
                let gradients = FloatBuffer(randomValues(count + 1, seed: UInt64(step + 10)))
                kernels.adamW(
                    AdamWStep(rate: 0.01, decay: 0.1, step: step, gradientScale: 0.37), values: values.base,
                    gradients: gradients.base, first: first.base, second: second.base, count: count)
                var args = ck_adamw(
                    rate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decay: 0.1, step: UInt64(step),
                    gradient_scale: 0.37)
                ck_reference_adamw(&args, &exact, gradients.base, &m, &v, count)
            }
            for index in 0..<count { #expect(abs(Double(values.base[index]) - exact[index]) <= 2e-6) }
            #expect(values.base[count] == randomValues(count + 1, seed: 1)[count] && first.base[count] == 0)
        }
    }

    @Test func aStepHasTheSameBitsInAnySplit() {
        for kernels in builds {
            func result(_ cuts: [Int]) -> [Float] {
                let (values, gradients) = (
                    FloatBuffer(randomValues(100, seed: 1)), FloatBuffer(randomValues(100, seed: 2))
                )
                let (first, second) = (FloatBuffer(randomValues(100, seed: 3)), FloatBuffer((0..<100).map { _ in 0.2 }))
                for (begin, end) in zip(cuts, cuts.dropFirst()) {
                    kernels.adamW(
                        AdamWStep(rate: 0.01, decay: 0.1, step: 3), values: values.base + begin,
                        gradients: gradients.base + begin, first: first.base + begin, second: second.base + begin,
                        count: end - begin)
                }
                return Array(values.values)
            }
            #expect(result([0, 100]) == result([0, 1, 33, 64, 100]), "\(kernels.variant)")
        }
    }

    @Test func sumsOfSquaresAreTheSameOnAllBuilds() {
        for count in [0, 1, 15, 16, 17, 1000, 4099] {
            let x = FloatBuffer(randomValues(count, seed: UInt64(count)))
            let exact = x.values.reduce(0.0) { $0 + Double($1) * Double($1) }
            let sums = builds.map { $0.sumOfSquares(x.base, count: count) }
            #expect(abs(sums[0] - exact) <= 1e-12 * max(exact, 1))
            #expect(sums.allSatisfy { $0 == sums[0] })
        }
    }
}
