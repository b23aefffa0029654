/// All tokens of one text on their way through an analyser: records over an arena of UTF-8.
///
/// Filters work on the whole batch instead of pulling token by token: what needs to look ahead (synonyms, shingles, graphs) has
/// everything at hand, and the loops stay short. A batch is used again for text after text and keeps its memory.
struct TokenBatch: ~Copyable {
    /// UTF-8 of the tokens; text that a filter replaces stays as garbage until the end of the batch.
    var arena = Column<UInt8>(capacity: 4096)
    var tokens = Column<TokenRecord>(capacity: 512)
    /// A second column for filters that make a new list; swap the two when done.
    var spare = Column<TokenRecord>(capacity: 64)
    /// The UTF-16 length of the text; what ends the stream in Lucene's `end()`.
    var endOffset: Int32 = 0
    /// Positions left empty behind the last token, as by trailing stop words.
    var endPositionIncrement: Int32 = 0

    init() {}

    mutating func removeAll() {
        arena.reset()
        tokens.reset()
        spare.reset()
        endOffset = 0
        endPositionIncrement = 0
    }

    /// Appends a token whose bytes are copied into the arena.
    @inline(__always)
    mutating func append(
        _ text: UnsafePointer<UInt8>, length: Int, startOffset: Int, endOffset: Int, type: TokenType
    ) {
        let start = arena.count
        arena.append(text, length)
        tokens.append(
            TokenRecord(
                start: Int32(truncatingIfNeeded: start), length: Int32(truncatingIfNeeded: length),
                startOffset: Int32(truncatingIfNeeded: startOffset), endOffset: Int32(truncatingIfNeeded: endOffset),
                type: type))
    }

    /// The text of a token, for look-ups that are not hot.
    func text(_ token: TokenRecord) -> [UInt8] {
        Array(bytes(token))
    }

    /// The bytes of a token; valid until the arena grows.
    @inline(__always)
    func bytes(_ token: TokenRecord) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: arena.base + Int(token.start), count: Int(token.length))
    }

    /// Puts the bytes at the end of the arena and answers where.
    mutating func store(_ text: some Collection<UInt8>) -> (start: Int32, length: Int32) {
        let start = arena.count
        arena.reserve(text.count)
        for byte in text {
            arena[arena.count] = byte
            arena.count += 1
        }
        return (Int32(truncatingIfNeeded: start), Int32(truncatingIfNeeded: arena.count - start))
    }

    /// Gives a token a new text.
    mutating func replace(_ index: Int, with text: some Collection<UInt8>) {
        let (start, length) = store(text)
        tokens.base[index].start = start
        tokens.base[index].length = length
    }

    /// Keeps the tokens that a filter accepts; the positions of the others stay as gaps.
    @inline(__always)
    mutating func keep(where accepts: (UnsafeBufferPointer<UInt8>, TokenRecord) -> Bool) {
        let records = tokens.base
        var kept = 0
        var skipped: Int32 = 0
        for index in 0..<tokens.count {
            var token = records[index]
            if accepts(bytes(token), token) {
                token.positionIncrement += skipped
                skipped = 0
                records[kept] = token
                kept += 1
            } else {
                skipped += token.positionIncrement
            }
        }
        tokens.count = kept
        endPositionIncrement += skipped
    }

    /// Makes the spare column the tokens.
    mutating func useSpare() {
        swap(&tokens, &spare)
        spare.removeAll()
    }
}
