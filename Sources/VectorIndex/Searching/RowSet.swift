/// Rows that a search came by.
///
/// Copies share their memory: one at a time is used, and one frees it.
struct RowSet {
    private var words: UnsafeMutablePointer<UInt64>
    private var wordCount = 0
    private var allocated = 0

    init() { words = .allocate(capacity: 0) }

    func deallocate() { words.deallocate() }

    /// Empties the set.
    mutating func reset(rows: Int) {
        wordCount = (rows + 63) / 64
        if wordCount > allocated {
            words.deallocate()
            allocated = wordCount
            words = .allocate(capacity: allocated)
        }
        words.update(repeating: 0, count: wordCount)
    }

    /// Whether the row was not in the set, which it is now.
    @inline(__always)
    func insert(_ row: UInt32) -> Bool {
        let word = words + Int(row >> 6), bit = UInt64(1) << UInt64(row & 63)
        if word.pointee & bit != 0 { return false }
        word.pointee |= bit
        return true
    }
}
