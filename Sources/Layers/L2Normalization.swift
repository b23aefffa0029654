public import Tensors

/// Rows scaled to Euclidean length 1 (sentence-transformers' `Normalize`).
///
/// A row shorter than 1e-12 is divided by that instead, as `torch.nn.functional.normalize` does: zero stays zero.
public enum L2Normalization {
    /// All rows of `x`, in place.
    public static func forward(_ x: MatrixView, workspace: Workspace) {
        workspace.kernels.l2Normalize(x, epsilon: 1e-12)
    }
}
