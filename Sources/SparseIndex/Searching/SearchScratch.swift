import CPostings

/// The memory of one search; kept for the next one, as asking the system for it costs more than the search.
final class SearchScratch: @unchecked Sendable {
    let words: Int
    /// The bound of each block.
    let bounds: UnsafeMutablePointer<UInt16>
    /// The highest bound of each word.
    let maxima: UnsafeMutablePointer<UInt16>
    /// For each block, which lists of postings reach it: bit (list mod 8).
    let lists: UnsafeMutablePointer<UInt8>
    /// Blocks to score, and the same in order.
    let candidates: UnsafeMutablePointer<UInt32>
    let ordered: UnsafeMutablePointer<UInt32>
    /// A bit a document: seen by an approximate search.
    let visited: UnsafeMutablePointer<UInt64>
    /// The factors of an approximate search, by short number.
    let factors: UnsafeMutablePointer<UInt16>

    init(documentCount: Int) {
        words = SparseFile.words(documents: documentCount)
        let blocks = max(1, words) * Int(CS_WORD)
        bounds = .allocate(capacity: blocks)
        maxima = .allocate(capacity: max(1, words))
        lists = .allocate(capacity: blocks)
        candidates = .allocate(capacity: blocks)
        ordered = .allocate(capacity: blocks)
        visited = .allocate(capacity: max(1, words) * Int(CS_BLOCK))
        visited.initialize(repeating: 0, count: max(1, words) * Int(CS_BLOCK))
        factors = .allocate(capacity: 1 << 16 + 2)
        factors.initialize(repeating: 0, count: 1 << 16 + 2)
    }

    deinit {
        bounds.deallocate()
        maxima.deallocate()
        lists.deallocate()
        candidates.deallocate()
        ordered.deallocate()
        visited.deallocate()
        factors.deallocate()
    }
}
