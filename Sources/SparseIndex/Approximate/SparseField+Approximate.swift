public import IndexFiles

extension SparseField {
    /// Filters that leave less than this share of the documents are searched exactly: clusters have few of them.
    private static let filterShare = 0.1

    /// Good documents, fast: found through clusters, scored exactly.
    ///
    /// Hits have the scores of ``search(_:boost:k:accepted:minimumScore:)``; some of its hits may be missing. Without an approximate
    /// index, and where a filter leaves few documents, the search is exact.
    ///
    /// - Parameters: as those of the exact search.
    public func searchApproximately(
        _ query: [WeightedFeature], boost: Float = 1, k: Int, options: SeismicSearchOptions = SeismicSearchOptions(),
        accepted: [UInt64]? = nil
    ) throws(IndexFileError) -> [SparseHit] {
        guard let seismic, isWide(accepted) else {
            return try search(query, boost: boost, k: k, accepted: accepted)
        }
        var terms: [SeismicIndex.Term] = []
        for feature in query where feature.weight > 0 {
            if let number = try find(feature.key) {
                terms.append(
                    SeismicIndex.Term(
                        number: number, weight: min(feature.weight, .greatestFiniteMagnitude),
                        highest: try postings(of: number).highest))
            }
        }
        guard !terms.isEmpty, k > 0 else { return [] }
        let scratch = takeScratch()
        defer { giveBack(scratch) }
        // A fifth more, at least two, as weights of 8 bits confuse the last places.
        let wanted = min(k, documentCount)
        let documents = seismic.search(
            terms, k: min(wanted + max(2, wanted / 5), documentCount), options: options, accepted: accepted,
            scratch: scratch)
        let scores = try scores(of: documents, query, boost: boost)
        var best = BestDocuments(k: min(wanted, documents.count))
        for (document, score) in zip(documents, scores) { best.insert(UInt32(document), score) }
        return best.sorted()
    }

    private func isWide(_ accepted: [UInt64]?) -> Bool {
        guard let accepted else { return true }
        let count = accepted.reduce(0) { $0 + $1.nonzeroBitCount }
        return Double(count) >= Self.filterShare * Double(documentCount)
    }
}
