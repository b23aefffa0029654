public import Tensors

/// The position-wise network of a transformer layer: `hidden + down(activation(up(hidden)))`.
///
/// Works in blocks of rows, so that the wide rows in the middle stay in the second-level cache.
public struct FeedForward: Sendable {
    /// H to I.
    public let up: Linear
    /// I to H.
    public let down: Linear
    /// Between the two.
    public let activation: Activation

    /// Rows of one block: 48 wide rows of 1536 floats take 288 KiB.
    private static let blockRows = 48

    /// Packs the parameters.
    public init(up: LinearParameters, down: LinearParameters, activation: Activation) {
        precondition(up.outputs == down.inputs && up.inputs == down.outputs, "the two maps do not fit")
        self.up = Linear(up)
        self.down = Linear(down)
        self.activation = activation
    }

    /// Takes packed weights of any precision.
    package init(up: Linear, down: Linear, activation: Activation) {
        precondition(up.outputs == down.inputs && up.inputs == down.outputs, "the two maps do not fit")
        self.up = up
        self.down = down
        self.activation = activation
    }

    /// `x + down(activation(up(x)))` with `x = norm(hidden)`, or `hidden` itself without a norm, for all rows of `hidden`
    /// [M][H], in place.
    public func forward(_ hidden: MatrixView, after norm: LayerNorm? = nil, workspace: Workspace) {
        let mark = workspace.mark()
        defer { workspace.release(mark) }
        let blocks = max(1, (hidden.rows + Self.blockRows - 1) / Self.blockRows)
        let size = (hidden.rows + blocks - 1) / blocks
        let wide = workspace.matrix(rows: size, columns: up.outputs)
        var first = 0
        while first < hidden.rows {
            let rows = first..<min(first + size, hidden.rows)
            let x = hidden.rows(rows)
            let middle = wide.rows(0..<rows.count)
            let mark = workspace.mark()
            let input =
                norm?.forward(x, inputFor: up.weight, workspace: workspace)
                ?? workspace.kernels.input(x, for: up.weight, workspace: workspace)
            workspace.kernels.multiply(input, up.weight, activation: activation, into: middle)
            workspace.release(mark)
            down.forward(middle, adding: x, into: x, workspace: workspace)
            first = rows.upperBound
        }
    }
}
