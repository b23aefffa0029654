import JSON
import Mappings
import SearchIndex
import TextAnalysis

/// Turns a query into the plan of one index: resolves fields, analyses text, reads values.
///
/// Belongs to one thread.
final class QueryPlanner {
    let view: any IndexView
    let context: QueryValueContext
    let lookup: (any TermsLookup)?
    /// What the texts of the search became.
    let encodings: QueryEncodings
    /// The nested object that the query is inside of.
    var nestedPath: String?
    /// The nested object around that one.
    var parentPath: String?
    private var clauses = 0

    init(_ view: any IndexView, now: Moment, lookup: (any TermsLookup)? = nil, encodings: QueryEncodings = .none) {
        self.view = view
        self.encodings = encodings
        context = QueryValueContext(now: now)
        self.lookup = lookup
    }

    var mapping: Mapping { view.mapping }

    /// The plan of a query, with its boost.
    func plan(_ query: Query) throws -> Plan {
        let plan = try plan(query.kind)
        return query.boost == 1 ? plan : .boost(plan, query.boost)
    }

    /// Counts clauses against `indices.query.bool.max_clause_count`.
    func count(_ clauses: Int) throws {
        self.clauses += clauses
        if self.clauses > view.limits.clauseCount { throw tooManyClauses }
    }

    var tooManyClauses: SearchError {
        SearchError(
            type: "too_many_clauses", reason: "maxClauseCount is set to \(view.limits.clauseCount)", phase: .query)
    }

    private func plan(_ kind: Query.Kind) throws -> Plan {
        switch kind {
        case .matchAll: return .all
        case .matchNone: return .none
        case .match(let query): return try match(query)
        case .matchPhrase(let query): return try matchPhrase(query)
        case .matchPhrasePrefix(let query): return try matchPhrasePrefix(query)
        case .matchBoolPrefix(let query): return try matchBoolPrefix(query.match)
        case .multiMatch(let query): return try multiMatch(query)
        case .combinedFields(let query): return try combinedFields(query)
        case .queryString(let query): return try queryString(query)
        case .simpleQueryString(let query): return try simpleQueryString(query)
        case .term(let query): return try term(query)
        case .terms(let query): return try terms(query)
        case .termsSet(let query): return try termsSet(query)
        case .range(let query): return try range(query)
        case .exists(let field): return try exists(field)
        case .prefix(let query): return try prefix(query)
        case .wildcard(let query): return try wildcard(query)
        case .regexp(let query): return try regexp(query)
        case .fuzzy(let query): return try fuzzy(query)
        case .ids(let ids): return .seqNos(try view.seqNos(ofIDs: ids))
        case .bool(let query): return try bool(query)
        case .disMax(let query):
            try count(query.queries.count)
            return .disMax(try query.queries.map { try plan($0) }, tieBreaker: query.tieBreaker)
        case .constantScore(let query): return .constant(try plan(query))
        case .boosting(let query):
            return .boosting(try plan(query.positive), try plan(query.negative), query.negativeBoost)
        case .functionScore(let query): return try functionScore(query)
        case .nested(let query): return try nested(query)
        case .knn(let query): return try knn(query)
        case .neural(let query): return try neural(query)
        case .neuralSparse(let query): return try neuralSparse(query)
        case .rankFeature(let query): return try rankFeature(query)
        case .hybrid:
            throw SearchError.illegalArgument(
                "hybrid query must be a top level query and cannot be wrapped into other queries")
        }
    }

    // MARK: Fields

    func values<Result>(_ body: () throws(MappingError) -> Result) throws -> Result {
        do { return try body() } catch { throw SearchError(error) }
    }

    func scored(_ field: MappedField) -> ScoredField {
        let similarity: FieldSimilarity
        switch field.similarity {
        case "BM25": similarity = .bm25(view.similarity(named: "default") ?? BM25())
        case "boolean": similarity = .boolean
        default: similarity = .bm25(view.similarity(named: field.similarity) ?? BM25())
        }
        return ScoredField(
            number: field.number, name: field.name, similarity: similarity, hasNorms: field.options.hasNorms,
            hasPositions: field.options.indexing == .positions)
    }

    /// The fields of names and patterns, with boosts that multiply where a field is named twice.
    func fields(_ boosts: [FieldBoost]) throws -> [(name: String, boost: Float)] {
        var order: [String] = []
        var factors: [String: Float] = [:]
        func add(_ name: String, _ boost: Float) {
            if let known = factors[name] {
                factors[name] = known * boost
            } else {
                order.append(name)
                factors[name] = boost
            }
        }
        for item in boosts {
            if Wildcard.isPattern(item.field) {
                for name in mapping.fieldNames(matching: item.field) {
                    guard let field = mapping.field(name), isSearchedByDefault(field) else { continue }
                    add(name, item.boost)
                }
            } else {
                add(item.field, item.boost)
            }
        }
        if order.count > view.limits.clauseCount {
            throw SearchError.illegalArgument(
                "field expansion matches too many fields, limit: \(view.limits.clauseCount), got: \(order.count)")
        }
        return order.map { ($0, factors[$0] ?? 1) }
    }

    /// Whether a pattern of field names takes a field of this kind.
    private func isSearchedByDefault(_ field: MappedField) -> Bool {
        guard !field.kind.isSourceOnly, field.isIndexed, field.nestedPath == nil else { return false }
        return field.kind.isText || field.kind.isKeywordLike || field.kind.isNumeric || field.kind.isDate
            || field.kind == .ip || field.kind == .boolean
    }

    func normalized(_ field: MappedField, _ text: String) throws -> String {
        guard let name = field.normalizer, let normalizer = view.analysis.normalizer(named: name) else { return text }
        do { return try normalizer.normalize(text) } catch {
            throw SearchError.illegalArgument("\(error)").during(.query)
        }
    }

    func analyzer(_ field: MappedField, override name: String?, quoted: Bool = false) throws -> Analyzer? {
        if let name {
            guard let analyzer = view.analysis.analyzer(named: name) else {
                throw SearchError.queryShard("analyzer [\(name)] not found")
            }
            return analyzer
        }
        guard field.kind.isText || field.kind == .tokenCount else { return nil }
        let wanted = (quoted ? field.searchQuoteAnalyzer : nil) ?? field.searchAnalyzer ?? "default"
        if wanted == "default_search" { return view.analysis.defaultSearchAnalyzer }
        if wanted == "default" { return view.analysis.defaultAnalyzer }
        return view.analysis.analyzer(named: wanted) ?? view.analysis.defaultAnalyzer
    }

    /// The text of a query's value.
    func text(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): text
        case .number(let number): number.description
        case .bool(let value): value ? "true" : "false"
        default: value.serialized()
        }
    }
}
