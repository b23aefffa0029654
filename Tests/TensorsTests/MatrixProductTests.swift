import CKernels
import Tensors
import TestSupport
import Testing

@Suite struct MatrixProductTests {
    static let shapes: [(k: Int, n: Int)] = [
        (1, 1), (3, 5), (7, 31), (16, 32), (17, 33), (64, 96), (65, 100), (129, 61), (384, 40),
    ]

    /// The same product by plain loops in double precision.
    static func reference(
        _ x: MatrixView, weight: [Float], bias: [Float]?, inputs: Int, outputs: Int, activation: Activation,
        residual: MatrixView?, into y: MatrixView
    ) {
        let padded = bias.map { FloatBuffer($0) }
        var args = ck_gemm_args()
        args.a = ck_operand(rows: x.base, stride: x.stride * 4, scale: nil, start: nil)
        args.m = x.rows
        args.k = inputs
        args.bias = padded.map { UnsafePointer($0.base) }
        args.n = outputs
        args.panel_end = (outputs + 31) / 32
        args.residual = residual.map { UnsafePointer($0.base) }
        args.ldr = residual?.stride ?? 0
        args.c = y.base
        args.ldc = y.stride
        args.activation = ck_activation(rawValue: activation.rawValue)
        weight.withUnsafeBufferPointer { ck_reference_gemm(&args, nil, $0.baseAddress, inputs) }
        withExtendedLifetime(padded) {}
    }

    @Test(arguments: builds.map(\.variant))
    func equalsThePlainLoopsForAllRowCounts(variant: KernelVariant) throws {
        let kernels = try #require(Kernels(variant))
        for (shape, (k, n)) in Self.shapes.enumerated() {
            var random = SeededGenerator(seed: UInt64(shape))
            let weight = (0..<n * k).map { _ in random.float() }
            let bias = (0..<n).map { _ in random.float() }
            let packed = PackedMatrix(weight: weight, bias: bias, outputs: n, inputs: k)
            let unbiased = PackedMatrix(weight: weight, outputs: n, inputs: k)
            #expect(packed.unpackedRows(0..<n) == weight)
            for m in 1...40 {
                let x = RandomMatrix(rows: m, columns: k, seed: UInt64(m * 1000 + k))
                let residual = RandomMatrix(rows: m, columns: n, seed: UInt64(m))
                let got = RandomMatrix(rows: m, columns: n, seed: 1)
                let expected = RandomMatrix(rows: m, columns: n, seed: 1)
                let tolerance = 3e-7 * Float(k).squareRoot() * 4 + 2e-7
                kernels.multiply(x.view, packed, into: got.view)
                Self.reference(
                    x.view, weight: weight, bias: bias, inputs: k, outputs: n, activation: .identity, residual: nil,
                    into: expected.view)
                #expect(largestDifference(got.view, expected.view) <= tolerance, "M \(m), K \(k), N \(n)")
                // Columns behind the last one keep their values.
                #expect(got.buffer.base[n] == expected.buffer.base[n])
                kernels.multiply(x.view, unbiased, activation: .gelu, adding: residual.view, into: got.view)
                Self.reference(
                    x.view, weight: weight, bias: nil, inputs: k, outputs: n, activation: .gelu,
                    residual: residual.view, into: expected.view)
                #expect(largestDifference(got.view, expected.view) <= tolerance * 1.2, "GELU: M \(m), K \(k), N \(n)")
            }
        }
    }

    @Test(arguments: builds.map(\.variant))
    func aRowHasTheSameBitsAloneAndInEveryBatch(variant: KernelVariant) throws {
        let kernels = try #require(Kernels(variant))
        let (k, n) = (193, 75)
        var random = SeededGenerator(seed: 5)
        let packed = PackedMatrix(
            weight: (0..<n * k).map { _ in random.float() }, bias: (0..<n).map { _ in random.float() }, outputs: n,
            inputs: k)
        let x = RandomMatrix(rows: 41, columns: k, seed: 3)
        let alone = RandomMatrix(rows: 41, columns: n, seed: 4)
        for row in 0..<41 {
            kernels.multiply(
                x.view.rows(row..<row + 1), packed, activation: .gelu, into: alone.view.rows(row..<row + 1))
        }
        for m in 1...41 {
            let batch = RandomMatrix(rows: m, columns: n, seed: 6)
            kernels.multiply(x.view.rows(0..<m), packed, activation: .gelu, into: batch.view)
            #expect(sameBits(batch.view, alone.view.rows(0..<m)), "M \(m)")
        }
        // Any part of the panels gives the same columns.
        let part = RandomMatrix(rows: 41, columns: n - 32, seed: 7)
        kernels.multiply(x.view, packed, panels: 1..<3, activation: .gelu, into: part.view)
        #expect(sameBits(part.view, alone.view.columns(32..<n)))
    }

    @Test(arguments: builds.map(\.variant))
    func theResidualMayBeTheResult(variant: KernelVariant) throws {
        let kernels = try #require(Kernels(variant))
        let x = RandomMatrix(rows: 13, columns: 20, seed: 1)
        let packed = PackedMatrix(weight: randomValues(45 * 20, seed: 2), outputs: 45, inputs: 20)
        let residual = RandomMatrix(rows: 13, columns: 45, seed: 3)
        let apart = RandomMatrix(rows: 13, columns: 45, seed: 4)
        kernels.multiply(x.view, packed, adding: residual.view, into: apart.view)
        kernels.multiply(x.view, packed, adding: residual.view, into: residual.view)
        #expect(sameBits(apart.view, residual.view))
    }

    @Test(arguments: builds.map(\.variant))
    func notANumberStaysInItsRow(variant: KernelVariant) throws {
        let kernels = try #require(Kernels(variant))
        let x = RandomMatrix(rows: 5, columns: 40, seed: 1)
        x.view[2, 7] = .nan
        let packed = PackedMatrix(weight: randomValues(33 * 40, seed: 2), outputs: 33, inputs: 40)
        let y = RandomMatrix(rows: 5, columns: 33, seed: 3)
        for activation in [Activation.identity, .gelu, .relu, .tanh, .silu, .log1pReLU] {
            kernels.multiply(x.view, packed, activation: activation, into: y.view)
            for row in 0..<5 { #expect(y.view[row].allSatisfy(\.isNaN) == (row == 2), "\(activation), row \(row)") }
            #expect(!kernels.allFinite(y.view))
            #expect(kernels.allFinite(y.view.rows(3..<5)))
        }
    }
}
