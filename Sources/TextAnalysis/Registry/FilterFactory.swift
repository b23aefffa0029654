import JSON

/// Makes token filters by type.
enum FilterFactory {
    /// A filter, or one that has to know what stands before it in the chain.
    enum Made {
        case filter(any TokenFilter)
        case synonyms(SynonymRules)
        case multiplexer(chains: [[String]], preservesOriginal: Bool)
    }

    /// Types that can only be used with settings of their own, not by their bare name.
    static let needSettings: Set<String> = [
        "synonym", "synonym_graph", "keep", "keep_types", "keyword_marker", "pattern_capture", "pattern_replace",
        "stemmer_override", "multiplexer", "common_grams",
    ]

    /// What filters exist.
    static let names: Set<String> = [
        "apostrophe", "asciifolding", "cjk_bigram", "cjk_width", "classic", "common_grams", "decimal_digit",
        "edge_ngram", "edgeNGram", "elision", "fingerprint", "flatten_graph", "keep", "keep_types", "keyword_marker",
        "keyword_repeat", "kstem", "length", "limit", "lowercase", "multiplexer", "ngram", "nGram", "pattern_capture",
        "pattern_replace", "porter_stem", "remove_duplicates", "reverse", "shingle", "snowball", "stemmer",
        "stemmer_override", "stop", "synonym", "synonym_graph", "trim", "truncate", "unique", "uppercase",
        "word_delimiter", "word_delimiter_graph", "dutch_stem", "french_stem", "german_stem", "russian_stem",
        "german_normalization", "scandinavian_folding", "scandinavian_normalization",
    ]

    /// Filters that synonym rules cannot be read with.
    static let unfitForSynonyms: Set<String> = [
        "common_grams", "edge_ngram", "edgeNGram", "ngram", "nGram", "fingerprint", "shingle", "word_delimiter",
        "word_delimiter_graph", "multiplexer", "keyword_repeat",
    ]

    /// The filter that a bare name stands for; `nil` if there is none.
    ///
    /// Some differ from the type with its default settings.
    static func preconfigured(_ name: String) throws(AnalysisError) -> Made? {
        switch name {
        case "edge_ngram": return .filter(NGramFilter(lengths: 1...1, onlyAtEdge: true))
        case "edgeNGram", "nGram":
            let newer = name == "nGram" ? "ngram" : "edge_ngram"
            throw AnalysisError(
                "The [\(name)] token filter name was deprecated in 6.4 and cannot be used in new indices. Please change the filter name to [\(newer)] instead."
            )
        case "truncate": return .filter(TruncateFilter(length: 10))
        case "elision": return .filter(ElisionFilter(articles: ElisionFilter.french))
        case "word_delimiter_graph", "word_delimiter":
            var options = WordDelimiterOptions()
            options.adjustsOffsets = true
            return .filter(
                name == "word_delimiter"
                    ? WordDelimiterFilter(options: options) : WordDelimiterGraphFilter(options: options))
        case "stemmer": return .filter(PorterStemmer())
        default:
            guard names.contains(name), !needSettings.contains(name) else { return nil }
            return try make(
                name, ComponentSettings(kind: "filter", name: name, values: .init(), limits: AnalysisLimits()))
        }
    }

    /// `nil` for an unknown type; throws for wrong settings.
    static func make(_ type: String, _ settings: ComponentSettings) throws(AnalysisError) -> Made? {
        guard names.contains(type) else { return nil }
        let made: Made
        switch type {
        case "synonym", "synonym_graph": made = .synonyms(try SynonymRules(settings, isGraph: type == "synonym_graph"))
        case "multiplexer":
            var chains: [[String]] = []
            for chain in try settings.list("filters") ?? [] {
                chains.append(chain.split(separator: ",").map { String($0).trimmed })
            }
            made = .multiplexer(
                chains: chains, preservesOriginal: try settings.bool("preserve_original", default: true))
        default: made = .filter(try simple(type, settings))
        }
        try settings.refuseUnknown()
        return made
    }

