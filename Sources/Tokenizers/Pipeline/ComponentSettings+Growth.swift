import JSON

extension ComponentSettings {
    /// How many times longer a text may become: beyond it a file is taken for hostile, not for a tokenizer.
    private static let greatestGrowth = 1024

    /// Refuses replacements that multiply: forty steps of "a" to "aa" in a row would make a terabyte of one letter.
    ///
    /// `key` is where a `Sequence` keeps its steps. Called once, for the outermost component.
    func checkGrowth(ofStepsIn key: String) throws(TokenizerError) {
        guard growth(ofStepsIn: key) <= Self.greatestGrowth else {
            throw failure(
                key, "the steps can make a text more than \(Self.greatestGrowth) times longer; take some of them out")
        }
    }

    /// The factor by which the component may lengthen a text, at most a little over the limit.
    private func growth(ofStepsIn key: String) -> Int {
        switch self["type"]?.string {
        case "Replace":
            let content = self["content"]?.string?.utf8.count ?? 0
            let matched = self["pattern"]?["String"]?.string?.utf8.count ?? 1
            return min(max(1, (content + max(matched, 1) - 1) / max(matched, 1)), Self.greatestGrowth + 1)
        case "ByteLevel":
            return 2
        case "Precompiled":
            // A table that cannot be read is refused elsewhere.
            return (try? PrecompiledNormalizer(self))?.greatestGrowth ?? 1
        case "Sequence":
            var product = 1
            for step in self[key]?.array ?? [] {
                guard let step = try? ComponentSettings(step, at: location) else { continue }
                product = min(product * step.growth(ofStepsIn: key), Self.greatestGrowth + 1)
            }
            return product
        default:
            return 1
        }
    }
}
