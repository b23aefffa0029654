public import JSON
import Synchronization

/// The analysers and normalisers of one index: those that its settings define and those that are always there.
///
/// A registry is immutable and may be used by many threads.
public struct AnalysisRegistry: Sendable {
    private let analyzers: [String: Analyzer]
    private let normalizers: [String: Analyzer]
    private let builder: AnalysisBuilder

    /// A registry with what is always there and nothing else, as `_analyze` without an index uses.
    public static let builtIn = AnalysisRegistry()

    private static let shared = Mutex<[String: Analyzer]>([:])

    private init() {
        analyzers = [:]
        normalizers = [:]
        builder = AnalysisBuilder(definitions: nil)
    }

    /// Reads `analysis` from index settings, which may be nested or dotted (`index.analysis.analyzer.name.type`), in or out of an `index`
    /// object; values may be strings, numbers or booleans.
    ///
    /// Throws what is wrong with a definition, in OpenSearch's words.
    public init(settings: JSONValue) throws(AnalysisError) {
        let root = SettingsTree.ofIndex(settings)
        var limits = AnalysisLimits()
        if let value = root["max_ngram_diff"]?.scalarText.flatMap({ Int($0) }) {
            limits.maxNGramDifference = value
        }
        if let value = root["max_shingle_diff"]?.scalarText.flatMap({ Int($0) }) {
            limits.maxShingleDifference = value
        }
        let analysis = root["analysis"]?.object ?? JSONObject()
        let known = ["analyzer", "normalizer", "tokenizer", "filter", "char_filter"]
        if let unknown = analysis.keys.first(where: { !known.contains($0) }) {
            throw AnalysisError(
                "unknown setting [index.analysis.\(unknown)]; analysis knows [\(known.joined(separator: ", "))]")
        }
        builder = AnalysisBuilder(definitions: analysis, limits: limits)
        try builder.checkComponents()
        analyzers = try builder.analyzers()
        normalizers = try builder.normalizers()
    }

    /// The analyser of this name; `nil` if there is none.
    public func analyzer(named name: String) -> Analyzer? {
        if let found = analyzers[name] { return found }
        if name == "default" { return analyzer(named: "standard") }
        if let found = Self.shared.withLock({ $0[name] }) { return found }
        let settings = ComponentSettings(kind: "analyzer", name: name, values: JSONObject(), limits: AnalysisLimits())
        guard let made = try? AnalyzerFactory.make(name, settings) else { return nil }
        return Self.shared.withLock { cache in
            if let found = cache[name] { return found }
            cache[name] = made
            return made
        }
    }

    /// The normaliser of this name; `nil` if there is none.
    public func normalizer(named name: String) -> Analyzer? {
        if let found = normalizers[name] { return found }
        guard name == "lowercase" else { return nil }
        return Self.lowercase
    }

    private static let lowercase = Analyzer(
        name: "lowercase", tokenizer: .init(name: "keyword", stage: KeywordTokenizer()),
        filters: [.init(name: "lowercase", stage: LowercaseFilter())], isNormalizer: true)

    /// What a text field uses that names no analyser: the index's `default`, or the standard analyser.
    public var defaultAnalyzer: Analyzer { analyzer(named: "default")! }

    /// What queries use on a text field that names no analyser: the index's `default_search`, or ``defaultAnalyzer``.
    public var defaultSearchAnalyzer: Analyzer { analyzers["default_search"] ?? defaultAnalyzer }

    /// What phrase queries use on a text field that names no analyser, if the index defines `default_search_quoted`.
    public var defaultSearchQuoteAnalyzer: Analyzer? { analyzers["default_search_quoted"] }

    /// An analyser made for one request of `_analyze`: each part is a name or a definition with `type`.
    public func customAnalyzer(
        tokenizer: JSONValue, filters: [JSONValue] = [], characterFilters: [JSONValue] = []
    ) throws(AnalysisError) -> Analyzer {
        let stage = try builder.inlineTokenizer(tokenizer)
        var before: [Analyzer.Named<any CharacterFilter>] = []
        for filter in characterFilters { before.append(try builder.inlineCharacterFilter(filter, inNormalizer: false)) }
        let chain = try builder.inlineFilters(filters, tokenizer: stage, characterFilters: before, inNormalizer: false)
        return Analyzer(
            name: "__custom__", characterFilters: before, tokenizer: stage, filters: chain, isCustom: true)
    }

    /// A normaliser made for one request of `_analyze`: filters without a tokeniser, applied to the whole text.
    public func customNormalizer(
        filters: [JSONValue] = [], characterFilters: [JSONValue] = []
    ) throws(AnalysisError) -> Analyzer {
        let stage = Analyzer.Named<any TextTokenizer>(name: "keyword", stage: KeywordTokenizer())
        var before: [Analyzer.Named<any CharacterFilter>] = []
        for filter in characterFilters { before.append(try builder.inlineCharacterFilter(filter, inNormalizer: true)) }
        let chain = try builder.inlineFilters(filters, tokenizer: stage, characterFilters: before, inNormalizer: true)
        return Analyzer(
            name: "__custom__", characterFilters: before, tokenizer: stage, filters: chain, isCustom: true,
            isNormalizer: true)
    }
}
