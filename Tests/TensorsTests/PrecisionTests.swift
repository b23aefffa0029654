import CKernels
import Tensors
import TestSupport
import Testing

/// Products with bfloat16 and int8 weights.
@Suite struct PrecisionTests {
    static let shapes: [(k: Int, n: Int)] = [
        (1, 1), (3, 5), (5, 33), (7, 31), (16, 32), (17, 64), (65, 100), (130, 61), (384, 40),
    ]

    static let cases: [(KernelVariant, MatrixPrecision)] = builds.flatMap { build in
        [MatrixPrecision.bf16, .int8].map { (build.variant, $0) }
    }

    /// The same product by the plain loops, which round and quantise by themselves.
    static func reference(
        _ x: MatrixView, weight: [Float], bias: [Float], inverseSmoothing: [Float]?, precision: MatrixPrecision,
        activation: Activation, residual: MatrixView?, into y: MatrixView
    ) {
        let padded = FloatBuffer(bias + [Float](repeating: 0, count: 32))
        let factors = inverseSmoothing.map { FloatBuffer($0) }
        var args = ck_gemm_args()
        args.precision = ck_precision(rawValue: precision.rawValue)
        args.a = ck_operand(rows: x.base, stride: x.stride * 4, scale: nil, start: nil)
        args.m = x.rows
        args.k = x.columns
        args.bias = UnsafePointer(padded.base)
        args.n = y.columns
        args.panel_end = (y.columns + 31) / 32
        args.residual = residual.map { UnsafePointer($0.base) }
        args.ldr = residual?.stride ?? 0
        args.c = y.base
        args.ldc = y.stride
        args.activation = ck_activation(rawValue: activation.rawValue)
        weight.withUnsafeBufferPointer {
            ck_reference_gemm(&args, factors.map { UnsafePointer($0.base) }, $0.baseAddress, x.columns)
        }
        withExtendedLifetime((padded, factors)) {}
    }

