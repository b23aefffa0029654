/// Makes tokenisers by type.
enum TokenizerFactory {
    static let names: Set<String> = [
        "standard", "letter", "lowercase", "whitespace", "keyword", "ngram", "nGram", "edge_ngram", "edgeNGram",
        "path_hierarchy", "PathHierarchy", "pattern", "simple_pattern", "simple_pattern_split", "uax_url_email",
        "char_group", "classic",
    ]

    /// `nil` for an unknown type; throws for wrong settings.
    static func make(_ type: String, _ settings: ComponentSettings) throws(AnalysisError) -> (any TextTokenizer)? {
        guard names.contains(type) else { return nil }
        let made = try build(type, settings)
        try settings.refuseUnknown()
        return made
    }

    private static func maxTokenLength(_ settings: ComponentSettings) throws(AnalysisError) -> Int {
        let length = try settings.integer("max_token_length", default: 255)
        guard length > 0 else { throw AnalysisError("maxTokenLength must be greater than zero") }
        return min(length, 1 << 20)
    }

    private static func build(_ type: String, _ settings: ComponentSettings) throws(AnalysisError) -> any TextTokenizer
    {
        switch type {
        case "standard": return StandardTokenizer(maxTokenLength: try maxTokenLength(settings))
        case "uax_url_email": return URLEmailTokenizer(maxTokenLength: try maxTokenLength(settings))
        case "classic": return ClassicTokenizer(maxTokenLength: try maxTokenLength(settings))
        case "whitespace":
            return CharacterTokenizer(kind: .notWhitespace, maxTokenLength: try maxTokenLength(settings))
        case "letter": return CharacterTokenizer(kind: .letters)
        case "lowercase": return CharacterTokenizer(kind: .letters, lowercases: true)
        case "keyword":
            _ = try settings.integer("buffer_size", default: 256)
            return KeywordTokenizer()
        case "ngram", "nGram": return try ngram(settings, onlyAtEdge: false)
        case "edge_ngram", "edgeNGram": return try ngram(settings, onlyAtEdge: true)
        case "path_hierarchy", "PathHierarchy": return try pathHierarchy(settings)
        case "pattern":
            let pattern = try CompiledPattern(
                java: try settings.text("pattern") ?? "\\W+", flags: try settings.text("flags") ?? "")
            let group = try settings.integer("group", default: -1)
            guard group <= pattern.groupCount else {
                throw AnalysisError("invalid group specified: pattern only has: \(pattern.groupCount) capturing groups")
            }
            return PatternTokenizer(pattern: pattern, group: group)
        case "simple_pattern", "simple_pattern_split":
            let pattern = try settings.text("pattern") ?? ""
            return SimplePatternTokenizer(
                pattern: try CompiledPattern(java: pattern, flags: "DOTALL"), splits: type == "simple_pattern_split")
        default: return try characterGroup(settings)
        }
    }

    private static func ngram(
        _ settings: ComponentSettings, onlyAtEdge: Bool
    ) throws(AnalysisError) -> any TextTokenizer {
        let low = try settings.integer("min_gram", default: 1)
        let high = try settings.integer("max_gram", default: 2)
        try checkGrams(low, high)
        if !onlyAtEdge, high - low > settings.limits.maxNGramDifference {
            throw ngramDifference(settings.limits.maxNGramDifference, high - low)
        }
        var group = CharacterGroup()
        var isRestricted = false
        for name in try settings.list("token_chars") ?? [] {
            isRestricted = true
            if name == "custom" {
                guard let characters = try settings.text("custom_token_chars") else {
                    throw AnalysisError(
                        "Token type: 'custom' requires setting `custom_token_chars`")
                }
                group.others.formUnion(characters.unicodeScalars.map(\.value))
            } else if !group.add(name) {
                throw AnalysisError(
                    "Unknown token type: '\(name)', must be one of [custom, digit, letter, punctuation, symbol, whitespace]"
                )
            }
        }
        _ = try settings.text("custom_token_chars")
        return NGramTokenizer(lengths: low...high, characters: isRestricted ? group : nil, onlyAtEdge: onlyAtEdge)
    }

    static func checkGrams(_ low: Int, _ high: Int) throws(AnalysisError) {
        guard low >= 1 else { throw AnalysisError("minGram must be greater than zero") }
        guard low <= high else { throw AnalysisError("minGram must not be greater than maxGram") }
    }

    static func ngramDifference(_ limit: Int, _ difference: Int) -> AnalysisError {
        AnalysisError(
            "The difference between max_gram and min_gram in NGram Tokenizer must be less than or equal to: [\(limit)] but was [\(difference)]. This limit can be set by changing the [index.max_ngram_diff] index level setting."
        )
    }

    private static func pathHierarchy(_ settings: ComponentSettings) throws(AnalysisError) -> any TextTokenizer {
        func character(_ key: String) throws(AnalysisError) -> UInt32? {
            guard let text = try settings.text(key), !text.isEmpty else { return nil }
            guard text.utf16.count == 1, let scalar = text.unicodeScalars.first else {
                throw AnalysisError("\(key) must be a one char value")
            }
            return scalar.value
        }
        _ = try settings.integer("buffer_size", default: 1024)
        let delimiter = try character("delimiter") ?? 0x2F
        let skip = try settings.integer("skip", default: 0)
        guard skip >= 0 else { throw AnalysisError("skip cannot be negative") }
        return PathHierarchyTokenizer(
            delimiter: delimiter, replacement: try character("replacement") ?? delimiter, skip: skip,
            isReverse: try settings.bool("reverse", default: false))
    }

    private static func characterGroup(_ settings: ComponentSettings) throws(AnalysisError) -> any TextTokenizer {
        var group = CharacterGroup()
        for name in try settings.list("tokenize_on_chars") ?? [] {
            if group.add(name) { continue }
            let scalars = Array(name.unicodeScalars.map(\.value))
            if scalars.isEmpty { throw AnalysisError("[tokenize_on_chars] cannot contain empty characters") }
            if scalars.count == 1 {
                group.others.insert(scalars[0])
            } else if scalars[0] == 0x5C {
                let escapes: [UInt32: UInt32] = [
                    0x6E: 0x0A, 0x74: 0x09, 0x72: 0x0D, 0x62: 0x08, 0x66: 0x0C, 0x5C: 0x5C,
                ]
                if scalars.count == 2, let escaped = escapes[scalars[1]] {
                    group.others.insert(escaped)
                } else if scalars[1] == 0x75, let value = UInt32(name.dropFirst(2), radix: 16) {
                    group.others.insert(value)
                } else {
                    throw AnalysisError("Invalid escaped char in [\(name)]")
                }
            } else {
                throw AnalysisError("Invalid escaped char in [\(name)]")
            }
        }
        return CharacterGroupTokenizer(separators: group, maxTokenLength: try maxTokenLength(settings))
    }
}
