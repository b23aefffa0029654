/// What the names in an exported graph tell about the names in the model that it was exported from.
enum ONNXNames {
    /// Whether an exporter made a name up, because the tensor was computed while exporting (mostly: a weight was transposed).
    ///
    /// PyTorch's exporter says `onnx::MatMul_251`, or plain numbers before 1.11, or `val_12` when it exports by torch.export;
    /// results of nodes are paths that begin with a slash.
    static func isMadeUp(_ name: String) -> Bool {
        if name.isEmpty || name.hasPrefix("/") || name.contains("::") { return true }
        for prefix in ["", "val_", "_val_", "const_"] where name.hasPrefix(prefix) {
            let rest = name.utf8.dropFirst(prefix.utf8.count)
            if !rest.isEmpty, rest.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) { return true }
        }
        return false
    }

    /// The module that a node computes, from its name: `/bert/encoder/layer.0/attention/self/query/MatMul` is
    /// `bert.encoder.layer.0.attention.self.query`.
    ///
    /// nil if the name is no such path.
    static func module(ofNode name: String, operations: [String]) -> String? {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 3, parts[0] == "", let last = parts.last,
            operations.contains(where: { last.hasPrefix($0) })
        else { return nil }
        return parts.dropFirst().dropLast().joined(separator: ".")
    }

    /// The weight that belongs to a bias: `query.bias` and `query.weight`, `in_proj_bias` and `in_proj_weight`.
    static func weight(besideBias name: String) -> String? {
        name.hasSuffix("bias") ? name.dropLast("bias".count) + "weight" : nil
    }
}
