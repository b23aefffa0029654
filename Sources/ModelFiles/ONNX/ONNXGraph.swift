/// What of an ONNX model matters for its weights: the constants, and the nodes that use them.
struct ONNXGraph {
    /// An operation.
    struct Node {
        var name = ""
        var operation = ""
        /// Empty for the operations of ONNX itself.
        var domain = ""
        var inputs: [String] = []
        var outputs: [String] = []
        /// Attributes that are an integer: `transB`, `axis`, `to`.
        var integers: [String: Int64] = [:]
        /// Attributes that are a float: `alpha`.
        var floats: [String: Float] = [:]
        /// `perm` of a Transpose.
        var permutation: [Int64]?
        /// `value` of a Constant.
        var constant: ONNXTensor?
        /// Where it begins in the file.
        var offset = 0
    }

    var nodes: [Node] = []
    var initializers: [ONNXTensor] = []
    /// Who wrote the file: `pytorch 2.5.0`.
    var producer = ""
}
