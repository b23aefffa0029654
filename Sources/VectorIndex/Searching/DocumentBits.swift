/// The documents of a segment that a search may find: those of a filter, without the deleted ones.
public struct DocumentBits: Sendable {
    /// One bit a document, the lowest bit of the first word first.
    public let words: [UInt64]
    /// How many there are.
    public let count: Int

    /// - Parameters:
    ///   - words: bits behind the segment's last document must be 0.
    ///   - count: of bits; counted unless given.
    public init(words: [UInt64], count: Int? = nil) {
        self.words = words
        self.count = count ?? words.reduce(0) { $0 + $1.nonzeroBitCount }
    }
}
