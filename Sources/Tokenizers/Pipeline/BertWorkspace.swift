/// The buffers of ``BertScanner``: the word under construction, the tokens so far, and the words seen lately.
///
/// A word is either a stretch of the text, byte for byte up to lower-casing, and then `start` says where; or `isMapped`,
/// and then `starts` and `ends` hold the alignment of every byte.
struct BertWorkspace: ~Copyable {
    /// The normalised bytes of the word.
    ///
    /// At least 24 bytes may be read, whatever the count.
    var word = GrowingBuffer<UInt8>(capacity: 256)
    /// Where the word starts in the text.
    var start = 0
    /// Whether the alignment is kept byte by byte.
    private(set) var isMapped = false
    private var starts = GrowingBuffer<Int32>(capacity: 256)
    private var ends = GrowingBuffer<Int32>(capacity: 256)
    /// The tokens of all words so far.
    var tokens = GrowingBuffer<RowToken>(capacity: 1024)
    /// The number of words so far.
    var wordIndex: Int32 = 0
    /// The tokens of the current word, if it had to be cut.
    var pieces: [SubwordPiece] = []
    let cache = WordCache()

    /// Notes the alignment of the byte that is appended next.
    @inline(__always)
    mutating func align(_ first: Int, _ last: Int) {
        if !isMapped { map() }
        starts.append(Int32(truncatingIfNeeded: first))
        ends.append(Int32(truncatingIfNeeded: last))
    }

    private mutating func map() {
        isMapped = true
        for index in 0..<word.count {
            starts.append(Int32(truncatingIfNeeded: start + index))
            ends.append(Int32(truncatingIfNeeded: start + index + 1))
        }
    }

    /// Appends a token that covers bytes `first..<last` of the word.
    @inline(__always)
    mutating func appendToken(_ id: Int32, _ first: Int, _ last: Int) {
        if isMapped {
            tokens.append(RowToken(id: id, start: starts[first], end: ends[last - 1], word: wordIndex))
        } else {
            let (from, to) = (Int32(truncatingIfNeeded: start + first), Int32(truncatingIfNeeded: start + last))
            tokens.append(RowToken(id: id, start: from, end: to, word: wordIndex))
        }
    }

    mutating func appendPieces() {
        for piece in pieces { appendToken(piece.id, Int(piece.start), Int(piece.end)) }
    }

    /// Starts the next word.
    @inline(__always)
    mutating func endWord() {
        wordIndex += 1
        word.removeAll()
        if isMapped {
            isMapped = false
            starts.removeAll()
            ends.removeAll()
        }
    }

    /// Starts the next text.
    mutating func reset() {
        tokens.removeAll()
        word.removeAll()
        starts.removeAll()
        ends.removeAll()
        isMapped = false
        wordIndex = 0
    }
}
