import CKernels
import Tensors
import TestSupport
import Testing

@Suite struct RowKernelTests {
    static let widths = [1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 48, 63, 100, 384, 770]

    @Test(arguments: builds.map(\.variant))
    func layerNormEqualsThePlainLoops(variant: KernelVariant) throws {
        let kernels = try #require(Kernels(variant))
        for n in Self.widths {
            let x = RandomMatrix(rows: 5, columns: n, scale: 4, seed: UInt64(n))
            let residual = RandomMatrix(rows: 5, columns: n, seed: 2)
            let gamma = FloatBuffer(randomValues(n, seed: 3))
            let beta = FloatBuffer(randomValues(n, seed: 4))
            let got = RandomMatrix(rows: 5, columns: n, seed: 5)
            let expected = RandomMatrix(rows: 5, columns: n, seed: 5)
            for added in [nil, residual.view] {
                kernels.layerNorm(x.view, adding: added, gamma: gamma, beta: beta, epsilon: 1e-5, into: got.view)
                ck_reference_layer_norm(
                    x.view.base, x.view.stride, added?.base, added?.stride ?? 0, gamma.base, beta.base, 1e-5,
                    expected.view.base, expected.view.stride, 5, n)
                #expect(largestDifference(got.view, expected.view) <= 5e-6, "width \(n)")
            }
            kernels.layerNorm(x.view, gamma: gamma, beta: beta, epsilon: 1e-5, into: got.view)
            kernels.layerNorm(x.view, gamma: gamma, beta: beta, epsilon: 1e-5, into: x.view)
            #expect(sameBits(x.view, got.view), "in place, width \(n)")
        }
    }

    @Test(arguments: builds.map(\.variant), Activation.allCases)
    func activationsAreAccurate(variant: KernelVariant, activation: Activation) throws {
        let kernels = try #require(Kernels(variant))
        let inputs = (0..<40001).map { Float($0 - 20000) / 1000 } + [0, -0.0, 1e-30, -1e-30, 1e-8, -1e-8, 60, -60]
        let x = FloatBuffer(inputs)
        kernels.activate(activation, x.matrix(rows: 1, columns: inputs.count))
        var worst = 0.0
        var worstInput: Float = 0
        for (index, input) in inputs.enumerated() {
            let expected = ck_reference_activation(ck_activation(rawValue: activation.rawValue), Double(input))
            let error = abs(Double(x.base[index]) - expected) / max(abs(Double(input)), abs(expected), 1e-6)
            if error > worst { (worst, worstInput) = (error, input) }
        }
        #expect(worst <= 6e-7, "\(activation): relative error \(worst) at \(worstInput)")
    }

    @Test(arguments: builds.map(\.variant))
    func softmaxRowsSumToOne(variant: KernelVariant) throws {
        let kernels = try #require(Kernels(variant))
        for n in Self.widths {
            let x = RandomMatrix(rows: 3, columns: n, scale: 30, seed: UInt64(n))
            let before = x.view.array().map(Double.init)
            kernels.softmax(x.view, scale: 0.5)
            for row in 0..<3 {
                let inputs = before[row * n..<(row + 1) * n].map { $0 * 0.5 }
                let highest = inputs.max() ?? 0
                let powers = inputs.map { exponential($0 - highest) }
                let total = powers.reduce(0, +)
                for (column, power) in powers.enumerated() {
                    #expect(abs(Double(x.view[row, column]) - power / total) <= 4e-7, "width \(n)")
                }
            }
        }
    }

    @Test(arguments: builds.map(\.variant))
    func poolingReducesRows(variant: KernelVariant) throws {
        let kernels = try #require(Kernels(variant))
        for n in Self.widths {
            for rows in [1, 2, 9] {
                let x = RandomMatrix(rows: rows, columns: n, seed: UInt64(n + rows))
                let y = FloatBuffer(count: n)
                for reduction in RowReduction.allCases {
                    kernels.pool(reduction, x.view, firstWeight: 3, into: y.values)
                    for column in 0..<n {
                        let values = (0..<rows).map { Double(x.view[$0, column]) }
                        let weights = (0..<rows).map { Double($0 + 3) }
                        let expected =
                            switch reduction {
                            case .mean: values.reduce(0, +) / Double(rows)
                            case .meanSqrtLength: values.reduce(0, +) / Double(rows).squareRoot()
                            case .max: values.max() ?? 0
                            case .weightedMean:
                                zip(values, weights).reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0, +)
                            }
                        #expect(abs(Double(y.base[column]) - expected) < 1e-6)
                    }
                }
            }
            let y = FloatBuffer((0..<n).map { _ in 5 })
            let nothing = RandomMatrix(rows: 0, columns: n, seed: 1)
            kernels.pool(.mean, nothing.view, into: y.values)
            withExtendedLifetime(nothing) {}
            #expect(y.values.allSatisfy { $0 == 0 })
        }
    }

    @Test(arguments: builds.map(\.variant))
    func normalizedRowsHaveLengthOne(variant: KernelVariant) throws {
        let kernels = try #require(Kernels(variant))
        for n in Self.widths {
            let x = RandomMatrix(rows: 3, columns: n, scale: 10, seed: UInt64(n))
            for column in 0..<n { x.view[1, column] = 0 }
            kernels.l2Normalize(x.view)
            for row in [0, 2] {
                let length = x.view[row].reduce(0.0) { $0 + Double($1) * Double($1) }
                #expect(abs(length - 1) < 1e-6)
                let itself = UnsafeBufferPointer(x.view[row])
                #expect(abs(kernels.dot(itself, itself) - 1) < 1e-6)
            }
            #expect(x.view[1].allSatisfy { $0 == 0 })
        }
    }

    private func exponential(_ x: Double) -> Double {
        // Through the reference sigmoid, so that the tests need no C library: e^x = s / (1 - s) loses digits, so halve
        // the argument until it is small and square back.
        var y = x
        var squarings = 0
        while abs(y) > 0.01 {
            y /= 2
            squarings += 1
        }
        var value = 1 + y * (1 + y / 2 * (1 + y / 3 * (1 + y / 4 * (1 + y / 5))))
        for _ in 0..<squarings { value *= value }
        return value
    }
}
