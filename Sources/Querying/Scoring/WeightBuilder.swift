import Mappings
import SearchIndex

/// Makes the weights of a plan for one snapshot.
///
/// Belongs to one thread.
struct WeightBuilder {
    let statistics: SnapshotStatistics
    let maxClauses: Int
    /// Of all scorers of its weights.
    let faults = ScoringFaults()
    /// Of all its weights on vectors.
    let vectorSearches: VectorSearches
    private let segments: [Segment]
    private let fields: [FieldNumber: MappedField]

    /// - Parameter mapping: names the fields in explanations.
    init(
        _ snapshot: IndexSnapshot, mapping: Mapping? = nil, maxClauses: Int = 1024,
        vectorSearches: VectorSearches = VectorSearches()
    ) {
        self.vectorSearches = vectorSearches
        segments = snapshot.segments
        statistics = SnapshotStatistics(snapshot)
        self.maxClauses = maxClauses
        fields = Dictionary((mapping?.fields ?? []).map { ($0.number, $0) }, uniquingKeysWith: { a, _ in a })
    }

    func weight(_ plan: Plan, boost: Float = 1) throws -> Weight {
        switch plan {
        case .none: return NoneWeight()
        case .all: return AllWeight(boost: boost)
        case .term(let clause): return TermsWeight(clause.field, [clause.term], boost: boost, snapshot: statistics)
        case .synonym(let field, let terms): return TermsWeight(field, terms, boost: boost, snapshot: statistics)
        case .blended(let terms, let tieBreaker): return blended(terms, tieBreaker, boost)
        case .phrase(let clause): return try PhraseWeight(clause, boost: boost, snapshot: statistics)
        case .phrasePrefix(let clause, let prefix, let position, let maxExpansions):
            return try phrasePrefix(clause, prefix, position, maxExpansions, boost)
        case .graphPhrase(let clause): return try graphPhrase(clause, boost)
        case .fuzzy(let field, let clause): return try fuzzy(field, clause, boost)
        case .combined(let fields, let term):
            return CombinedTermWeight(fields, term, boost: boost, snapshot: statistics)
        case .boolean(let clause):
            var should = try clause.should.map { try weight($0, boost: boost) }
            // As Lucene, choices among choices are one choice: explanations are flat and pruning sees all terms.
            if clause.minimumShouldMatch <= 1 {
                should = should.flatMap { ($0 as? BooleanWeight)?.alternatives ?? [$0] }
            }
            return BooleanWeight(
                must: try clause.must.map { try weight($0, boost: boost) },
                filter: try clause.filter.map { try weight($0) }, should: should,
                mustNot: try clause.mustNot.map { try weight($0) }, minimum: clause.minimumShouldMatch)
        case .disMax(let plans, let tieBreaker):
            let parts = try plans.map { try weight($0, boost: boost) }
            return parts.count == 1 ? parts[0] : DisMaxWeight(parts, tieBreaker: tieBreaker)
        case .constant(let inner):
            return ConstantWeight(try weight(inner), score: boost, name: name(of: inner))
        case .boost(let inner, let factor): return try weight(inner, boost: boost * factor)
        case .field(let query):
            return SetWeight(score: boost, name: name(of: plan)) { try FieldQueryScorer.make(query, $0) }
        case .pattern(let field, let source, let description):
            let pattern = try source.make()
            return SetWeight(score: boost, name: description) { segment in
                guard let terms = segment.terms(field) else { return nil }
                return try PatternScorer.make(pattern, terms, segment)
            }
        case .patternTerms(let field, let source, let rewrite):
            return try patternTerms(field, source, rewrite, boost)
        case .seqNos(let numbers):
            return SetWeight(score: boost, name: "ConstantScore(_id)") { FieldQueryScorer.make(seqNos: numbers, $0) }
        case .boosting(let positive, let negative, let factor):
            return BoostingWeight(
                try weight(positive, boost: boost), negative: try weight(negative), factor: factor,
                name:
                    "FunctionScoreQuery(\(name(of: positive)), scored by boost(queryboost(score(\(name(of: negative))))^\(factor)))"
            )
        case .functions(let clause): return try functions(clause, boost)
        case .nested(let clause): return try nested(clause, boost)
        case .coverage(let plans, let field):
            return CoverageWeight(try plans.map { try weight($0, boost: boost) }, field: field)
        case .nearest(let clause): return try nearest(clause, boost)
        case .features(let clause):
            return FeaturesWeight(
                clause, boost: boost, filter: try clause.filter.map { try weight($0) }, faults: faults)
        case .feature(let clause): return try RankFeatureWeight(clause, boost: boost, segments: segments)
        case .slice(let id, let max):
            return SetWeight(score: boost, name: "slice") { segment in
                var set = DocumentSet(capacity: segment.documentCount)
                for document in 0..<segment.documentCount
                where Int(Mixing.mix(UInt64(bitPattern: segment.seqNo(of: document))) % UInt64(max)) == id {
                    set.insert(document)
                }
                return SetScorer(set)
            }
        }
    }

