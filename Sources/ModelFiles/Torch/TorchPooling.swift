/// What a traced sentence-transformers pipeline does with the vectors of its tokens.
///
/// ML Commons takes the output of such a graph as it is, whatever the description says of pooling and normalisation.
struct TorchPooling {
    /// How tokens become one vector; nil if the code is of an unknown kind.
    let mode: ModelModule.PoolingMode?
    /// Whether the vector is brought to length 1.
    let normalizes: Bool

    /// Nil if the file is no traced pipeline.
    init?(_ file: FileBytes) throws(ModelFileError) {
        let library = "sentence_transformers"
        guard let code = try TorchCode(file), let pooling = code.bodies(ofClass: "Pooling", in: library).first else {
            return nil
        }
        normalizes = !code.bodies(ofClass: "Normalize", in: library).isEmpty
        func calls(_ function: String) -> Bool { !code.calls(of: "torch." + function, in: String(pooling)).isEmpty }
        // Several vectors side by side, or weights by position: only the description can tell.
        let joined = code.calls(of: "torch.cat", in: String(pooling)).first?.first
        if let joined, (TorchCode.list(joined)?.count ?? 2) > 1 {
            mode = nil
        } else if calls("sum") {
            mode = calls("sqrt") ? .meanSqrtLength : calls("arange") ? nil : .mean
        } else if calls("max") || calls("amax") {
            mode = .max
        } else {
            mode = !calls("flip") && (calls("argmax") || calls("select")) ? .cls : nil
        }
    }
}
