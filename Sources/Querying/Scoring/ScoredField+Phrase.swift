import SearchIndex

extension ScoredField {
    /// What scores a phrase: the statistics of the field, how many documents have each term, and a weight as of one term whose idf is their sum.
    ///
    /// Terms that do not occur add nothing, as in Lucene.
    ///
    /// - Throws: ``SearchError`` if the field has no positions.
    func phrase(
        of terms: [[UInt8]], boost: Float, snapshot: SnapshotStatistics
    ) throws -> (FieldStatistics, frequencies: [Int], TermWeight) {
        guard hasPositions else {
            throw SearchError(
                type: "illegal_state_exception",
                reason: "field:[\(name)] was indexed without position data; cannot run PhraseQuery"
            ).during(.query)
        }
        let statistics = snapshot.field(number)
        let frequencies = terms.map { snapshot.term(number, $0).documentFrequency }.filter { $0 > 0 }
        switch similarity {
        case .bm25(let bm25):
            let idf = frequencies.reduce(0.0) {
                $0 + Double(BM25.idf(documentFrequency: $1, documentCount: statistics.documentCount))
            }
            return (
                statistics, frequencies, bm25.weight(idf: Float(idf), boost: boost, statistics: statistics)
            )
        case .boolean: return (statistics, frequencies, TermWeight(.constant(boost)))
        }
    }
}
