internal import JSON

extension ComponentSettings {
    /// The normaliser that these settings describe.
    func normalizer() throws(TokenizerError) -> any Normalizer {
        try checkGrowth(ofStepsIn: "normalizers")
        return try uncheckedNormalizer()
    }

    private func uncheckedNormalizer() throws(TokenizerError) -> any Normalizer {
        switch try type() {
        case "BertNormalizer":
            let lowercases = try bool("lowercase", default: true)
            return BertNormalizer(
                cleansText: try bool("clean_text", default: true),
                separatesIdeographs: try bool("handle_chinese_chars", default: true),
                // Absent or null: as the lower-casing.
                stripsAccents: try bool("strip_accents", default: lowercases),
                lowercases: lowercases)
        case "NFC": return UnicodeNormalization(form: .nfc)
        case "NFD": return UnicodeNormalization(form: .nfd)
        case "NFKC": return UnicodeNormalization(form: .nfkc)
        case "NFKD": return UnicodeNormalization(form: .nfkd)
        case "Lowercase": return LowercaseNormalizer()
        case "StripAccents": return StripAccentsNormalizer()
        case "Strip": return StripNormalizer(left: try bool("strip_left"), right: try bool("strip_right"))
        case "Nmt": return NmtNormalizer()
        case "ByteLevel": return ByteLevelNormalizer()
        case "Prepend": return PrependNormalizer(prefix: try string("prepend").unicodeScalars.map(\.value))
        case "Replace":
            return ReplaceNormalizer(
                pattern: try pattern("pattern"), content: try string("content").unicodeScalars.map(\.value))
        case "Precompiled": return try PrecompiledNormalizer(self)
        case "Sequence":
            var steps: [any Normalizer] = []
            for component in try components("normalizers") { steps.append(try component.uncheckedNormalizer()) }
            return NormalizerSequence(steps: steps)
        case let other:
            throw unknownType(
                other, role: "normalizer",
                known: [
                    "BertNormalizer", "NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents", "Strip", "Nmt",
                    "ByteLevel", "Prepend", "Replace", "Precompiled", "Sequence",
                ])
        }
    }

    /// A `{"String": …}` or `{"Regex": …}` pattern.
    func pattern(_ key: String) throws(TokenizerError) -> MatchPattern {
        let settings = try component(key)
        if let literal = try settings.optionalString("String") { return .literal(Array(literal.utf8)) }
        do {
            let expression = try settings.string("Regex")
            return expression == GPT2WordScanner.pattern
                ? .gpt2Words : .regex(try RegularExpression(expression))
        } catch {
            var error = error
            error.location = error.location ?? settings.path("Regex")
            throw error
        }
    }
}
