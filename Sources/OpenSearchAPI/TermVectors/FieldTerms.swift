internal import JSON
internal import Mappings
internal import SearchIndex
internal import TextAnalysis

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// The terms of one field of one document, as its analyser makes them.
struct FieldTerms {
    /// An occurrence of a term.
    private struct Occurrence {
        let position: Int
        let start: Int
        let end: Int
    }

    private struct Term {
        let bytes: [UInt8]
        var occurrences: [Occurrence]
        var statistics = TermStatistics()
        var score: Double?
    }

    /// What is told of each occurrence.
    struct Detail {
        var hasPositions: Bool
        var hasOffsets: Bool
    }

    private let field: MappedField
    private var terms: [Term] = []

    /// Analyses the values of a field; nil if there are none.
    init?(_ field: MappedField, _ texts: [String], _ analyzer: Analyzer) throws(AnalysisError) {
        self.field = field
        var buffer = TokenBuffer()
        for text in texts { try analyzer.append(text, to: &buffer) }
        var places: [[UInt8]: Int] = [:]
        var start = 0
        for token in buffer.ends.indices {
            let end = Int(buffer.ends[token])
            let bytes = Array(buffer.bytes[start..<end])
            start = end
            let occurrence = Occurrence(
                position: Int(buffer.positions[token]), start: Int(buffer.startOffsets[token]),
                end: Int(buffer.endOffsets[token]))
            if let place = places[bytes] {
                terms[place].occurrences.append(occurrence)
            } else {
                places[bytes] = terms.count
                terms.append(Term(bytes: bytes, occurrences: [occurrence]))
            }
        }
        if terms.isEmpty { return nil }
        terms.sort { $0.bytes.lexicographicallyPrecedes($1.bytes) }
    }

    /// Looks up how often the terms occur in the index.
    mutating func count(in snapshot: IndexSnapshot) {
        for place in terms.indices { terms[place].statistics = snapshot.statistics(field.number, terms[place].bytes) }
    }

    /// Keeps the terms with the best scores among those that fit.
    ///
    /// The score is frequency times inverse document frequency, as Lucene's `ClassicSimilarity` has it.
    mutating func select(_ filter: TermVectorRequest.Filter, in snapshot: IndexSnapshot) {
        count(in: snapshot)
        let documents = Double(snapshot.statistics(field.number).documentCount)
        terms = terms.filter { term in
            term.statistics.documentFrequency > 0 && filter.termFrequency.contains(term.occurrences.count)
                && filter.documentFrequency.contains(term.statistics.documentFrequency)
                && filter.length.contains(String(decoding: term.bytes, as: UTF8.self).utf16.count)
        }
        for place in terms.indices {
            let frequency = Double(terms[place].statistics.documentFrequency)
            let idf = log((documents + 1) / (frequency + 1)) + 1
            terms[place].score = Double(terms[place].occurrences.count) * idf
        }
        if terms.count > filter.maximumTerms {
            let best = terms.sorted { ($0.score ?? 0) > ($1.score ?? 0) }.prefix(filter.maximumTerms)
            terms = best.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
        }
    }

    /// Writes the field's part of the answer.
    func write(
        to writer: inout JSONWriter, _ detail: Detail, fieldStatistics: FieldStatistics?, hasTermStatistics: Bool
    ) {
        writer.key(field.name)
        writer.beginObject()
        if let fieldStatistics {
            writer.key("field_statistics")
            writer.value(
                ShardStatistics.object([
                    "sum_doc_freq": fieldStatistics.sumDocumentFrequency, "doc_count": fieldStatistics.documentCount,
                    "sum_ttf": fieldStatistics.sumTotalTermFrequency,
                ]))
        }
        writer.key("terms")
        writer.beginObject()
        for term in terms { write(term, to: &writer, detail, hasTermStatistics) }
        writer.endObject()
        writer.endObject()
    }

    private func write(_ term: Term, to writer: inout JSONWriter, _ detail: Detail, _ hasStatistics: Bool) {
        writer.key(String(decoding: term.bytes, as: UTF8.self))
        writer.beginObject()
        if hasStatistics, term.statistics.documentFrequency > 0 {
            writer.key("doc_freq")
            writer.value(term.statistics.documentFrequency)
            writer.key("ttf")
            writer.value(term.statistics.totalTermFrequency)
        }
        writer.key("term_freq")
        writer.value(term.occurrences.count)
        if detail.hasPositions || detail.hasOffsets {
            writer.key("tokens")
            writer.beginArray()
            for occurrence in term.occurrences {
                writer.beginObject()
                if detail.hasPositions {
                    writer.key("position")
                    writer.value(occurrence.position)
                }
                if detail.hasOffsets {
                    writer.key("start_offset")
                    writer.value(occurrence.start)
                    writer.key("end_offset")
                    writer.value(occurrence.end)
                }
                writer.endObject()
            }
            writer.endArray()
        }
        if let score = term.score {
            writer.key("score")
            writer.value(score)
        }
        writer.endObject()
    }
}
