import CKernels
import Tensors
import TestSupport
import Testing

@Suite struct RowGradientTests {
    static let widths = [1, 2, 7, 16, 31, 33, 48, 63, 100, 384, 770]

    @Test(arguments: builds.map(\.variant))
    func normsAndTheirGradientsEqualThePlainLoops(variant: KernelVariant) throws {
        let kernels = try #require(Kernels(variant))
        for n in Self.widths {
            for rows in [0, 1, 5, 300] where rows < 100 || n < 40 {
                let x = RandomMatrix(rows: rows, columns: n, scale: 4, seed: UInt64(n))
                let dy = RandomMatrix(rows: rows, columns: n, seed: 2)
                let (gamma, beta) = (FloatBuffer(randomValues(n, seed: 3)), FloatBuffer(randomValues(n, seed: 4)))
                let (y, plain) = (
                    RandomMatrix(rows: rows, columns: n, seed: 5), RandomMatrix(rows: rows, columns: n, seed: 6)
                )
                let statistics = RandomMatrix(rows: rows, columns: 2, seed: 7)
                kernels.layerNorm(
                    x.view, gamma: gamma.base, beta: beta.base, epsilon: 1e-5, into: y.view,
                    statistics: statistics.view)
                kernels.layerNorm(x.view, gamma: gamma, beta: beta, epsilon: 1e-5, into: plain.view)
                #expect(sameBits(y.view, plain.view), "the norm without statistics")

                let dx = RandomMatrix(rows: rows, columns: n, seed: 8)
                kernels.layerNormBackward(
                    dy.view, x: x.view, statistics: statistics.view, gamma: gamma.base, into: dx.view)
                let (dGamma, dBeta) = (FloatBuffer(count: n + 1), FloatBuffer(count: n + 1))
                kernels.addNormGradients(
                    dy.view, x: x.view, statistics: statistics.view, gamma: dGamma.base, beta: dBeta.base)
                var expected = [Double](repeating: 0, count: rows * n)
                var (gammas, betas) = ([Double](repeating: 0, count: n), [Double](repeating: 0, count: n))
                ck_reference_layer_norm_gradient(
                    dy.view.base, dy.view.stride, x.view.base, x.view.stride, gamma.base, 1e-5, &expected, &gammas,
                    &betas, rows, n)
                // A width of 2 divides by differences of values: its slopes are as steep as 1 / epsilon allows.
                let steepest = (0..<rows).map { statistics.view[$0, 1] }.max() ?? 0
                #expect(difference(dx.view, expected) <= 4e-6 * max(1, steepest), "dx, width \(n)")
                let scale = 1e-6 * Float(max(rows, 1)).squareRoot() * 4
                #expect(difference(dGamma.matrix(rows: 1, columns: n), gammas) <= scale, "gamma, width \(n)")
                #expect(difference(dBeta.matrix(rows: 1, columns: n), betas) <= scale, "beta, width \(n)")
                #expect(dGamma.base[n] == 0 && dBeta.base[n] == 0)
                kernels.layerNormBackward(
                    dy.view, x: x.view, statistics: statistics.view, gamma: gamma.base, into: dy.view)
                #expect(sameBits(dy.view, dx.view), "in place")
            }
        }
    }

    private func difference(_ a: MatrixView, _ b: [Double]) -> Float {
        zip(a.array(), b).reduce(0) { worst, pair in
            let difference = Float(abs(Double(pair.0) - pair.1))
            return difference <= worst ? worst : difference
        }
    }

    @Test(arguments: builds.map(\.variant))
    func sumsOverRowsAddToWhatIsThereAndDoNotDependOnTheSplit(variant: KernelVariant) throws {
        let kernels = try #require(Kernels(variant))
        for (rows, n) in [(0, 5), (1, 1), (7, 33), (300, 65), (700, 130)] {
            let x = RandomMatrix(rows: rows, columns: n, seed: 1)
            let dy = RandomMatrix(rows: rows, columns: n, seed: 2)
            let statistics = RandomMatrix(rows: rows, columns: 2, seed: 3)
            func sums(_ cuts: [Int]) -> [FloatBuffer] {
                let buffers = (0..<3).map { FloatBuffer(randomValues(n, seed: UInt64($0) + 4)) }
                for (first, last) in zip(cuts, cuts.dropFirst()) {
                    kernels.addColumnSums(dy.view, columns: first..<last, into: buffers[0].base)
                    kernels.addNormGradients(
                        dy.view, x: x.view, statistics: statistics.view, columns: first..<last,
                        gamma: buffers[1].base, beta: buffers[2].base)
                }
                return buffers
            }
            let whole = sums([0, n])
            let parts = sums([0, n / 3, n / 2, n])
            for (a, b) in zip(whole, parts) {
                #expect(zip(a.values, b.values).allSatisfy { $0 == $1 }, "\(rows) x \(n)")
            }
            for column in 0..<n {
                let start = Double(randomValues(n, seed: 4)[column])
                let exact = (0..<rows).reduce(start) { $0 + Double(dy.view[$1, column]) }
                #expect(abs(Double(whole[0].base[column]) - exact) < 1e-6 * Double(rows + 10).squareRoot())
            }
        }
    }

