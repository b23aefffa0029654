import Tensors
import TestSupport
import Testing

/// Weights packed in place.
@Suite struct PackingTests {
    static let shapes: [(outputs: Int, inputs: Int)] = [(1, 1), (5, 33), (33, 7), (64, 96), (100, 65), (70, 130)]

    private func product(_ x: MatrixView, _ weight: PackedMatrix, workspace: Workspace) -> [Float] {
        let y = RandomMatrix(rows: x.rows, columns: weight.outputs, seed: 9)
        let mark = workspace.mark()
        defer { workspace.release(mark) }
        workspace.kernels.multiply(
            workspace.kernels.input(x, for: weight, workspace: workspace), weight, into: y.view)
        return y.view.array()
    }

    @Test(arguments: [MatrixPrecision.fp32, .bf16])
    func rowsPackedInPlaceEqualThosePackedAtOnce(precision: MatrixPrecision) {
        let workspace = Workspace()
        for (outputs, inputs) in Self.shapes {
            let x = RandomMatrix(rows: 3, columns: inputs, seed: 1)
            let weight = RandomMatrix(rows: outputs, columns: inputs, seed: 2)
            let bias = randomValues(outputs, seed: 3)
            let expected = PackedMatrix(
                weight: weight.view.array(), bias: bias, outputs: outputs, inputs: inputs
            ).converted(to: precision)
            let packed = PackedMatrix(empty: precision, outputs: outputs, inputs: inputs, bias: true)
            // Other weights first: all of them must go.
            packed.pack(rows: RandomMatrix(rows: outputs, columns: inputs, seed: 5).view)
            for panel in 0..<packed.panelCount { packed.pack(rows: weight.view, panels: panel..<panel + 1) }
            packed.setBias(bias)
            #expect(product(x.view, packed, workspace: workspace) == product(x.view, expected, workspace: workspace))
        }
    }

    @Test(arguments: [MatrixPrecision.fp32, .bf16])
    func columnsArePackedAsTheTransposedMatrix(precision: MatrixPrecision) {
        let workspace = Workspace()
        for (outputs, inputs) in Self.shapes {
            let x = RandomMatrix(rows: 3, columns: inputs, seed: 1)
            let weight = RandomMatrix(rows: inputs, columns: outputs, seed: 2)
            var transposed = [Float](repeating: 0, count: inputs * outputs)
            for row in 0..<inputs {
                for column in 0..<outputs { transposed[column * inputs + row] = weight.view[row, column] }
            }
            let expected = PackedMatrix(weight: transposed, outputs: outputs, inputs: inputs).converted(to: precision)
            let packed = PackedMatrix(empty: precision, outputs: outputs, inputs: inputs, bias: false)
            packed.pack(columns: RandomMatrix(rows: inputs, columns: outputs, seed: 5).view)
            for panel in 0..<packed.panelCount { packed.pack(columns: weight.view, panels: panel..<panel + 1) }
            #expect(product(x.view, packed, workspace: workspace) == product(x.view, expected, workspace: workspace))
        }
    }

    @Test(arguments: [MatrixPrecision.fp32, .bf16])
    func severalMatricesStandSideBySide(precision: MatrixPrecision) {
        let workspace = Workspace()
        let parts = (0..<3).map { RandomMatrix(rows: 64, columns: 40, seed: UInt64($0)) }
        let together = parts.flatMap { $0.view.array() }
        let side = PackedMatrix(weight: together, outputs: 192, inputs: 40).converted(to: precision)
        let packed = PackedMatrix(empty: precision, outputs: 192, inputs: 40, bias: true)
        let below = PackedMatrix(empty: precision, outputs: 40, inputs: 192, bias: false)
        for (index, part) in parts.enumerated() {
            for panels in [0..<3, 3..<6] { packed.pack(rows: part.view, firstOutput: 64 * index, panels: panels) }
            below.pack(columns: part.view, firstInput: 64 * index)
        }
        packed.setBias([Float](repeating: 0.5, count: 64), firstOutput: 64, count: 64)
        let x = RandomMatrix(rows: 5, columns: 40, seed: 7)
        let (got, plain) = (
            product(x.view, packed, workspace: workspace), product(x.view, side, workspace: workspace)
        )
        for (index, (a, b)) in zip(got, plain).enumerated() {
            #expect(a == b + ((64..<128).contains(index % 192) ? 0.5 : 0))
        }
        let dy = RandomMatrix(rows: 5, columns: 192, seed: 8)
        var transposed = [Float](repeating: 0, count: 192 * 40)
        for row in 0..<192 {
            for column in 0..<40 { transposed[column * 192 + row] = together[row * 40 + column] }
        }
        let expected = PackedMatrix(weight: transposed, outputs: 40, inputs: 192).converted(to: precision)
        #expect(product(dy.view, below, workspace: workspace) == product(dy.view, expected, workspace: workspace))
    }
}
