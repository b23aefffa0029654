import Tensors

/// A linear map whose weights change, packed for both directions: `Y = X W^T + b` and `dX = dY W`.
///
/// Several tensors may stand side by side as one map (Q, K and V of a layer); each begins at a whole panel of the outputs, and outputs
/// between them are zero.
struct LinearMap: Sendable {
    /// One tensor of the map.
    struct Part: Sendable {
        /// [N][K].
        let weight: ParameterView
        /// [N], or nil.
        let bias: ParameterView?
        /// Where its outputs begin.
        let firstOutput: Int

        var outputs: Range<Int> { firstOutput..<firstOutput + weight.values.rows }
    }

    let parts: [Part]
    /// N, gaps between parts included.
    let outputs: Int
    /// K.
    let inputs: Int
    /// Whether outputs belong to no part.
    let hasGaps: Bool

    private let packed: PackedMatrix
    private let transposed: PackedMatrix?
    private let precision: MatrixPrecision

    /// Makes room for the packed weights; ``pack(_:)`` fills it.
    ///
    /// - Parameters:
    ///   - tensors: weights of equal width, with their biases.
    ///   - goesBack: whether ``backward(_:adding:into:workspace:)`` is needed.
    init(
        _ tensors: [(weight: ParameterView, bias: ParameterView?)], precision: MatrixPrecision, goesBack: Bool = true,
        arena: WeightArena
    ) {
        var parts: [Part] = []
        var end = 0
        for (number, tensor) in tensors.enumerated() {
            if number > 0 {
                end = (end + PackedMatrix.panelWidth - 1) / PackedMatrix.panelWidth * PackedMatrix.panelWidth
            }
            parts.append(Part(weight: tensor.weight, bias: tensor.bias, firstOutput: end))
            end += tensor.weight.values.rows
        }
        self.parts = parts
        self.precision = precision
        outputs = end
        inputs = parts[0].weight.values.columns
        hasGaps = parts.reduce(0) { $0 + $1.outputs.count } < end
        packed = PackedMatrix(
            empty: precision, outputs: end, inputs: inputs, bias: parts.contains { $0.bias != nil }
        ).placed(in: arena)
        transposed =
            goesBack
            ? PackedMatrix(empty: precision, outputs: inputs, inputs: end, bias: false).placed(in: arena) : nil
    }

    /// `y = x W^T + b`, plus `residual`; `x` may be made once for several maps by ``input(_:workspace:)``.
    func forward(_ x: ProductInput, adding residual: MatrixView? = nil, into y: MatrixView, workspace: Workspace) {
        workspace.kernels.multiply(x, packed, adding: residual, into: y)
    }

    /// The same for rows as they are.
    func forward(_ x: MatrixView, adding residual: MatrixView? = nil, into y: MatrixView, workspace: Workspace) {
        let mark = workspace.mark()
        defer { workspace.release(mark) }
        forward(input(x, workspace: workspace), adding: residual, into: y, workspace: workspace)
    }

    /// Rows as the product reads them.
    func input(_ x: MatrixView, workspace: Workspace) -> ProductInput {
        workspace.kernels.input(x, for: packed, workspace: workspace)
    }

    /// The largest outputs over the rows of each sequence, for some panels of 32 outputs.
    func largest(
        _ x: ProductInput, offsets: [Int32], panels: Range<Int>, into logits: MatrixView,
        winners: UnsafeMutablePointer<Int32>, kernels: Kernels
    ) {
        kernels.largestLogits(x, offsets: offsets, packed, panels: panels, into: logits, winners: winners)
    }

    /// Some panels of 32 outputs of all rows.
    func forward(_ x: ProductInput, panels: Range<Int>, into y: MatrixView, workspace: Workspace) {
        workspace.kernels.multiply(x, packed, panels: panels, into: y)
    }

    var panelCount: Int { packed.panelCount }

    /// `dX = dY W`, plus `addend`.
    func backward(_ dY: MatrixView, adding addend: MatrixView? = nil, into dX: MatrixView, workspace: Workspace) {
        guard let transposed else { preconditionFailure("the map was made for one direction") }
        let mark = workspace.mark()
        defer { workspace.release(mark) }
        let input = workspace.kernels.input(dY, for: transposed, workspace: workspace)
        workspace.kernels.multiply(input, transposed, adding: addend, into: dX)
    }

    /// Pieces of work that pack the weights of now; any threads, in any order.
    var packing: [Piece] {
        var pieces: [Piece] = []
        for (number, matrix) in [packed, transposed].enumerated() {
            guard let matrix else { continue }
            let step = max(1, (1 << 17) / max(1, matrix.inputs * PackedMatrix.panelWidth))
            for first in stride(from: 0, to: matrix.panelCount, by: step) {
                let panels = first..<min(first + step, matrix.panelCount)
                pieces.append { _ in
                    for part in parts {
                        if number == 0 {
                            matrix.pack(rows: part.weight.values, firstOutput: part.firstOutput, panels: panels)
                        } else {
                            matrix.pack(columns: part.weight.values, firstInput: part.firstOutput, panels: panels)
                        }
                    }
                }
            }
        }
        pieces.append { _ in
            for part in parts {
                guard let bias = part.bias else { continue }
                packed.setBias(bias.values.base, firstOutput: part.firstOutput, count: part.outputs.count)
            }
        }
        return pieces
    }

    /// Pieces of work that add the gradients of weights and biases, for all rows of a batch.
    ///
    /// A piece is some outputs or some inputs of a part: sums over rows are never split, so results do not depend on who computes
    /// what. Pieces are large, since each copies the columns that it reads.
    ///
    /// - Parameters:
    ///   - dY: [T][N].
    ///   - x: [T][K], what the map read.
    func gradients(of dY: MatrixView, input x: MatrixView) -> [Piece] {
        var pieces: [Piece] = []
        for part in parts {
            let own = dY.columns(part.outputs)
            let isTall = own.columns >= inputs
            let longer = max(own.columns, inputs)
            // Tiles of the product have 12 outputs and 32 inputs: 96 is a multiple of both.
            let step = max(384, (longer / 2 + 95) / 96 * 96)
            for first in stride(from: 0, to: longer, by: step) {
                let range = first..<min(first + step, longer)
                let precision = precision
                pieces.append { worker in
                    worker.workspace.kernels.addWeightGradient(
                        of: own, input: x, outputs: isTall ? range : nil, inputs: isTall ? nil : range,
                        precision: precision, into: part.weight.gradient, workspace: worker.workspace)
                }
            }
            if let bias = part.bias {
                pieces.append { worker in
                    worker.workspace.kernels.addColumnSums(own, into: bias.gradient.base)
                }
            }
        }
        return pieces
    }
}

/// Work that any thread may do.
typealias Piece = @Sendable (Worker) -> Void

extension WorkerPool {
    /// Does all pieces, the first ones first.
    func run(_ pieces: [Piece]) {
        run(pieces.count) { index, worker in pieces[index](worker) }
    }
}
