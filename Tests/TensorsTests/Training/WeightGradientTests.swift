import CKernels
import Tensors
import TestSupport
import Testing

@Suite struct WeightGradientTests {
    static let cases: [(KernelVariant, MatrixPrecision)] = builds.flatMap { build in
        [MatrixPrecision.fp32, .bf16].map { (build.variant, $0) }
    }

    static let shapes: [(tokens: Int, outputs: Int, inputs: Int)] = [
        (0, 5, 5), (1, 1, 1), (1, 13, 33), (2, 12, 32), (7, 31, 40), (31, 7, 64), (33, 25, 31), (100, 64, 96),
        (255, 20, 50), (256, 36, 32), (257, 13, 35), (700, 10, 37), (40, 400, 33),
    ]

    @Test(arguments: cases)
    func equalsThePlainLoops(variant: KernelVariant, precision: MatrixPrecision) throws {
        let workspace = Workspace(kernels: try #require(Kernels(variant)))
        // bfloat16 values are exact where they are multiplied; elsewhere the inputs are used as they are.
        let rounds = precision == .bf16 && [.avx512BF16, .neonBF16].contains(variant)
        for (seed, (tokens, outputs, inputs)) in Self.shapes.enumerated() {
            let dy = RandomMatrix(rows: tokens, columns: outputs, seed: UInt64(seed))
            let x = RandomMatrix(rows: tokens, columns: inputs, gap: 5, seed: UInt64(seed + 100))
            let (got, expected) = (
                RandomMatrix(rows: outputs, columns: inputs, seed: 1),
                RandomMatrix(rows: outputs, columns: inputs, seed: 1)
            )
            workspace.kernels.addWeightGradient(
                of: dy.view, input: x.view, precision: precision, into: got.view, workspace: workspace)
            var args = ck_weight_gradient_args()
            args.precision = Int32((rounds ? precision : .fp32).rawValue)
            (args.dy, args.lddy) = (UnsafePointer(dy.view.base), dy.view.stride)
            (args.x, args.ldx) = (UnsafePointer(x.view.base), x.view.stride)
            (args.tokens, args.row_end, args.column_end) = (tokens, outputs, inputs)
            (args.gradient, args.ldg) = (expected.view.base, expected.view.stride)
            ck_reference_weight_gradient(&args)
            #expect(
                largestDifference(got.view, expected.view) <= 1e-6 * Float(tokens + 4).squareRoot(),
                "\(tokens) tokens, \(outputs) x \(inputs)")
            #expect(got.buffer.base[inputs] == expected.buffer.base[inputs], "behind a row")
        }
    }

    @Test(arguments: cases)
    func theBitsDoNotDependOnTheSplit(variant: KernelVariant, precision: MatrixPrecision) throws {
        let workspace = Workspace(kernels: try #require(Kernels(variant)))
        let (tokens, outputs, inputs) = (301, 50, 100)
        let dy = RandomMatrix(rows: tokens, columns: outputs, seed: 1)
        let x = RandomMatrix(rows: tokens, columns: inputs, seed: 2)
        func gradient(_ rowCuts: [Int], _ columnCuts: [Int]) -> [UInt32] {
            let gradient = RandomMatrix(rows: outputs, columns: inputs, seed: 3)
            for (top, bottom) in zip(rowCuts, rowCuts.dropFirst()) {
                for (left, right) in zip(columnCuts, columnCuts.dropFirst()) {
                    workspace.kernels.addWeightGradient(
                        of: dy.view, input: x.view, outputs: top..<bottom, inputs: left..<right, precision: precision,
                        into: gradient.view, workspace: workspace)
                }
            }
            return gradient.view.array().map(\.bitPattern)
        }
        let whole = gradient([0, outputs], [0, inputs])
        #expect(whole == gradient([0, 1, 14, 50], [0, inputs]))
        #expect(whole == gradient([0, outputs], [0, 32, 41, 100]))
        #expect(whole == gradient([0, 25, 50], [0, 7, 100]))
    }

    @Test(arguments: builds.map(\.variant))
    func nothingIsAllocatedInTheSteadyState(variant: KernelVariant) throws {
        let workspace = Workspace(kernels: try #require(Kernels(variant)))
        let dy = RandomMatrix(rows: 300, columns: 40, seed: 1)
        let x = RandomMatrix(rows: 300, columns: 500, seed: 2)
        let gradient = RandomMatrix(rows: 40, columns: 500, seed: 3)
        var allocations: [Int] = []
        for _ in 0..<4 {
            workspace.kernels.addWeightGradient(
                of: dy.view, input: x.view, precision: .bf16, into: gradient.view, workspace: workspace)
            allocations.append(workspace.allocations)
        }
        #expect(allocations[3] == allocations[1])
    }
}
