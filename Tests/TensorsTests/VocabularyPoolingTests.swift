import CKernels
import Tensors
import Testing

/// Vocabulary projection with pooling over the tokens of each sequence, in all precisions.
@Suite struct VocabularyPoolingTests {
    static let cases: [(KernelVariant, MatrixPrecision)] = builds.flatMap { build in
        MatrixPrecision.allCases.map { (build.variant, $0) }
    }

    /// The same by the plain loops, which round and quantise by themselves.
    static func reference(
        _ x: MatrixView, offsets: [Int32], weight: [Float], bias: [Float], precision: MatrixPrecision,
        activation: Activation, sum: Bool, into y: MatrixView
    ) {
        let biases = FloatBuffer(bias)
        offsets.withUnsafeBufferPointer { offsets in
            var args = ck_splade_args()
            args.precision = ck_precision(rawValue: precision.rawValue)
            args.a = ck_operand(rows: x.base, stride: x.stride * 4, scale: nil, start: nil)
            args.offsets = offsets.baseAddress
            args.sequences = offsets.count - 1
            args.k = x.columns
            args.bias = UnsafePointer(biases.base)
            args.n = y.columns
            args.activation = ck_activation(rawValue: activation.rawValue)
            args.sum = sum
            args.out = y.base
            args.ldo = y.stride
            weight.withUnsafeBufferPointer { ck_reference_splade(&args, nil, $0.baseAddress, x.columns) }
        }
        withExtendedLifetime(biases) {}
    }

    @Test(arguments: cases)
    func equalsThePlainLoops(variant: KernelVariant, precision: MatrixPrecision) throws {
        let kernels = try #require(Kernels(variant))
        let workspace = Workspace(kernels: kernels)
        defer { withExtendedLifetime(workspace) {} }
        let lengths = [3, 0, 1, 12, 13, 40, 27]
        let offsets = lengths.reduce(into: [Int32(0)]) { $0.append($0[$0.count - 1] + Int32($1)) }
        for (k, n) in [(5, 3), (33, 32), (40, 77), (64, 129)] {
            let x = RandomMatrix(rows: Int(offsets[lengths.count]), columns: k, seed: UInt64(k))
            let weight = randomValues(n * k, seed: 2)
            let bias = randomValues(n, seed: 3)
            let packed = PackedMatrix(weight: weight, bias: bias, outputs: n, inputs: k).converted(to: precision)
            let got = RandomMatrix(rows: lengths.count, columns: n, seed: 4)
            let expected = RandomMatrix(rows: lengths.count, columns: n, seed: 5)
            let panels = packed.panelCount
            for sum in [false, true] {
                for activation in [Activation.relu, .log1pReLU, .log1pLog1pReLU] {
                    let mark = workspace.mark()
                    let input = kernels.input(x.view, for: packed, workspace: workspace)
                    for part in [0..<panels / 2, panels / 2..<panels] {
                        kernels.splade(
                            input, offsets: offsets, packed, panels: part, activation: activation, sum: sum,
                            into: got.view)
                    }
                    workspace.release(mark)
                    Self.reference(
                        x.view, offsets: offsets, weight: weight, bias: bias, precision: precision,
                        activation: activation, sum: sum, into: expected.view)
                    // Where the CPU multiplies bfloat16, inputs are rounded as well: 2^-9 of each.
                    let roundsInputs = precision == .bf16 && [.avx512BF16, .neonBF16].contains(variant)
                    let one: Float = roundsInputs ? 4e-3 * Float(k).squareRoot() : 1e-5
                    let tolerance = sum ? 20 * one : one
                    #expect(
                        largestDifference(got.view, expected.view) <= tolerance,
                        "K \(k), N \(n), \(activation), \(sum ? "sum" : "maximum")")
                }
            }
        }
    }

    @Test(arguments: cases)
    func aSequenceHasTheSameBitsWhateverStandsBesideIt(variant: KernelVariant, precision: MatrixPrecision) throws {
        let kernels = try #require(Kernels(variant))
        let workspace = Workspace(kernels: kernels)
        defer { withExtendedLifetime(workspace) {} }
        let lengths = [1, 5, 12, 13, 30]
        let offsets = lengths.reduce(into: [Int32(0)]) { $0.append($0[$0.count - 1] + Int32($1)) }
        let (k, n) = (37, 70)
        let x = RandomMatrix(rows: Int(offsets[lengths.count]), columns: k, seed: 1)
        let packed = PackedMatrix(weight: randomValues(n * k, seed: 2), outputs: n, inputs: k).converted(to: precision)
        for sum in [false, true] {
            let together = RandomMatrix(rows: lengths.count, columns: n, seed: 3)
            let alone = RandomMatrix(rows: lengths.count, columns: n, seed: 4)
            let multiply = { (rows: MatrixView, offsets: [Int32], result: MatrixView) in
                kernels.splade(
                    kernels.input(rows, for: packed, workspace: workspace), offsets: offsets, packed,
                    panels: 0..<packed.panelCount, activation: .log1pReLU, sum: sum, into: result)
            }
            multiply(x.view, offsets, together.view)
            for (index, length) in lengths.enumerated() {
                let rows = x.view.rows(Int(offsets[index])..<Int(offsets[index + 1]))
                multiply(rows, [0, Int32(length)], alone.view.rows(index..<index + 1))
            }
            #expect(sameBits(together.view, alone.view), "\(sum ? "sum" : "maximum")")
        }
    }
}
