import JSON
import Mappings
import SearchIndex
import TextAnalysis

/// Finds words that are spelt alike in one index, as Lucene's `DirectSpellChecker` does.
///
/// Belongs to one thread.
struct TermSuggester {
    let planner: QueryPlanner
    let statistics: SnapshotStatistics

    init(_ planner: QueryPlanner) {
        self.planner = planner
        statistics = SnapshotStatistics(planner.view.snapshot)
    }

    /// An entry for each word of the text.
    ///
    /// - Throws: ``SearchError`` if the field is not mapped or the analyser is not known.
    func entries(_ suggestion: TermSuggestion) throws -> [SuggestionEntry] {
        guard let field = planner.mapping.field(suggestion.field) else {
            throw SearchError.illegalArgument("no mapping found for field [\(suggestion.field)]").during(.query)
        }
        var buffer = TokenBuffer()
        if let analyzer = try planner.analyzer(field, override: suggestion.analyzer) {
            do { try analyzer.analyze(suggestion.text, into: &buffer) } catch {
                throw SearchError.illegalArgument("\(error)").during(.query)
            }
        } else {
            let text = try planner.normalized(field, suggestion.text)
            buffer.append(
                Array(text.utf8), position: 0, startOffset: 0, endOffset: Int32(suggestion.text.utf16.count))
        }
        return try (0..<buffer.count).map { token in
            let start = Int(buffer.startOffsets[token])
            return SuggestionEntry(
                text: buffer.text(of: token), offset: start, length: Int(buffer.endOffsets[token]) - start,
                options: try options(Array(buffer.bytes[buffer.range(of: token)]), field.number, suggestion))
        }
    }

    private func options(
        _ word: [UInt8], _ field: FieldNumber, _ suggestion: TermSuggestion
    ) throws -> [SuggestionEntry.Option] {
        let length = Self.length(word)
        if length < suggestion.minWordLength { return [] }
        let documents = Float(planner.view.snapshot.documentCount)
        var frequency = statistics.term(field, word).documentFrequency
        if suggestion.mode == .missing, frequency > 0 { return [] }
        let most = suggestion.maxTermFrequency
        if most >= 1 ? frequency > Int(most) : frequency > Int((most * documents).rounded(.up)) { return [] }
        if suggestion.mode != .popular { frequency = 0 }
        let least = suggestion.minDocumentFrequency
        if least >= 1 {
            frequency = max(frequency, Int(least))
        } else if least > 0 {
            frequency = max(frequency, Int(least * documents) - 1)
        }
        let size = suggestion.shardSize ?? max(suggestion.size, 5)
        let inspections = size * suggestion.maxInspections
        func search(_ edits: Int) throws -> [SuggestionEntry.Option] {
            try candidates(word, field, suggestion, edits: edits, inspections: inspections, above: frequency)
        }
        var found = try search(1)
        if suggestion.maxEdits > 1, found.count < inspections {
            let known = Set(found.map(\.text))
            found += try search(suggestion.maxEdits).filter { !known.contains($0.text) }
        }
        found.sort(by: suggestion.order.precedes)
        return Array(found.prefix(size))
    }

    /// The words nearest in spelling, of those in more documents than a number.
    private func candidates(
        _ word: [UInt8], _ field: FieldNumber, _ suggestion: TermSuggestion, edits: Int, inspections: Int,
        above frequency: Int
    ) throws -> [SuggestionEntry.Option] {
        let text = String(decoding: word, as: UTF8.self)
        let length = Self.length(word)
        let pattern = TermPattern.fuzzy(
            text, edits: edits, prefixLength: max(suggestion.prefixLength, edits - 1), transpositions: true)
        var distances: [[UInt8]: Int] = [:]
        for segment in planner.view.snapshot.segments {
            guard let terms = segment.terms(field) else { continue }
            try pattern.forEach(in: terms) { term, edits, _ in
                if term != word { distances[term] = edits }
                return true
            }
        }
        // The nearest are kept, of equally near ones those that come first in the dictionary.
        var kept: [SuggestionEntry.Option] = []
        for (term, edits) in distances.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            let likeness = edits == 0 ? 1 : 1 - Float(edits) / Float(min(Self.length(term), length))
            if kept.count >= inspections, let last = kept.last, likeness <= last.score { continue }
            let documents = statistics.term(field, term).documentFrequency
            if documents <= frequency { continue }
            let candidate = String(decoding: term, as: UTF8.self)
            let score = suggestion.distance.likeness(text, candidate) ?? likeness
            if score < suggestion.accuracy { continue }
            let place = kept.firstIndex { $0.score < score } ?? kept.count
            kept.insert(.init(text: candidate, score: score, frequency: documents), at: place)
            if kept.count > inspections { kept.removeLast() }
        }
        return kept
    }

    private static func length(_ word: [UInt8]) -> Int { word.reduce(0) { $0 + ($1 & 0xC0 != 0x80 ? 1 : 0) } }
}
