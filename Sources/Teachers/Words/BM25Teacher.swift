import SearchIndex
import TextAnalysis

/// Words as teacher: BM25 as Lucene computes it, with the statistics of a collection.
///
/// Documents that are asked about need not be in the collection. A pair without a word in common has 0; a document of the collection
/// has the score that a search in an index of the collection gives it.
public struct BM25Teacher: Teacher {
    /// `bm25`, the analyser and the size of the collection.
    public let name: String
    private let analyzer: Analyzer
    private let bm25: BM25
    private let statistics: FieldStatistics
    private let documentFrequencies: [[UInt8]: Int]

    /// Counts the words of a collection.
    ///
    /// - Parameters:
    ///   - documents: the texts of the collection.
    ///   - analyzer: the name of a built-in analyser: `standard`, `english` and so on.
    ///   - k1: how quickly a term's frequency saturates.
    ///   - b: how much the length counts.
    /// - Throws: ``TeacherError/Code/badRequest`` for an analyser that does not exist, and without a document.
    /// - Complexity: Time linear in the size of the texts, memory in the number of different terms.
    public init(
        documents: some Sequence<String>, analyzer: String = "standard", k1: Float = 1.2, b: Float = 0.75
    ) throws(TeacherError) {
        guard let found = AnalysisRegistry.builtIn.analyzer(named: analyzer) else {
            throw TeacherError(
                .badRequest, "there is no analyzer '\(analyzer)'",
                advice: "Use standard, english or another built-in one"
            )
        }
        var tokens = TokenBuffer()
        var frequencies: [[UInt8]: Int] = [:]
        var statistics = FieldStatistics()
        var count = 0
        for document in documents {
            count += 1
            let text = try Self.terms(document, found, &tokens)
            // As in an index, a document without a term has no field.
            guard text.length > 0 else { continue }
            statistics.documentCount += 1
            statistics.sumDocumentFrequency += text.terms.count
            statistics.sumTotalTermFrequency += text.counts.reduce(0, +)
            for term in text.terms { frequencies[term, default: 0] += 1 }
        }
        guard count > 0 else {
            throw TeacherError(
                .badRequest, "BM25 has no documents to count words in", advice: "Give the documents of the collection")
        }
        self.analyzer = found
        bm25 = BM25(k1: k1, b: b)
        self.statistics = statistics
        documentFrequencies = frequencies
        name = "bm25 (\(analyzer), \(count) documents)"
    }

    /// The scores: from 0 up.
    ///
    /// A text that occurs in several pairs of a call is analysed once.
    public func scores(_ pairs: [(query: String, document: String)]) throws(TeacherError) -> [Float] {
        let texts = DistinctPairTexts(pairs)
        var tokens = TokenBuffer()
        var documents: [(norm: UInt8, counts: [[UInt8]: Int])] = []
        for document in texts.documents {
            let terms = try Self.terms(document, analyzer, &tokens)
            documents.append(
                (
                    FieldLength.encode(terms.length),
                    Dictionary(uniqueKeysWithValues: zip(terms.terms, terms.counts))
                ))
        }
        var queries: [[(term: [UInt8], weight: TermWeight)]] = []
        for query in texts.queries {
            let terms = try Self.terms(query, analyzer, &tokens)
            // A term that no document of the collection has would weigh the most; a search does not see it.
            queries.append(
                zip(terms.terms, terms.counts).compactMap { term, count in
                    documentFrequencies[term].map { frequency in
                        (
                            term,
                            bm25.weight(
                                TermStatistics(documentFrequency: frequency, totalTermFrequency: frequency),
                                boost: Float(count), statistics: statistics)
                        )
                    }
                })
        }
        return texts.pairs.map { pair in
            let document = documents[pair.document]
            var sum = 0.0
            for (term, weight) in queries[pair.query] {
                guard let count = document.counts[term] else { continue }
                sum += Double(weight.score(frequency: Float(count), norm: document.norm))
            }
            return Float(sum)
        }
    }

    private static func terms(
        _ text: String, _ analyzer: Analyzer, _ tokens: inout TokenBuffer
    ) throws(TeacherError) -> TextTerms {
        do throws(AnalysisError) {
            return try TextTerms(text, analyzer, &tokens)
        } catch {
            throw TeacherError(
                .badRequest, "the text '\(excerpt(text))' cannot be analysed: \(error)", advice: "Correct the text")
        }
    }
}
