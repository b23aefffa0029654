public import Tensors

/// The outputs of a batch, and what the backward pass needs of the way to them.
///
/// Its memory goes back to the model with the last reference to it, so that the next pass of this size allocates nothing.
public final class ForwardPass {
    /// [sequences][width]; valid as long as this object lives.
    public let outputs: MatrixView

    init(outputs: MatrixView) {
        self.outputs = outputs
    }
}
