/// Makes filters that go by lists of words or patterns.
enum WordListFilters {
    static func make(_ type: String, _ settings: ComponentSettings) throws(AnalysisError) -> any TokenFilter {
        switch type {
        case "stop":
            let ignoresCase = try settings.bool("ignore_case", default: false)
            let words = try settings.words("stopwords", path: "stopwords_path") ?? StopWords.of("english")
            return StopFilter(
                words: WordSet(words, ignoresCase: ignoresCase),
                removesTrailing: try settings.bool("remove_trailing", default: true))
        case "keep":
            guard let words = try settings.words("keep_words", path: "keep_words_path") else {
                throw AnalysisError("keep requires `keep_words` or `keep_words_path` to be configured")
            }
            return KeepWordsFilter(
                words: WordSet(words, ignoresCase: try settings.bool("keep_words_case", default: false)))
        case "keep_types":
            let types = try settings.list("types") ?? []
            guard !types.isEmpty else { throw AnalysisError("keep_types requires `types` to be configured") }
            let mode = try settings.text("mode") ?? "include"
            guard mode == "include" || mode == "exclude" else {
                throw AnalysisError(
                    "`keep_types` tokenfilter mode can only be [include] or [exclude] but was [\(mode)].")
            }
            return KeepTypesFilter(types: Set(types), includes: mode == "include")
        case "keyword_marker": return try keywordMarker(settings)
        case "stemmer_override": return try stemmerOverride(settings)
        case "common_grams":
            let ignoresCase = try settings.bool("ignore_case", default: false)
            guard let words = try settings.words("common_words", path: "common_words_path"), !words.isEmpty else {
                throw AnalysisError(
                    "missing or empty [common_words] or [common_words_path] configuration for common_grams token filter"
                )
            }
            return CommonGramsFilter(
                words: WordSet(words, ignoresCase: ignoresCase),
                isForQueries: try settings.bool("query_mode", default: false))
        case "pattern_capture":
            guard let patterns = try settings.list("patterns") else {
                throw AnalysisError("required setting 'patterns' is missing for token filter [\(settings.name)]")
            }
            var compiled: [CompiledPattern] = []
            for pattern in patterns { compiled.append(try CompiledPattern(java: pattern)) }
            return PatternCaptureFilter(
                patterns: compiled, preservesOriginal: try settings.bool("preserve_original", default: true))
        case "pattern_replace":
            guard let text = try settings.text("pattern") else {
                throw AnalysisError("pattern is missing for [\(settings.name)] token filter of type 'pattern_replace'")
            }
            let pattern = try CompiledPattern(java: text, flags: try settings.text("flags") ?? "")
            return PatternReplaceFilter(
                pattern: pattern,
                replacement: try ReplacementTemplate(try settings.text("replacement") ?? "", for: pattern),
                replacesAll: try settings.bool("all", default: true))
        default: throw AnalysisError("failed to find global filter under [\(type)]")
        }
    }

    private static func keywordMarker(_ settings: ComponentSettings) throws(AnalysisError) -> any TokenFilter {
        let ignoresCase = try settings.bool("ignore_case", default: false)
        let words = try settings.words("keywords", path: "keywords_path")
        if let pattern = try settings.text("keywords_pattern") {
            if words != nil {
                throw AnalysisError("cannot specify both `keywords_pattern` and `keywords` or `keywords_path`")
            }
            return PatternKeywordMarkerFilter(pattern: try CompiledPattern(java: pattern))
        }
        guard let words else {
            throw AnalysisError(
                "keyword filter requires either `keywords`, `keywords_path`, or `keywords_pattern` to be configured")
        }
        return KeywordMarkerFilter(words: WordSet(words, ignoresCase: ignoresCase))
    }

    private static func stemmerOverride(_ settings: ComponentSettings) throws(AnalysisError) -> any TokenFilter {
        if let file = try settings.text("rules_path") {
            throw AnalysisError("[rules_path] is not supported: give the rules of [\(file)] in [rules]")
        }
        guard let rules = try settings.list("rules") else {
            throw AnalysisError("stemmer override filter requires either `rules` or `rules_path` to be configured")
        }
        var stems: [[UInt8]: [UInt8]] = [:]
        for rule in rules {
            guard let arrow = rule.range(of: "=>") else { throw AnalysisError("Invalid Keyword override Rule:\(rule)") }
            let stem = String(rule[arrow.upperBound...]).trimmed
            guard !stem.isEmpty, !stem.contains("=>"), !stem.contains(",") else {
                throw AnalysisError("Invalid Keyword override Rule:\(rule)")
            }
            for word in rule[..<arrow.lowerBound].split(separator: ",") {
                let word = String(word).trimmed
                guard !word.isEmpty else { throw AnalysisError("Invalid Keyword override Rule:\(rule)") }
                if stems[Array(word.utf8)] == nil { stems[Array(word.utf8)] = Array(stem.utf8) }
            }
        }
        return StemmerOverrideFilter(stems: stems)
    }
}

extension String {
    /// Where a piece of ASCII occurs first.
    fileprivate func range(of piece: String) -> Range<String.Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(piece) { return start..<index(start, offsetBy: piece.count) }
            start = index(after: start)
        }
        return nil
    }
}
