public import JSON

/// The analysers and normalisers of one index: those that its settings define and those that are always there.
///
/// A registry is immutable and may be used by many threads.
public struct AnalysisRegistry: Sendable {
    private let analyzers: [String: Analyzer]
    private let normalizers: [String: Analyzer]

    /// A registry with what is always there and nothing else, as `_analyze` without an index uses.
    public static let builtIn = AnalysisRegistry(analyzers: [:], normalizers: [:])

    private init(analyzers: [String: Analyzer], normalizers: [String: Analyzer]) {
        self.analyzers = analyzers
        self.normalizers = normalizers
    }

    /// Reads `analysis` from index settings, which may be nested or dotted (`index.analysis.analyzer.name.type`), in or out of an `index`
    /// object; values may be strings, numbers or booleans.
    ///
    /// Throws what is wrong with a definition, in OpenSearch's words.
    public init(settings: JSONValue) throws(AnalysisError) {
        self = .builtIn
    }

    /// The analyser of this name; `nil` if there is none.
    public func analyzer(named name: String) -> Analyzer? {
        if let found = analyzers[name] { return found }
        func chain(_ tokenizer: any TextTokenizer, _ lowercases: Bool) -> Analyzer {
            Analyzer(
                name: name, tokenizer: .init(name: name, stage: tokenizer),
                filters: lowercases ? [.init(name: "lowercase", stage: LowercaseFilter())] : [])
        }
        switch name {
        case "standard", "default": return chain(StandardTokenizer(), true)
        case "english":
            return Analyzer(name: name, tokenizer: .init(name: "standard", stage: StandardTokenizer()), filters: [
                .init(name: "possessive", stage: EnglishPossessiveFilter()),
                .init(name: "lowercase", stage: LowercaseFilter()),
                .init(name: "stop", stage: StopFilter(words: WordSet(StopWordLists.words["english"]!.split(separator: "~").map(String.init)))),
                .init(name: "porter", stage: PorterStemmer())])
        case "stop":
            return Analyzer(name: name, tokenizer: .init(name: "standard", stage: CharacterTokenizer(kind: .letters)), filters: [
                .init(name: "lowercase", stage: LowercaseFilter()),
                .init(name: "stop", stage: StopFilter(words: WordSet(StopWordLists.words["english"]!.split(separator: "~").map(String.init))))])
        case "simple": return chain(CharacterTokenizer(kind: .letters), true)
        case "whitespace": return chain(CharacterTokenizer(kind: .notWhitespace), false)
        case "keyword": return chain(KeywordTokenizer(), false)
        default: return nil
        }
    }

    /// The normaliser of this name; `nil` if there is none.
    public func normalizer(named name: String) -> Analyzer? {
        if let found = normalizers[name] { return found }
        guard name == "lowercase" else { return nil }
        return Analyzer(
            name: name, tokenizer: .init(name: "keyword", stage: KeywordTokenizer()),
            filters: [.init(name: "lowercase", stage: LowercaseFilter())], isNormalizer: true)
    }

    /// What a text field uses that names no analyser: the index's `default`, or the standard analyser.
    public var defaultAnalyzer: Analyzer { analyzer(named: "default") ?? analyzer(named: "standard")! }

    /// What queries use on a text field that names no analyser: the index's `default_search`, or ``defaultAnalyzer``.
    public var defaultSearchAnalyzer: Analyzer { analyzers["default_search"] ?? defaultAnalyzer }

    /// What phrase queries use on a text field that names no analyser, if the index defines `default_search_quoted`.
    public var defaultSearchQuoteAnalyzer: Analyzer? { analyzers["default_search_quoted"] }

    /// An analyser made for one request of `_analyze`: each part is a name or a definition with `type`.
    public func customAnalyzer(
        tokenizer: JSONValue, filters: [JSONValue] = [], characterFilters: [JSONValue] = []
    ) throws(AnalysisError) -> Analyzer {
        throw AnalysisError("failed to find global tokenizer under [\(tokenizer.string ?? "")]")
    }

    /// A normaliser made for one request of `_analyze`: filters without a tokeniser, applied to the whole text.
    public func customNormalizer(
        filters: [JSONValue] = [], characterFilters: [JSONValue] = []
    ) throws(AnalysisError) -> Analyzer {
        throw AnalysisError("failed to find global filter under [\(filters.first?.string ?? "")]")
    }
}