    private static func simple(_ type: String, _ settings: ComponentSettings) throws(AnalysisError) -> any TokenFilter {
        switch type {
        case "apostrophe": return ApostropheFilter()
        case "asciifolding":
            return FoldingFilter(
                kind: .ascii, preservesOriginal: try settings.bool("preserve_original", default: false))
        case "cjk_width": return FoldingFilter(kind: .cjkWidth)
        case "cjk_bigram": return try cjkBigram(settings)
        case "classic": return ClassicFilter()
        case "decimal_digit": return DecimalDigitFilter()
        case "edge_ngram", "edgeNGram", "ngram", "nGram": return try ngram(type, settings)
        case "elision":
            guard let articles = try settings.words("articles", path: "articles_path") else {
                throw AnalysisError("elision filter requires [articles] or [articles_path] setting")
            }
            return ElisionFilter(
                articles: WordSet(articles, ignoresCase: try settings.bool("articles_case", default: false)))
        case "fingerprint":
            let separator = try settings.text("separator") ?? " "
            guard separator.unicodeScalars.count == 1, let scalar = separator.unicodeScalars.first else {
                throw AnalysisError(
                    "Setting [separator] must be a single, non-null character. [\(separator)] was provided.")
            }
            return FingerprintFilter(
                separator: scalar.value, maxOutputSize: try settings.integer("max_output_size", default: 1024))
        case "flatten_graph": return FlattenGraphFilter()
        case "german_normalization": return GermanNormalizationFilter()
        case "scandinavian_folding": return ScandinavianFilter(folds: true)
        case "scandinavian_normalization": return ScandinavianFilter(folds: false)
        case "keyword_repeat": return KeywordRepeatFilter()
        case "limit":
            return LimitFilter(
                count: try settings.integer("max_token_count", default: 1),
                consumesAll: try settings.bool("consume_all_tokens", default: false))
        case "lowercase": return try lowercase(settings)
        case "uppercase": return UppercaseFilter()
        case "remove_duplicates": return RemoveDuplicatesFilter()
        case "reverse": return ReverseFilter()
        case "trim":
            _ = try settings.text("update_offsets")
            return TrimFilter()
        case "truncate":
            let length = try settings.integer("length", default: -1)
            guard length > 0 else { throw AnalysisError("length parameter must be provided") }
            return TruncateFilter(length: length)
        case "unique":
            return UniqueFilter(onlyOnSamePosition: try settings.bool("only_on_same_position", default: false))
        case "length":
            let low = try settings.integer("min", default: 0)
            let high = try settings.integer("max", default: Int(Int32.max))
            guard low >= 0 else { throw AnalysisError("minimum length must be greater than or equal to zero") }
            guard low <= high else { throw AnalysisError("maximum length must not be greater than minimum length") }
            return LengthFilter(range: low...high)
        case "shingle": return try shingle(settings)
        case "word_delimiter", "word_delimiter_graph": return try wordDelimiter(type, settings)
        case "porter_stem": return PorterStemmer()
        case "kstem", "dutch_stem", "french_stem", "german_stem", "russian_stem":
            return try Stemmers.filter(type == "kstem" ? type : String(type.dropLast(5)), settings.name)
        case "stemmer":
            let language = try settings.text("language")
            let name = try settings.text("name")
            return try Stemmers.filter(language ?? name ?? "porter", settings.name)
        case "snowball": return try Stemmers.snowball(try settings.text("language") ?? "English", settings.name)
        default: return try WordListFilters.make(type, settings)
        }
    }

    private static func cjkBigram(_ settings: ComponentSettings) throws(AnalysisError) -> any TokenFilter {
        var types: Set<TokenType> = [.ideographic, .hiragana, .katakana, .hangul]
        for script in try settings.list("ignored_scripts") ?? [] {
            switch script {
            case "han": types.remove(.ideographic)
            case "hiragana": types.remove(.hiragana)
            case "katakana": types.remove(.katakana)
            case "hangul": types.remove(.hangul)
            default: break
            }
        }
        return CJKBigramFilter(types: types, outputsUnigrams: try settings.bool("output_unigrams", default: false))
    }

    private static func ngram(_ type: String, _ settings: ComponentSettings) throws(AnalysisError) -> any TokenFilter {
        let low = try settings.integer("min_gram", default: 1)
        let high = try settings.integer("max_gram", default: 2)
        let preserves = try settings.bool("preserve_original", default: false)
        try TokenizerFactory.checkGrams(low, high)
        if type.hasPrefix("edge") {
            let side = try settings.text("side") ?? "front"
            guard side == "front" || side == "back" else { throw AnalysisError("invalid side: \(side)") }
            let front = NGramFilter(lengths: low...high, preservesOriginal: preserves, onlyAtEdge: true)
            return side == "front" ? front : ChainFilter(stages: [ReverseFilter(), front, ReverseFilter()])
        }
        guard high - low <= settings.limits.maxNGramDifference else {
            throw TokenizerFactory.ngramDifference(settings.limits.maxNGramDifference, high - low)
        }
        return NGramFilter(lengths: low...high, preservesOriginal: preserves)
    }

