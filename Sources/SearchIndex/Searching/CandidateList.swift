import CPostings

/// All documents of one or more rare terms, ascending, each with the sum of its scores.
struct CandidateList {
    /// How many are looked up at once.
    static let batchSize = 256

    private let documents: [UInt32]
    private let sums: [Double]

    /// How many documents there are.
    var count: Int { documents.count }

    /// - Parameter clauses: rare terms, at least one.
    init(_ clauses: TermClause...) { self.init(clauses) }

    init(_ clauses: [TermClause]) {
        let order = clauses.sorted { $0.materialCount < $1.materialCount }
        var documents = Array(UnsafeBufferPointer(start: order[0].material, count: order[0].materialCount))
        var sums = UnsafeBufferPointer(start: order[0].materialScores, count: order[0].materialCount).map { Double($0) }
        for clause in order.dropFirst() {
            let room = documents.count + clause.materialCount
            var count = 0
            var mergedSums: [Double] = []
            let merged = [UInt32](unsafeUninitializedCapacity: room) { target, initialized in
                mergedSums = [Double](unsafeUninitializedCapacity: room) { targetSums, initializedSums in
                    count = cp_merge(
                        documents.count, documents, sums, clause.materialCount, clause.material, clause.materialScores,
                        target.baseAddress, targetSums.baseAddress)
                    initializedSums = count
                }
                initialized = count
            }
            documents = merged
            sums = mergedSums
        }
        self.documents = documents
        self.sums = sums
    }

    /// A sum that about `times * k` documents reach; `nil` where there are not many more than those.
    func cut(_ times: Int, k: Int) -> Float? {
        guard k <= ScoreHeap.largest, count > 2 * times * k else { return nil }
        var heap = ScoreHeap(k: times * k)
        for sum in sums { heap.insert(Float(sum)) }
        return heap.threshold
    }

    /// Fills the batch with the next documents that reach a sum together with `rest`.
    ///
    /// False behind the last.
    func fill(_ batch: CandidateBatch, from next: inout Int, reaching needed: Float, with rest: Double) -> Bool {
        batch.count = 0
        var at = next
        documents.withUnsafeBufferPointer { documents in
            sums.withUnsafeBufferPointer { sums in
                while at < documents.count, batch.count < batch.capacity {
                    batch.documents[batch.count] = documents[at]
                    batch.sums[batch.count] = sums[at]
                    if Float(sums[at] + rest) >= needed { batch.count &+= 1 }
                    at &+= 1
                }
            }
        }
        next = at
        return batch.count > 0
    }
}