    @Test(arguments: cases)
    func productsEqualThePlainLoops(variant: KernelVariant, precision: MatrixPrecision) throws {
        let kernels = try #require(Kernels(variant))
        let workspace = Workspace(kernels: kernels)
        for (shape, (k, n)) in Self.shapes.enumerated() {
            let weight = randomValues(n * k, seed: UInt64(shape))
            let bias = randomValues(n, seed: UInt64(shape + 100))
            // Powers of two, so that moving them between inputs and weights rounds nothing.
            let smoothing: [Float]? =
                precision == .int8 && shape % 2 == 1 ? (0..<k).map { [0.25, 1, 2, 8][$0 % 4] } : nil
            let packed = PackedMatrix(weight: weight, bias: bias, outputs: n, inputs: k)
                .converted(to: precision, smoothing: smoothing)
            for m in 1...40 {
                let x = RandomMatrix(rows: m, columns: k, seed: UInt64(m * 1000 + k))
                let residual = RandomMatrix(rows: m, columns: n, seed: UInt64(m))
                let got = RandomMatrix(rows: m, columns: n, seed: 1)
                let expected = RandomMatrix(rows: m, columns: n, seed: 1)
                for (activation, residual) in [(Activation.identity, nil), (.gelu, residual.view), (.tanh, nil)] {
                    let mark = workspace.mark()
                    let input = kernels.input(x.view, for: packed, workspace: workspace)
                    kernels.multiply(input, packed, activation: activation, adding: residual, into: got.view)
                    workspace.release(mark)
                    Self.reference(
                        x.view, weight: weight, bias: bias, inverseSmoothing: smoothing?.map { 1 / $0 },
                        precision: precision, activation: activation, residual: residual, into: expected.view)
                    // Where the CPU multiplies bfloat16, inputs are rounded as well: 2^-9 of each.
                    let roundsInputs = precision == .bf16 && [.avx512BF16, .neonBF16].contains(variant)
                    var tolerance = (roundsInputs ? 4e-3 : 2e-6) * Float(k).squareRoot()
                    if activation == .gelu { tolerance += 2e-4 }
                    #expect(
                        largestDifference(got.view, expected.view) <= tolerance,
                        "M \(m), K \(k), N \(n), \(activation)")
                    #expect(got.buffer.base[n] == expected.buffer.base[n])
                }
            }
        }
    }

    @Test(arguments: cases)
    func aRowHasTheSameBitsInEveryBatch(variant: KernelVariant, precision: MatrixPrecision) throws {
        let kernels = try #require(Kernels(variant))
        let workspace = Workspace(kernels: kernels)
        let packed = PackedMatrix(weight: randomValues(70 * 51, seed: 1), outputs: 70, inputs: 51)
            .converted(to: precision)
        let x = RandomMatrix(rows: 41, columns: 51, seed: 2)
        let alone = RandomMatrix(rows: 41, columns: 70, seed: 3)
        defer { withExtendedLifetime(workspace) {} }
        for row in 0..<41 {
            let input = kernels.input(x.view.rows(row..<row + 1), for: packed, workspace: workspace)
            kernels.multiply(input, packed, activation: .gelu, into: alone.view.rows(row..<row + 1))
        }
        for m in 1...41 {
            let batch = RandomMatrix(rows: m, columns: 70, seed: 4)
            let input = kernels.input(x.view, for: packed, workspace: workspace)
            kernels.multiply(input.rows(41 - m..<41), packed, activation: .gelu, into: batch.view)
            #expect(batch.view.array() == alone.view.rows(41 - m..<41).array(), "M \(m)")
        }
    }

    @Test(arguments: cases)
    func aNormMakesTheInputThatItsRowsWouldGive(variant: KernelVariant, precision: MatrixPrecision) throws {
        let kernels = try #require(Kernels(variant))
        let workspace = Workspace(kernels: kernels)
        defer { withExtendedLifetime(workspace) {} }
        for k in [3, 32, 67, 384] {
            let smoothing = precision == .int8 ? randomValues(k, seed: 9).map { abs($0) + 0.5 } : nil
            let packed = PackedMatrix(weight: randomValues(40 * k, seed: 1), outputs: 40, inputs: k)
                .converted(to: precision, smoothing: smoothing)
            let (gamma, beta) = (FloatBuffer(randomValues(k, seed: 2)), FloatBuffer(randomValues(k, seed: 3)))
            let x = RandomMatrix(rows: 7, columns: k, seed: 4)
            let (together, apart) = (
                RandomMatrix(rows: 7, columns: k, seed: 5), RandomMatrix(rows: 7, columns: k, seed: 6)
            )
            let (y, z) = (RandomMatrix(rows: 7, columns: 40, seed: 7), RandomMatrix(rows: 7, columns: 40, seed: 8))
            let input = kernels.layerNorm(
                x.view, gamma: gamma, beta: beta, epsilon: 1e-5, into: together.view, inputFor: packed,
                workspace: workspace)
            kernels.multiply(input, packed, into: y.view)
            kernels.layerNorm(x.view, gamma: gamma, beta: beta, epsilon: 1e-5, into: apart.view)
            kernels.multiply(kernels.input(apart.view, for: packed, workspace: workspace), packed, into: z.view)
            #expect(sameBits(together.view, apart.view) && sameBits(y.view, z.view), "K \(k)")
        }
    }

    @Test(arguments: builds.map(\.variant))
    func int8RowsThatAreNotFiniteGiveNaNAndZerosGiveTheBias(variant: KernelVariant) throws {
        let kernels = try #require(Kernels(variant))
        let workspace = Workspace(kernels: kernels)
        defer { withExtendedLifetime(workspace) {} }
        for k in [1, 6, 37] {
            let packed = PackedMatrix(
                weight: randomValues(33 * k, seed: 1), bias: randomValues(33, seed: 2), outputs: 33, inputs: k
            ).converted(to: .int8)
            let x = RandomMatrix(rows: 5, columns: k, seed: 3)
            x.view[0, k - 1] = .nan
            x.view[1, k / 2] = .infinity
            x.view[2, 0] = -.infinity
            for column in 0..<k { x.view[3, column] = column == 0 ? 1e-38 : 0 }
            let y = RandomMatrix(rows: 5, columns: 33, seed: 4)
            kernels.multiply(kernels.input(x.view, for: packed, workspace: workspace), packed, into: y.view)
            for row in 0..<3 { #expect(y.view[row].allSatisfy { $0.isNaN }, "row \(row)") }
            #expect(y.view.rows(3..<4).array() == Array(randomValues(33, seed: 2)))
            #expect(y.view[4].allSatisfy { $0.isFinite })
        }
    }

    @Test func int8SumsAreTheSameInAllBuilds() throws {
        let packed = PackedMatrix(weight: randomValues(64 * 131, seed: 1), outputs: 64, inputs: 131)
            .converted(to: .int8)
        let x = RandomMatrix(rows: 29, columns: 131, seed: 2)
        let results = try builds.map { build in
            let kernels = try #require(Kernels(build.variant))
            let y = RandomMatrix(rows: 29, columns: 64, seed: 3)
            let workspace = Workspace(kernels: kernels)
            let input = kernels.input(x.view, for: packed, workspace: workspace)
            withExtendedLifetime(workspace) { kernels.multiply(input, packed, into: y.view) }
            return y.view.array()
        }
        for other in results.dropFirst() { #expect(zip(other, results[0]).allSatisfy { $0 == $1 }) }
    }
}