    // MARK: Compound

    private func functions(_ clause: FunctionClause, _ boost: Float) throws -> Weight {
        var clause = clause
        if clause.takesBoost { clause.functions[0].weight = boost }
        return FunctionScoreWeight(
            try weight(clause.query, boost: boost), clause: clause,
            filters: try clause.functions.map { try $0.filter.map { try weight($0) } }, faults: faults)
    }

    private func nested(_ clause: NestedClause, _ boost: Float) throws -> Weight {
        NestedWeight(
            try weight(clause.query, boost: boost), children: try weight(Self.objects(of: clause.path)),
            mode: clause.scoreMode
        ) { try Self.parents(clause.parentPath, $0) }
    }

    private func nearest(_ clause: NearestClause, _ boost: Float) throws -> Weight {
        let objects = try clause.nesting.map { nesting in
            let filter = try clause.filter.map { try ObjectFilter($0) { try weight($0) } }
            return NearestWeight.Objects(children: try weight(Self.objects(of: nesting.path)), filter: filter) {
                try Self.parents(nesting.parentPath, $0)
            }
        }
        let filter = try objects == nil ? clause.filter.map { try weight($0) } : nil
        return NearestWeight(
            clause, boost: boost, filter: filter, objects: objects, segments: segments, searches: vectorSearches)
    }

    /// The objects of a path, or the documents.
    private static func parents(_ path: String?, _ segment: Segment) throws -> DocumentSet {
        guard let path else { return segment.roots ?? DocumentSet(capacity: segment.documentCount, full: true) }
        return try FieldQueryScorer.make(objectTerm(path), segment)?.matches(in: segment)
            ?? DocumentSet(capacity: segment.documentCount)
    }

    static func objectTerm(_ path: String) -> FieldQuery { .term(MetadataField.nestedPath.number, Array(path.utf8)) }

    static func objects(of path: String) -> Plan { .field(objectTerm(path)) }

    /// How Lucene names a query, as far as explanations show it.
    func name(of plan: Plan) -> String {
        switch plan {
        case .all: return "*:*"
        case .term(let clause): return "\(clause.field.name):\(String(decoding: clause.term, as: UTF8.self))"
        case .pattern(_, _, let description): return description
        case .boolean(let clause):
            let required = (clause.must + clause.filter).map { "#" + name(of: $0) }
            let optional = clause.should.map { name(of: $0) }
            return (required + optional + clause.mustNot.map { "-" + name(of: $0) }).joined(separator: " ")
        case .disMax(let parts, _): return "(" + parts.map { name(of: $0) }.joined(separator: " | ") + ")"
        case .field(let query): return name(of: query)
        case .nested(let clause): return "ToParentBlockJoinQuery (\(name(of: clause.query)))"
        case .boost(let inner, let factor): return "(\(name(of: inner)))^\(factor)"
        case .constant(let inner): return "ConstantScore(\(name(of: inner)))"
        case .nearest(let clause): return "KNNQuery(\(clause.name))"
        case .features(let clause):
            return clause.names.map { "FeatureQuery(field=\(clause.name), feature=\($0))" }.joined(separator: " ")
        case .feature(let clause): return "FeatureQuery(field=\(clause.field), feature=\(clause.name))"
        default: return "query"
        }
    }

    private func name(of query: FieldQuery) -> String {
        func label(_ number: FieldNumber) -> String { fields[number]?.name ?? "\(number)" }
        switch query {
        case .integers(let number, let range):
            let encoding = fields[number]?.numericEncoding
            func text(_ value: Int64) -> String {
                guard let encoding, FieldSort.isFloating(encoding) else { return String(value) }
                return "\(encoding.double(value))"
            }
            return "\(label(number)):[\(text(range.lowerBound)) TO \(text(range.upperBound))]"
        case .term(let number, let term): return "\(label(number)):\(String(decoding: term, as: UTF8.self))"
        case .existsMark(let number), .existsInteger(let number), .existsOrdinal(let number):
            return "FieldExistsQuery [field=\(label(number))]"
        case .all: return "*:*"
        case .none: return "MatchNoDocsQuery(\"\")"
        case .terms(let number, let terms):
            return
                "\(label(number)):(\(terms.prefix(16).map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")))"
        case .integerSet(let number, _), .termRange(let number, _, _), .valueRange(let number, _, _):
            return "\(label(number)):query"
        }
    }
}

/// A fixed mixing of 64 bits (the finaliser of MurmurHash3).
enum Mixing {
    static func mix(_ value: UInt64) -> UInt64 {
        var h = value
        h = (h ^ h >> 33) &* 0xFF51_AFD7_ED55_8CCD
        h = (h ^ h >> 33) &* 0xC4CE_B9FE_1A85_EC53
        return h ^ h >> 33
    }
}
