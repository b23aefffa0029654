/// Makes analysers that Lucene and OpenSearch define, by type.
enum AnalyzerFactory {
    private static let snowballLanguages: Set<String> = [
        "armenian", "basque", "danish", "finnish", "hungarian", "lithuanian", "norwegian", "romanian", "russian",
        "swedish",
    ]

    /// Types that OpenSearch has and this program does not.
    private static let leftOut: Set<String> = [
        "arabic", "bengali", "brazilian", "bulgarian", "czech", "estonian", "galician", "greek", "hindi", "indonesian",
        "latvian", "persian", "sorani", "thai",
    ]

    /// `nil` for an unknown type; throws for wrong settings.
    static func make(_ type: String, _ settings: ComponentSettings) throws(AnalysisError) -> Analyzer? {
        var tokenizer: (name: String, stage: any TextTokenizer) = ("standard", StandardTokenizer())
        var filters: [Analyzer.Named<any TokenFilter>] = []
        func add(_ name: String, _ filter: any TokenFilter) { filters.append(.init(name: name, stage: filter)) }
        func stop(_ language: String?) throws(AnalysisError) {
            let words = try settings.words("stopwords", path: "stopwords_path") ?? language.map(StopWords.of) ?? []
            if !words.isEmpty { add("stop", StopFilter(words: WordSet(words))) }
        }
        func exclusions() throws(AnalysisError) {
            let words = try settings.words("stem_exclusion", path: "stem_exclusion_path") ?? []
            if !words.isEmpty { add("keyword_marker", KeywordMarkerFilter(words: WordSet(words))) }
        }
        switch type {
        case "standard", "chinese":
            tokenizer.stage = StandardTokenizer(maxTokenLength: try settings.integer("max_token_length", default: 255))
            add("lowercase", LowercaseFilter())
            try stop(type == "chinese" ? "english" : nil)
        case "simple":
            tokenizer = ("lowercase", CharacterTokenizer(kind: .letters))
            add("lowercase", LowercaseFilter())
        case "whitespace": tokenizer = ("whitespace", CharacterTokenizer(kind: .notWhitespace))
        case "keyword": tokenizer = ("keyword", KeywordTokenizer())
        case "stop":
            tokenizer = ("lowercase", CharacterTokenizer(kind: .letters))
            add("lowercase", LowercaseFilter())
            try stop("english")
        case "pattern":
            let pattern = try CompiledPattern(
                java: try settings.text("pattern") ?? "\\W+", flags: try settings.text("flags") ?? "")
            tokenizer = ("pattern", PatternTokenizer(pattern: pattern))
            if try settings.bool("lowercase", default: true) { add("lowercase", LowercaseFilter()) }
            try stop(nil)
        case "fingerprint":
            add("lowercase", LowercaseFilter())
            add("asciifolding", FoldingFilter(kind: .ascii))
            try stop(nil)
            let separator = try settings.text("separator")?.unicodeScalars.first?.value ?? 0x20
            add(
                "fingerprint",
                FingerprintFilter(
                    separator: separator, maxOutputSize: try settings.integer("max_output_size", default: 255)))
        case "english":
            // Possessives go before the case, which changes nothing: the order lets the tokeniser lower-case at once.
            add("lowercase", LowercaseFilter())
            add("possessive_english", EnglishPossessiveFilter())
            try stop("english")
            try exclusions()
            add("porter_stem", PorterStemmer())
        case "cjk":
            add("cjk_width", FoldingFilter(kind: .cjkWidth))
            add("lowercase", LowercaseFilter())
            add("cjk_bigram", CJKBigramFilter())
            try stop("cjk")
        case "snowball":
            let language = try settings.text("language") ?? "English"
            add("lowercase", LowercaseFilter())
            if language == "English" { add("possessive_english", EnglishPossessiveFilter()) }
            let withWords = ["English", "Dutch", "German", "German2", "French"]
            try stop(withWords.contains(language) ? (language == "German2" ? "german" : language.lowercased()) : nil)
            add("snowball", try Stemmers.snowball(language, settings.name))
        case _ where snowballLanguages.contains(type):
            add("lowercase", LowercaseFilter())
            try stop(type)
            try exclusions()
            add("stemmer", try Stemmers.snowball(type, settings.name))
        case "catalan":
            add("elision", ElisionFilter(articles: WordSet(["d", "l", "m", "n", "s", "t"], ignoresCase: true)))
            add("lowercase", LowercaseFilter())
            try stop(type)
            try exclusions()
            add("stemmer", try Stemmers.snowball(type, settings.name))
        case "dutch":
            add("lowercase", LowercaseFilter())
            try stop(type)
            try exclusions()
            let stems = ["fiets": "fiets", "bromfiets": "bromfiets", "ei": "eier", "kind": "kinder"]
            add(
                "stemmer_override",
                StemmerOverrideFilter(
                    stems: Dictionary(uniqueKeysWithValues: stems.map { (Array($0.key.utf8), Array($0.value.utf8)) })))
            add("stemmer", try Stemmers.snowball(type, settings.name))
        case "irish":
            add("stop", StopFilter(words: WordSet(["h", "n", "t"], ignoresCase: true)))
            add("elision", ElisionFilter(articles: WordSet(["d", "m", "b"], ignoresCase: true)))
            add("lowercase", IrishLowercaseFilter())
            try stop(type)
            try exclusions()
            add("stemmer", try Stemmers.snowball(type, settings.name))
        case "turkish":
            add("apostrophe", ApostropheFilter())
            add("lowercase", TurkishLowercaseFilter())
            try stop(type)
            try exclusions()
            add("stemmer", try Stemmers.snowball(type, settings.name))
        case "french":
            add("elision", ElisionFilter(articles: ElisionFilter.french))
            add("lowercase", LowercaseFilter())
            try stop(type)
            try exclusions()
            add("stemmer", LightStemFilter(.french))
        case "german":
            add("lowercase", LowercaseFilter())
            try stop(type)
            try exclusions()
            add("german_normalization", GermanNormalizationFilter())
            add("stemmer", LightStemFilter(.german))
        case "italian":
            let articles = [
                "c", "l", "all", "dall", "dell", "nell", "sull", "coll", "pell", "gl", "agl", "dagl", "degl", "negl",
                "sugl", "un", "m", "t", "s", "v", "d",
            ]
            add("elision", ElisionFilter(articles: WordSet(articles, ignoresCase: true)))
            add("lowercase", LowercaseFilter())
            try stop(type)
            try exclusions()
            add("stemmer", LightStemFilter(.italian))
        case "spanish", "portuguese":
            add("lowercase", LowercaseFilter())
            try stop(type)
            try exclusions()
            add("stemmer", LightStemFilter(type == "spanish" ? .spanish : .portuguese))
        case _ where leftOut.contains(type):
            throw AnalysisError(
                "the analyzer type [\(type)] of analyzer [\(settings.name)] is not supported: its stemmer or tokenizer is not part of this program"
            )
        default: return nil
        }
        let gap = try settings.integer("position_increment_gap", default: 100)
        try settings.refuseUnknown()
        return Analyzer(
            name: settings.name, tokenizer: .init(name: tokenizer.name, stage: tokenizer.stage), filters: filters,
            positionIncrementGap: gap)
    }
}
