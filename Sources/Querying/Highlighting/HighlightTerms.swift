import JSON
import Mappings
import SearchIndex
import TextAnalysis

/// The terms, phrases and patterns of a query that count in a field.
final class HighlightTerms {
    private struct Phrase {
        var places: [(position: Int, terms: Set<[UInt8]>)]
        var prefix: [UInt8]?
        var slop: Int
        var weight: Float
    }

    private var terms: [[UInt8]: Float] = [:]
    private var patterns: [TermPattern] = []
    private var phrases: [Phrase] = []
    /// The names of the fields that count; `nil`: all.
    private let fields: Set<FieldNumber>?
    private let planner: QueryPlanner
    private let statistics: SnapshotStatistics

    init(_ query: Query?, fields names: Set<String>?, planner: QueryPlanner) throws {
        self.planner = planner
        statistics = SnapshotStatistics(planner.view.snapshot)
        fields = names.map { names in Set(names.compactMap { planner.mapping.field($0)?.number }) }
        guard let query, let plan = try? planner.plan(query) else { return }
        try add(plan)
    }

    private func counts(_ field: FieldNumber) -> Bool { fields?.contains(field) ?? true }

    private func add(_ plan: Plan) throws {
        switch plan {
        case .none, .all, .seqNos, .slice, .nearest, .features, .feature: break
        case .term(let clause): add(clause.field, clause.term)
        case .synonym(let field, let terms): for term in terms { add(field, term) }
        case .blended(let parts, _): for part in parts { add(part.field, part.term) }
        case .combined(let fields, let term): for item in fields { add(item.field, term) }
        case .graphPhrase(let clause): addWays(of: clause)
        case .phrase(let clause):
            guard counts(clause.field.number) else { return }
            phrases.append(
                Phrase(
                    places: clause.places.map { ($0.position, Set($0.terms)) }, prefix: nil, slop: clause.slop,
                    weight: 1))
        case .phrasePrefix(let clause, let prefix, let position, _):
            guard counts(clause.field.number) else { return }
            var places = clause.places.map { (position: $0.position, terms: Set($0.terms)) }
            places.append((position, []))
            phrases.append(Phrase(places: places, prefix: prefix, slop: clause.slop, weight: 1))
        case .fuzzy(let field, let clause):
            guard counts(field.number) else { return }
            patterns.append(
                .fuzzy(
                    clause.text, edits: clause.edits, prefixLength: clause.prefixLength,
                    transpositions: clause.transpositions))
        case .pattern(let field, let source, _):
            if counts(field) { patterns.append(try source.make()) }
        case .patternTerms(let field, let source, _):
            if counts(field.number) { patterns.append(try source.make()) }
        case .boolean(let clause):
            for part in clause.must + clause.filter + clause.should { try add(part) }
        case .disMax(let parts, _), .coverage(let parts, _): for part in parts { try add(part) }
        case .constant(let inner), .boost(let inner, _): try add(inner)
        case .boosting(let positive, _, _): try add(positive)
        case .functions(let clause): try add(clause.query)
        case .nested(let clause): try add(clause.query)
        case .field(let query):
            switch query {
            case .term(let field, let term): if counts(field) { terms[term] = 1 }
            case .terms(let field, let values): if counts(field) { for term in values { terms[term] = 1 } }
            default: break
            }
        }
    }

    /// Each way through a phrase with synonyms as a phrase of its own, up to a bound.
    private func addWays(of clause: GraphPhraseClause) {
        guard counts(clause.field.number) else { return }
        var ways: [Phrase] = [Phrase(places: [], prefix: nil, slop: 0, weight: 1)]
        for part in clause.parts {
            ways = ways.flatMap { begun in
                part.map { way in
                    var phrase = begun
                    let start = (phrase.places.last?.position ?? -1) + 1
                    for item in way.terms { phrase.places.append((start + item.offset, [item.term])) }
                    if way.endsWithPrefix { phrase.prefix = way.terms.last?.term }
                    return phrase
                }
            }
            ways = Array(ways.prefix(Self.mostWays))
        }
        phrases += ways
    }

    private static let mostWays = 256

    private func add(_ field: ScoredField, _ term: [UInt8]) {
        guard counts(field.number) else { return }
        // Lucene's PassageScorer: the idf of the term in the field.
        let documents = Float(max(1, planner.view.snapshot.documentCount))
        let frequency = Float(statistics.term(field.number, term).documentFrequency)
        let ratio = (documents - frequency + 0.5) / (frequency + 0.5)
        terms[term] = max(0.01, ratio > 0 ? 2.2 * (ratio + 1) / (ratio + 2) : 0.01)
    }

    /// How much a term counts; `nil` if it does not match.
    func weight(of term: [UInt8]) -> Float? {
        if let weight = terms[term] { return weight }
        return patterns.contains { $0.value(of: term) >= 0 } ? 1 : nil
    }

    /// The places of an analysed text that match, ascending.
    func matches(in buffer: TokenBuffer) -> [HighlightMatch] {
        var chosen: [Int: Float] = [:]
        var known: [[UInt8]: Float?] = [:]
        var words: [[UInt8]] = []
        for token in 0..<buffer.count {
            let term = Array(buffer.bytes[buffer.range(of: token)])
            words.append(term)
            let weight: Float?
            if let found = known[term] {
                weight = found
            } else {
                weight = self.weight(of: term)
                known[term] = weight
            }
            if let weight { chosen[token] = weight }
        }
        for phrase in phrases { mark(phrase, words, buffer, &chosen) }
        return chosen.keys.sorted().map { token in
            HighlightMatch(
                start: Int(buffer.startOffsets[token]), end: Int(buffer.endOffsets[token]),
                weight: chosen[token] ?? 1, term: String(decoding: words[token], as: UTF8.self))
        }.sorted { ($0.start, $0.end) < ($1.start, $1.end) }
    }

    /// Marks the words of each occurrence of a phrase.
    private func mark(_ phrase: Phrase, _ words: [[UInt8]], _ buffer: TokenBuffer, _ chosen: inout [Int: Float]) {
        var byPosition: [Int: [Int]] = [:]
        for token in words.indices { byPosition[Int(buffer.positions[token]), default: []].append(token) }
        func fits(_ token: Int, _ place: Int) -> Bool {
            if let prefix = phrase.prefix, place == phrase.places.count - 1 { return words[token].starts(with: prefix) }
            return phrase.places[place].terms.contains(words[token])
        }
        guard let first = phrase.places.first else { return }
        for token in words.indices where fits(token, 0) {
            let start = Int(buffer.positions[token]) - first.position
            var tokens = [token]
            for place in phrase.places.indices.dropFirst() {
                let wanted = start + phrase.places[place].position
                var found: Int?
                for distance in 0...phrase.slop where found == nil {
                    for position in distance == 0 ? [wanted] : [wanted + distance, wanted - distance] {
                        found = byPosition[position]?.first { fits($0, place) && !tokens.contains($0) }
                        if found != nil { break }
                    }
                }
                guard let found else { break }
                tokens.append(found)
            }
            if tokens.count == phrase.places.count {
                for token in tokens { chosen[token] = max(chosen[token] ?? 0, phrase.weight) }
            }
        }
    }
}
