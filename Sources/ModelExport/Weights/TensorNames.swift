/// Turns the names of weights into those that transformers gives them, without the encoder's prefix.
///
/// Files of one network differ: names begin with `bert.`, with nothing, `0.auto_model.`, `module.` or `_orig_mod.`, and files from before
/// 2019 call the parameters of norms `gamma` and `beta`. The one tensor that every architecture has tells what the prefix is.
struct TensorNames {
    private let encoderPrefix: String
    private let headPrefix: String

    private static let anchor = "embeddings.word_embeddings.weight"

    /// - Returns: nil if none of the names is that of the word embeddings.
    init?(_ names: some Sequence<String>, base: String) {
        let anchors = names.filter { $0 == Self.anchor || $0.hasSuffix("." + Self.anchor) }
        guard let anchor = anchors.min(by: { ($0.utf8.count, $0) < ($1.utf8.count, $1) }) else { return nil }
        encoderPrefix = String(anchor.dropLast(Self.anchor.utf8.count))
        let named = base + "."
        headPrefix =
            encoderPrefix == named || encoderPrefix.hasSuffix("." + named)
            ? String(encoderPrefix.dropLast(named.utf8.count)) : encoderPrefix
    }

    /// The name in transformers; nil for what is no part of the transformer and its head.
    func plain(_ name: String) -> String? {
        for prefix in [encoderPrefix, headPrefix] where name.hasPrefix(prefix) {
            let rest = String(name.dropFirst(prefix.count))
            let root = rest.split(separator: ".", maxSplits: 1).first ?? ""
            let isHead = TransformerFamily.headRoots.contains(root)
            if prefix == encoderPrefix || isHead { return Self.renewed(rest) }
        }
        return nil
    }

    private static func renewed(_ name: String) -> String {
        if name.hasSuffix("LayerNorm.gamma") { return name.dropLast(5) + "weight" }
        if name.hasSuffix("LayerNorm.beta") { return name.dropLast(4) + "bias" }
        // One bias under two names.
        switch name {
        case "cls.predictions.decoder.bias": return "cls.predictions.bias"
        case "lm_head.decoder.bias": return "lm_head.bias"
        default: return name
        }
    }
}
