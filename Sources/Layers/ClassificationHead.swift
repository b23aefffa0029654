public import Tensors

/// First-token rows to logits: an optional hidden layer with its activation, then a linear map.
///
/// BERT: pooler (tanh) and classifier. RoBERTa, XLM-R, MPNet: dense (tanh) and out_proj. DistilBERT: pre_classifier
/// (ReLU) and classifier.
public struct ClassificationHead: Sendable {
    /// H to H with activation, or nil.
    public let hidden: Dense?
    /// H to the number of labels.
    public let output: Linear

    /// Puts the parts together.
    public init(hidden: Dense?, output: Linear) {
        precondition(hidden.map { $0.linear.outputs == output.inputs } ?? true, "the two maps do not fit")
        self.hidden = hidden
        self.output = output
    }

    /// Number of labels.
    public var labels: Int { output.outputs }

    /// `x` [B][H] to `logits` [B][labels].
    public func forward(_ x: MatrixView, into logits: MatrixView, workspace: Workspace) {
        guard let hidden else {
            output.forward(x, into: logits, workspace: workspace)
            return
        }
        let mark = workspace.mark()
        defer { workspace.release(mark) }
        let middle = workspace.matrix(rows: x.rows, columns: hidden.linear.outputs)
        hidden.forward(x, into: middle, workspace: workspace)
        output.forward(middle, into: logits, workspace: workspace)
    }
}
