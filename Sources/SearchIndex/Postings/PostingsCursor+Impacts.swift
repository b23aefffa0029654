extension PostingsCursor {
    /// The last documents of all blocks, one after the other; `nil` for terms without whole blocks.
    var blockEnds: UnsafePointer<UInt32>? { lastDocuments }

    /// Where the impacts of each block begin within all, and their number; `nil` for terms without whole blocks.
    var impactStarts: UnsafePointer<UInt32>? { lastDocuments.map { $0 + 2 * blockCount } }

    /// All impacts of the term, checked.
    var allImpacts: UnsafeBufferPointer<UInt32> {
        guard let lastDocuments, let starts = impactStarts, starts[0] == 0 else {
            return UnsafeBufferPointer(start: nil, count: 0)
        }
        for block in 0..<blockCount where starts[block] > starts[block + 1] {
            data.report("impacts point outside of their term")
            return UnsafeBufferPointer(start: nil, count: 0)
        }
        let arrays = indexing == .positions ? 5 : 3
        return UnsafeBufferPointer(start: lastDocuments + arrays * blockCount + 1, count: Int(starts[blockCount]))
    }
}
