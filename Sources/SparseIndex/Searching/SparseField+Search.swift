import CPostings
public import IndexFiles

extension SparseField {
    /// The best documents, exactly.
    ///
    /// - Parameters:
    ///   - query: features with positive weights; those that the segment does not have are passed over.
    ///   - boost: multiplies the weights, in float32.
    ///   - k: how many documents, at most.
    ///   - accepted: a bit a document, 64 a word, the lowest first: the documents that may be found (live, and matched by filters);
    ///     `nil`: all.
    ///   - minimumScore: documents that score less are not needed: what other segments have set.
    /// - Returns: by score descending, then by document.
    /// - Throws: ``IndexFiles/IndexFileError/corrupt(file:reason:)`` when postings are damaged.
    public func search(
        _ query: [WeightedFeature], boost: Float = 1, k: Int, accepted: [UInt64]? = nil, minimumScore: Float = 0
    ) throws(IndexFileError) -> [SparseHit] {
        precondition(accepted.map { $0.count * 64 >= documentCount } ?? true, "a bit for every document is needed")
        let terms = try QueryTerms(query, boost: boost, in: self)
        guard !terms.isEmpty, k > 0 else { return [] }
        let scratch = takeScratch()
        defer { giveBack(scratch) }
        var search = BlockSearch(
            terms, documentCount: documentCount, k: min(k, documentCount), accepted: padded(accepted),
            minimumScore: minimumScore, scratch: scratch)
        return search.run(k: min(k, documentCount))
    }

    /// How many documents have at least one of the features.
    ///
    /// - Parameters:
    ///   - accepted: as in ``search(_:boost:k:accepted:minimumScore:)``.
    ///   - limit: enough: a higher number may be any above it.
    public func count(
        _ query: [WeightedFeature], accepted: [UInt64]? = nil, limit: Int = .max
    ) throws(IndexFileError) -> Int {
        let terms = try QueryTerms(query, boost: 1, in: self)
        let most = terms.postings.map(\.count).max() ?? 0
        let hidden = accepted.map { documentCount - min(documentCount, $0.reduce(0) { $0 + $1.nonzeroBitCount }) } ?? 0
        if most == 0 { return 0 }
        if most - hidden > limit || hidden == 0 && terms.postings.count == 1 { return most - hidden }
        var documents = matches(terms)
        if let accepted {
            for word in 0..<min(documents.count, accepted.count) { documents[word] &= accepted[word] }
        }
        return documents.reduce(0) { $0 + $1.nonzeroBitCount }
    }

    /// The documents that have at least one of the features, a bit each.
    public func matches(_ query: [WeightedFeature]) throws(IndexFileError) -> [UInt64] {
        Array(matches(try QueryTerms(query, boost: 1, in: self))[..<((documentCount + 63) / 64)])
    }

    private func matches(_ terms: QueryTerms) -> [UInt64] {
        let words = SparseFile.words(documents: documentCount)
        var documents = [UInt64](repeating: 0, count: words * Int(CS_BLOCK))
        for term in terms.blocked { withUnsafePointer(to: term) { cs_mark($0, words, &documents) } }
        for list in terms.lists {
            for i in 0..<list.postings.count {
                documents[Int(list.documents[i] >> 6)] |= 1 << UInt64(list.documents[i] & 63)
            }
        }
        return documents
    }

    /// The scores of certain documents: 0 where none of the features is.
    ///
    /// For the second of two phases, and for explanations. Documents may come in any order.
    public func scores(
        of documents: [Int], _ query: [WeightedFeature], boost: Float = 1
    ) throws(IndexFileError) -> [Float] {
        let terms = try QueryTerms(query, boost: boost, in: self)
        let kernels = cs_kernels_best()!
        let places = UnsafeMutablePointer<cs_place>.allocate(capacity: max(1, terms.placeCount))
        defer { places.deallocate() }
        return withUnsafeTemporaryAllocation(of: Float.self, capacity: Int(CS_BLOCK)) { scores in
            documents.map { document in
                let count = terms.locate(UInt32(document >> 4), tags: .max, kernels, places)
                let has = kernels.pointee.score_block(places, count, 0, scores.baseAddress)
                return has >> UInt32(document & 15) & 1 == 0 ? 0 : scores[document & 15]
            }
        }
    }

    /// A word for every 64 blocks, so that blocks behind the last document have bits as well.
    func padded(_ accepted: [UInt64]?) -> [UInt64]? {
        guard var accepted else { return nil }
        let count = SparseFile.words(documents: documentCount) * Int(CS_BLOCK)
        if accepted.count < count { accepted += [UInt64](repeating: 0, count: count - accepted.count) }
        return accepted
    }
}