    private static func lowercase(_ settings: ComponentSettings) throws(AnalysisError) -> any TokenFilter {
        switch try settings.text("language")?.lowercased() {
        case nil: return LowercaseFilter()
        case "greek": return GreekLowercaseFilter()
        case "irish": return IrishLowercaseFilter()
        case "turkish": return TurkishLowercaseFilter()
        case let other?: throw AnalysisError("language [\(other)] not support for lower case")
        }
    }

    private static func shingle(_ settings: ComponentSettings) throws(AnalysisError) -> any TokenFilter {
        let high = try settings.integer("max_shingle_size", default: 2)
        let low = try settings.integer("min_shingle_size", default: 2)
        let unigrams = try settings.bool("output_unigrams", default: true)
        let difference = high - low + (unigrams ? 1 : 0)
        guard difference <= settings.limits.maxShingleDifference else {
            throw AnalysisError(
                "In Shingle TokenFilter the difference between max_shingle_size and min_shingle_size (and +1 if outputting unigrams) must be less than or equal to: [\(settings.limits.maxShingleDifference)] but was [\(difference)]. This limit can be set by changing the [index.max_shingle_diff] index level setting."
            )
        }
        guard high >= 2 else { throw AnalysisError("Max shingle size must be >= 2") }
        guard low >= 2 else { throw AnalysisError("Min shingle size must be >= 2") }
        guard low <= high else { throw AnalysisError("Min shingle size must be <= max shingle size") }
        return ShingleFilter(
            sizes: low...high, outputsUnigrams: unigrams,
            outputsUnigramsIfNoShingles: try settings.bool("output_unigrams_if_no_shingles", default: false),
            separator: Array((try settings.text("token_separator") ?? " ").utf8),
            filler: Array((try settings.text("filler_token") ?? "_").utf8))
    }

    private static func wordDelimiter(
        _ type: String, _ settings: ComponentSettings
    ) throws(AnalysisError) -> any TokenFilter {
        var options = WordDelimiterOptions()
        options.generatesWords = try settings.bool("generate_word_parts", default: true)
        options.generatesNumbers = try settings.bool("generate_number_parts", default: true)
        options.joinsWords = try settings.bool("catenate_words", default: false)
        options.joinsNumbers = try settings.bool("catenate_numbers", default: false)
        options.joinsAll = try settings.bool("catenate_all", default: false)
        options.splitsOnCase = try settings.bool("split_on_case_change", default: true)
        options.preservesOriginal = try settings.bool("preserve_original", default: false)
        options.splitsOnNumbers = try settings.bool("split_on_numerics", default: true)
        options.removesPossessive = try settings.bool("stem_english_possessive", default: true)
        options.protectedWords = WordSet(try settings.words("protected_words", path: "protected_words_path") ?? [])
        for rule in try settings.list("type_table") ?? [] {
            let sides = rule.split(separator: "=>", maxSplits: 1)
            guard sides.count == 2, let unit = String(sides[0]).trimmed.utf16.first else {
                throw AnalysisError("Invalid Mapping Rule : [\(rule)]")
            }
            switch String(sides[1].drop { $0 == ">" }).trimmed {
            case "LOWER": options.types[unit] = WordDelimiterOptions.lower
            case "UPPER": options.types[unit] = WordDelimiterOptions.upper
            case "ALPHA": options.types[unit] = WordDelimiterOptions.alpha
            case "DIGIT": options.types[unit] = WordDelimiterOptions.digit
            case "ALPHANUM": options.types[unit] = WordDelimiterOptions.alpha | WordDelimiterOptions.digit
            case "SUBWORD_DELIM": options.types[unit] = WordDelimiterOptions.delimiter
            default: throw AnalysisError("Invalid Mapping Rule : [\(rule)]. Illegal type.")
            }
        }
        if type == "word_delimiter" { return WordDelimiterFilter(options: options) }
        options.adjustsOffsets = try settings.bool("adjust_offsets", default: true)
        options.ignoresKeywords = try settings.bool("ignore_keywords", default: false)
        return WordDelimiterGraphFilter(options: options)
    }
}

/// Several filters as one.
struct ChainFilter: TokenFilter {
    var stages: [any TokenFilter]

    func apply(to batch: inout TokenBatch) throws(AnalysisError) {
        for stage in stages { try stage.apply(to: &batch) }
    }
}