    @Test(arguments: builds.map(\.variant), Activation.allCases)
    func slopesAreAccurate(variant: KernelVariant, activation: Activation) throws {
        let kernels = try #require(Kernels(variant))
        // Between the corners of piecewise functions; those by themselves.
        let inputs = (0..<40000).map { (Float($0) - 19999.5) / 1000 } + [1e-30, -1e-30, 1e-8, -1e-8, 70, -70]
        let count = inputs.count
        let x = FloatBuffer(inputs)
        let dy = FloatBuffer(randomValues(count, seed: 1))
        let dx = FloatBuffer(count: count)
        kernels.activateBackward(
            activation, before: x.matrix(rows: 1, columns: count), dy.matrix(rows: 1, columns: count),
            into: dx.matrix(rows: 1, columns: count))
        var worst = 0.0
        var worstInput: Float = 0
        for (index, input) in inputs.enumerated() {
            let slope = ck_reference_activation_slope(Int32(activation.rawValue), Double(input))
            let expected = slope * Double(dy.base[index])
            let error = abs(Double(dx.base[index]) - expected) / max(1, abs(slope))
            if !(error <= worst) { (worst, worstInput) = (error, input) }
        }
        #expect(worst <= 4e-7, "\(activation): error \(worst) at \(worstInput)")
    }

    @Test(arguments: Activation.allCases)
    func slopesAreThoseOfTheFunctions(activation: Activation) {
        let function = ck_activation(rawValue: activation.rawValue)
        for input in stride(from: -11.987, to: 12, by: 0.0731) {
            let step = 1e-5
            let slope =
                (ck_reference_activation(function, input + step) - ck_reference_activation(function, input - step))
                / (2 * step)
            let expected = ck_reference_activation_slope(Int32(activation.rawValue), input)
            #expect(abs(slope - expected) <= 1e-6 * max(1, abs(expected)), "\(activation) at \(input)")
        }
    }

    @Test(arguments: builds.map(\.variant))
    func infiniteInputsHaveTheSlopesOfLargeOnes(variant: KernelVariant) throws {
        let kernels = try #require(Kernels(variant))
        for activation in Activation.allCases where activation != .reluSquared {
            for input: Float in [.infinity, -Float.infinity, 3e38, -3e38] {
                let (x, dy) = (FloatBuffer([input]), FloatBuffer([2]))
                let one = dy.matrix(rows: 1, columns: 1)
                kernels.activateBackward(activation, before: x.matrix(rows: 1, columns: 1), one, into: one)
                let slope = ck_reference_activation_slope(Int32(activation.rawValue), input > 0 ? 1e3 : -1e3)
                let limit = activation == .log1pReLU || activation == .log1pLog1pReLU ? 1e-2 : 1e-6
                #expect(abs(Double(dy.base[0]) - 2 * slope) <= limit, "\(activation) at \(input)")
                withExtendedLifetime(x) {}
            }
        }
    }

    @Test(arguments: builds.map(\.variant))
    func activationsIntoAnotherMatrixEqualThoseInPlace(variant: KernelVariant) throws {
        let kernels = try #require(Kernels(variant))
        let x = RandomMatrix(rows: 3, columns: 37, scale: 3, seed: 1)
        let y = RandomMatrix(rows: 3, columns: 37, seed: 2)
        kernels.activate(.gelu, x.view, into: y.view)
        kernels.activate(.gelu, x.view)
        #expect(sameBits(x.view, y.view))
    }

    @Test(arguments: builds.map(\.variant))
    func rowsAreAddedInOrder(variant: KernelVariant) throws {
        let kernels = try #require(Kernels(variant))
        let x = RandomMatrix(rows: 6, columns: 35, seed: 1)
        let ids: [Int32] = [2, 0, 2, 2, 4, 0]
        let (whole, parts) = (RandomMatrix(rows: 5, columns: 35, seed: 2), RandomMatrix(rows: 5, columns: 35, seed: 2))
        let expected = RandomMatrix(rows: 5, columns: 35, seed: 2)
        kernels.addRows(x.view, ids: ids, into: whole.view)
        for part in [0..<3, 3..<20, 20..<35] { kernels.addRows(x.view, ids: ids, columns: part, into: parts.view) }
        for (row, id) in ids.enumerated() {
            for column in 0..<35 { expected.view[Int(id), column] += x.view[row, column] }
        }
        #expect(sameBits(whole.view, expected.view) && sameBits(parts.view, expected.view))
        kernels.add(whole.view, to: parts.view)
        #expect(parts.view[3, 34] == 2 * whole.view[3, 34] && parts.view[0, 0] == 2 * whole.view[0, 0])
    }
}
