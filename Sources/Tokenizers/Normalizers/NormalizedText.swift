/// A piece of text under normalisation: its UTF-8 bytes and, for every byte, the range of the original text that the
/// byte stands for.
///
/// The rules by which ranges follow a rewriting are those of `NormalizedString` in Hugging Face `tokenizers`, because
/// token offsets are compared with that library: an inserted scalar takes the range of the byte before it, a replaced
/// or kept scalar keeps its own, a removed one takes its range away.
package struct NormalizedText: Sendable {
    /// The text as it is now: valid UTF-8.
    package private(set) var bytes: [UInt8] = []
    /// For each byte, where its original begins (bytes of the whole original text).
    package private(set) var starts: [Int32] = []
    /// For each byte, where its original ends.
    package private(set) var ends: [Int32] = []
    /// Where this piece lies in the whole original text.
    package private(set) var origin: Range<Int> = 0..<0

    /// Why a step could not do its work; the first failure stays until the text starts over.
    var failure: TokenizerError?

    private var newBytes: [UInt8] = []
    private var newStarts: [Int32] = []
    private var newEnds: [Int32] = []
    /// The read position of the rewriting under way.
    private var cursor = 0

    package init() {}

    package var isEmpty: Bool { bytes.isEmpty }

    /// Starts over with a piece of an original text that begins at byte `offset` of it.
    package mutating func load(_ piece: UnsafeBufferPointer<UInt8>, at offset: Int) {
        failure = nil
        bytes.removeAll(keepingCapacity: true)
        starts.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        bytes.append(contentsOf: piece)
        origin = offset..<(offset + piece.count)
        var index = 0
        while index < piece.count {
            let length = min(UTF8Scalar.length(lead: piece[index]), piece.count - index)
            let start = Int32(truncatingIfNeeded: offset + index)
            let end = start + Int32(length)
            for _ in 0..<length {
                starts.append(start)
                ends.append(end)
            }
            index += length
        }
    }

    /// Starts over with a stretch of another text and its alignment.
    mutating func load(
        bytes: ArraySlice<UInt8>, starts: ArraySlice<Int32>, ends: ArraySlice<Int32>, origin: Range<Int>
    ) {
        failure = nil
        self.bytes.removeAll(keepingCapacity: true)
        self.starts.removeAll(keepingCapacity: true)
        self.ends.removeAll(keepingCapacity: true)
        self.bytes.append(contentsOf: bytes)
        self.starts.append(contentsOf: starts)
        self.ends.append(contentsOf: ends)
        self.origin = origin
    }

    // MARK: Rewriting

    // A rewriting reads the text from its start and says for each scalar what becomes of it:
    //
    //     text.beginRewriting()
    //     while let scalar = text.nextScalar { text.keep() / text.replace(with:) / text.insert(_:) / text.remove() }
    //     text.endRewriting()

    /// Starts a rewriting at the first scalar.
    package mutating func beginRewriting() {
        newBytes.removeAll(keepingCapacity: true)
        newStarts.removeAll(keepingCapacity: true)
        newEnds.removeAll(keepingCapacity: true)
        cursor = 0
    }

    /// The byte that the rewriting has come to.
    package var position: Int { cursor }

    /// The scalar that the rewriting has come to; nil at the end.
    package var nextScalar: UInt32? {
        cursor < bytes.count ? UTF8Scalar.decode(bytes, at: cursor).scalar : nil
    }

    /// Takes the next scalar over unchanged.
    package mutating func keep() {
        let length = min(UTF8Scalar.length(lead: bytes[cursor]), bytes.count - cursor)
        for index in cursor..<(cursor + length) {
            newBytes.append(bytes[index])
            newStarts.append(starts[index])
            newEnds.append(ends[index])
        }
        cursor += length
    }

    /// Drops the next scalar.
    package mutating func remove() {
        cursor += min(UTF8Scalar.length(lead: bytes[cursor]), bytes.count - cursor)
    }

    /// Puts `scalar` in place of the next one; it takes that one's range.
    package mutating func replace(with scalar: UInt32) {
        let start = starts[cursor]
        let end = ends[cursor]
        cursor += min(UTF8Scalar.length(lead: bytes[cursor]), bytes.count - cursor)
        append(scalar, start, end)
    }

    /// Adds `scalar` before the next one; it takes the range of the byte before that, even if that byte was removed.
    package mutating func insert(_ scalar: UInt32) {
        let anchor = cursor - 1
        if anchor < 0 {
            let here = Int32(truncatingIfNeeded: origin.lowerBound)
            append(scalar, here, here)
        } else {
            append(scalar, starts[anchor], ends[anchor])
        }
    }

    /// Puts `scalar` where the rewriting has come to.
    ///
    /// A positive `change` inserts it; 0 puts it in place of the next scalar; -n in place of the next scalar and the n
    /// after it.
    package mutating func transform(_ scalar: UInt32, change: Int) {
        if change > 0 {
            insert(scalar)
        } else if cursor < bytes.count {
            replace(with: scalar)
            for _ in 0..<(-change) where cursor < bytes.count { remove() }
        } else {
            // Reordered marks can ask for more scalars than there are.
            insert(scalar)
        }
    }

    /// Makes the result of the rewriting the text.
    package mutating func endRewriting() {
        swap(&bytes, &newBytes)
        swap(&starts, &newStarts)
        swap(&ends, &newEnds)
    }

    private mutating func append(_ scalar: UInt32, _ start: Int32, _ end: Int32) {
        let before = newBytes.count
        UTF8Scalar.append(scalar, to: &newBytes)
        for _ in before..<newBytes.count {
            newStarts.append(start)
            newEnds.append(end)
        }
    }
}
