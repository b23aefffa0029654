/// A text on its way into words: normalised bytes with their alignment, and the pieces that they are cut into so far.
///
/// Steps that only cut produce new ranges over the same bytes; steps that rewrite append new bytes. All buffers are
/// reused from text to text.
package struct PreTokenizedText: Sendable {
    /// A piece of the text.
    struct Piece: Sendable, Hashable {
        /// The first byte in `bytes`.
        var start: Int
        /// The byte after the last one.
        var end: Int
        /// Where the piece begins in the original text.
        var origin: Int
        /// The id of the added token that the piece is; -1 for text that is still to be cut.
        var token: Int32
    }

    private(set) var bytes: [UInt8] = []
    private(set) var starts: [Int32] = []
    private(set) var ends: [Int32] = []
    private(set) var pieces: [Piece] = []

    /// Why a step could not do its work; the first failure stays until the next text.
    private(set) var failure: TokenizerError?

    private var oldPieces: [Piece] = []
    private var matches: [PatternMatch] = []
    private var work = NormalizedText()

    package init() {}

    mutating func removeAll() {
        failure = nil
        bytes.removeAll(keepingCapacity: true)
        starts.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        pieces.removeAll(keepingCapacity: true)
    }

    /// Appends the bytes of a text and returns where they begin.
    mutating func append(_ text: borrowing NormalizedText) -> Int {
        let start = bytes.count
        bytes.append(contentsOf: text.bytes)
        starts.append(contentsOf: text.starts)
        ends.append(contentsOf: text.ends)
        return start
    }

    /// Appends a piece, unless it is empty.
    mutating func appendPiece(start: Int, end: Int, origin: Int, token: Int32 = -1) {
        if start < end { pieces.append(Piece(start: start, end: end, origin: origin, token: token)) }
    }

    /// The range of the original text that `bytes` of a piece stand for.
    @inline(__always)
    func range(of bytes: Range<Int>, in piece: Piece) -> (start: Int32, end: Int32) {
        if bytes.isEmpty {
            let position = Int32(truncatingIfNeeded: piece.origin + bytes.lowerBound)
            return (position, position)
        }
        return (starts[piece.start + bytes.lowerBound], ends[piece.start + bytes.upperBound - 1])
    }

    // MARK: Steps

    /// Cuts all pieces that are not added tokens at the matches of a pattern.
    mutating func split(at pattern: MatchPattern, _ behavior: SplitBehavior, inverted: Bool = false) {
        swap(&pieces, &oldPieces)
        pieces.removeAll(keepingCapacity: true)
        for piece in oldPieces {
            if piece.token >= 0 {
                pieces.append(piece)
                continue
            }
            matches.removeAll(keepingCapacity: true)
            do {
                try pattern.findMatches(in: bytes[piece.start..<piece.end], into: &matches)
            } catch {
                failure = failure ?? error
                return
            }
            if inverted { for index in matches.indices { matches[index].isMatch.toggle() } }
            behavior.forEachRange(of: matches) { start, end in
                let first = piece.start + start
                appendPiece(start: first, end: piece.start + end, origin: Int(starts[first]))
            }
        }
    }

    /// Rewrites all pieces that are not added tokens.
    mutating func rewrite(_ body: (_ text: inout NormalizedText) -> Void) {
        for index in pieces.indices where pieces[index].token < 0 {
            let piece = pieces[index]
            let range = piece.start..<piece.end
            let origin = piece.origin..<max(piece.origin, Int(ends[piece.end - 1]))
            work.load(bytes: bytes[range], starts: starts[range], ends: ends[range], origin: origin)
            body(&work)
            let start = append(work)
            pieces[index].start = start
            pieces[index].end = bytes.count
        }
    }

    /// Writes each byte of the pieces that are not added tokens as the scalar that stands for it.
    mutating func mapBytes() {
        for index in pieces.indices where pieces[index].token < 0 {
            let piece = pieces[index]
            let start = bytes.count
            var position = piece.start
            while position < piece.end {
                let byte = bytes[position]
                let alignment = (starts[position], ends[position])
                let scalar = ByteLevelAlphabet.scalar(of: byte)
                UTF8Scalar.append(scalar, to: &bytes)
                for _ in 0..<UTF8Scalar.length(of: scalar) {
                    starts.append(alignment.0)
                    ends.append(alignment.1)
                }
                position += 1
            }
            pieces[index].start = start
            pieces[index].end = bytes.count
        }
    }

    /// Cuts all pieces that are not added tokens into runs of `length` scalars.
    mutating func split(every length: Int) {
        swap(&pieces, &oldPieces)
        pieces.removeAll(keepingCapacity: true)
        for piece in oldPieces {
            if piece.token >= 0 {
                pieces.append(piece)
                continue
            }
            var start = piece.start
            var position = piece.start
            var count = 0
            while position < piece.end {
                position += UTF8Scalar.length(lead: bytes[position])
                count += 1
                if count == length || position >= piece.end {
                    appendPiece(start: start, end: position, origin: Int(starts[start]))
                    (start, count) = (position, 0)
                }
            }
        }
    }
}
