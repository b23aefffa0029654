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
    private let fields: [FieldNumber: MappedField]

    /// - Parameter mapping: names the fields in explanations.
    init(_ snapshot: IndexSnapshot, mapping: Mapping? = nil, maxClauses: Int = 1024) {
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
        case .fuzzy(let field, let clause): return try fuzzy(field, clause, boost)
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

    // MARK: Terms

    /// One term in several fields: each field scores with the same document frequency, a little more for rarer fields.
    private func blended(_ terms: [BlendedTerm], _ tieBreaker: Float, _ boost: Float) -> Weight {
        let frequencies = terms.map { item in
            item.terms.map { statistics.term(item.field.number, $0).documentFrequency }.max() ?? 0
        }
        var blended = frequencies
        if terms.count > 1, let most = frequencies.max(), most > 0 {
            var bound = statistics.snapshot.documentCount
            for (i, item) in terms.enumerated() where frequencies[i] > 0 {
                bound = min(bound, statistics.field(item.field.number).sumTotalTermFrequency)
            }
            var actual = min(bound, most)
            let order = terms.indices.sorted {
                frequencies[$0] != frequencies[$1] ? frequencies[$0] > frequencies[$1] : $0 < $1
            }
            var previous = frequencies[order[0]]
            for i in order {
                if frequencies[i] == 0 { break }
                if previous > frequencies[i] { actual += 1 }
                previous = frequencies[i]
                // No more than the field's documents, so that no score is negative.
                blended[i] = min(bound, actual, statistics.field(terms[i].field.number).documentCount)
            }
        }
        let parts = terms.enumerated().map { i, item in
            TermsWeight(
                item.field, item.terms, boost: boost * item.boost, snapshot: statistics,
                documentFrequency: blended[i])
        }
        return parts.count == 1 ? parts[0] : DisMaxWeight(parts, tieBreaker: tieBreaker)
    }

    /// Terms within an edit distance as Lucene's `TopTermsBlendedFreqScoringRewrite` scores them: the nearest ones, each with the
    /// document frequency of the most frequent and a boost by its distance.
    private func fuzzy(_ field: ScoredField, _ clause: FuzzyClause, _ boost: Float) throws -> Weight {
        if clause.edits == 0 {
            return TermsWeight(field, [Array(clause.text.utf8)], boost: boost, snapshot: statistics)
        }
        let pattern = TermPattern.fuzzy(
            clause.text, edits: clause.edits, prefixLength: clause.prefixLength, transpositions: clause.transpositions)
        let length = clause.text.unicodeScalars.count
        var found: [[UInt8]: Float] = [:]
        for segment in statistics.snapshot.segments {
            guard let terms = segment.terms(field.number) else { continue }
            try pattern.forEach(in: terms) { term, edits, _ in
                if found[term] == nil {
                    let own = term.reduce(0) { $0 + ($1 & 0xC0 != 0x80 ? 1 : 0) }
                    found[term] = edits == 0 ? 1 : 1 - Float(edits) / Float(min(own, length))
                }
                return true
            }
        }
        let limit = min(clause.maxExpansions, maxClauses)
        let best = found.filter { $0.value >= 0 }.sorted {
            $0.value != $1.value ? $0.value > $1.value : $0.key.lexicographicallyPrecedes($1.key)
        }.prefix(limit).sorted { $0.key.lexicographicallyPrecedes($1.key) }
        if best.isEmpty { return NoneWeight() }
        let frequency = best.map { statistics.term(field.number, $0.key).documentFrequency }.max() ?? 0
        let parts = best.map {
            TermsWeight(
                field, [$0.key], boost: boost * $0.value, snapshot: statistics, documentFrequency: frequency)
        }
        if parts.count == 1 { return parts[0] }
        return BooleanWeight(must: [], filter: [], should: parts, mustNot: [], minimum: 0)
    }

    /// The first terms with the prefix take the last place of the phrase.
    private func phrasePrefix(
        _ clause: PhraseClause, _ prefix: [UInt8], _ position: Int, _ maxExpansions: Int, _ boost: Float
    ) throws -> Weight {
        var found: Set<[UInt8]> = []
        for segment in statistics.snapshot.segments {
            guard let terms = segment.terms(clause.field.number) else { continue }
            var cursor = terms.cursor()
            guard cursor.seek(atLeast: prefix) else { continue }
            var taken = 0
            repeat {
                let term = cursor.term
                if !term.starts(with: prefix) { break }
                found.insert(term)
                taken += 1
            } while taken < maxExpansions && cursor.next()
        }
        let expansions = found.sorted { $0.lexicographicallyPrecedes($1) }.prefix(maxExpansions)
        if expansions.isEmpty { return NoneWeight() }
        if clause.places.isEmpty {
            let parts = expansions.map { TermsWeight(clause.field, [$0], boost: boost, snapshot: statistics) }
            return parts.count == 1
                ? parts[0] : BooleanWeight(must: [], filter: [], should: parts, mustNot: [], minimum: 0)
        }
        var whole = clause
        whole.places.append((position, Array(expansions)))
        return try PhraseWeight(whole, boost: boost, snapshot: statistics)
    }

    // MARK: Compound

    private func functions(_ clause: FunctionClause, _ boost: Float) throws -> Weight {
        FunctionScoreWeight(
            try weight(clause.query, boost: boost), clause: clause,
            filters: try clause.functions.map { try $0.filter.map { try weight($0) } }, faults: faults)
    }

    private func nested(_ clause: NestedClause, _ boost: Float) throws -> Weight {
        let parent = clause.parentPath
        return NestedWeight(
            try weight(clause.query, boost: boost), children: try weight(Self.objects(of: clause.path)),
            mode: clause.scoreMode
        ) { segment in
            guard let parent else {
                return segment.roots ?? DocumentSet(capacity: segment.documentCount, full: true)
            }
            var set = DocumentSet(capacity: segment.documentCount)
            if let scorer = try FieldQueryScorer.make(Self.objectTerm(parent), segment) {
                while scorer.nextMatch() != noMoreDocuments { set.insert(scorer.document) }
            }
            return set
        }
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
