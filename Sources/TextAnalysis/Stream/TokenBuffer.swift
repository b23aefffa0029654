/// The tokens of one text: parallel arrays over one arena of UTF-8, filled again and again without allocating.
///
/// Positions and offsets are Lucene's: a position counts from 0 and may repeat (synonyms) or leave gaps (stop words); offsets count
/// UTF-16 code units of the text as it was given, before any character filter.
///
/// A buffer also keeps the working memory of the analysis. So analysers are immutable and shared by all threads, and each thread has a
/// buffer of its own, which it uses for text after text. (A copy is independent; it gets working memory of its own when used.)
public struct TokenBuffer: Sendable {
    /// The UTF-8 of all tokens, back to back.
    public private(set) var bytes: [UInt8] = []
    /// Where each token ends in ``bytes``; it begins where the one before ends.
    public private(set) var ends: [Int32] = []
    /// The position of each token.
    public private(set) var positions: [Int32] = []
    /// The first UTF-16 code unit of each token in the original text.
    public private(set) var startOffsets: [Int32] = []
    /// Behind the last UTF-16 code unit of each token in the original text.
    public private(set) var endOffsets: [Int32] = []
    /// The position behind the last token and the gaps that follow it (trailing stop words); 0 before the first text.
    public private(set) var endPosition: Int32 = 0
    /// Behind the last UTF-16 code unit of the text or texts that were analysed.
    public private(set) var endOffset: Int32 = 0

    /// Whether no text has been analysed since the last ``removeAll()``.
    private(set) var isFresh = true
    private var scratch: AnalysisScratch?

    /// No tokens.
    public init() {}

    /// How many tokens there are.
    public var count: Int { ends.count }

    /// Removes all tokens and keeps the memory.
    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        positions.removeAll(keepingCapacity: true)
        startOffsets.removeAll(keepingCapacity: true)
        endOffsets.removeAll(keepingCapacity: true)
        endPosition = 0
        endOffset = 0
        isFresh = true
    }

    /// Adds a token.
    public mutating func append(
        _ text: some Collection<UInt8>, position: Int32, startOffset: Int32, endOffset: Int32
    ) {
        bytes.append(contentsOf: text)
        ends.append(Int32(truncatingIfNeeded: bytes.count))
        positions.append(position)
        startOffsets.append(startOffset)
        endOffsets.append(endOffset)
        endPosition = max(endPosition, position + 1)
        self.endOffset = max(self.endOffset, endOffset)
    }

    /// The bytes of a token within ``bytes``.
    public func range(of token: Int) -> Range<Int> {
        (token == 0 ? 0 : Int(ends[token - 1]))..<Int(ends[token])
    }

    /// The text of a token.
    public func text(of token: Int) -> String {
        String(decoding: bytes[range(of: token)], as: UTF8.self)
    }

    /// The working memory, which belongs to this buffer alone.
    mutating func exclusiveScratch() -> AnalysisScratch {
        if isKnownUniquelyReferenced(&scratch), let scratch { return scratch }
        let made = AnalysisScratch()
        scratch = made
        return made
    }

    /// Adds the tokens of a batch: positions count on from `endPosition + positionGap`, offsets from `offsetBase`.
    mutating func append(_ batch: borrowing TokenBatch, positionGap: Int32, offsetBase: Int32) {
        let added = batch.tokens.count
        let first = ends.count
        let records = batch.tokens.base
        var total = 0
        for index in 0..<added { total += Int(records[index].length) }
        let firstByte = bytes.count
        Self.extend(&bytes, by: total)
        Self.extend(&ends, by: added)
        Self.extend(&positions, by: added)
        Self.extend(&startOffsets, by: added)
        Self.extend(&endOffsets, by: added)
        let arena = UnsafePointer(batch.arena.base)
        bytes.withUnsafeMutableBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return }
            var write = firstByte
            let wordEnd = bytes.count - 16
            for index in 0..<added {
                let length = Int(records[index].length)
                let source = arena + Int(records[index].start)
                if length <= 16, write <= wordEnd {
                    // The arena has slack behind it; what is written too much is overwritten by the next token.
                    UnsafeMutableRawPointer(base + write).storeBytes(
                        of: UnsafeRawPointer(source).loadUnaligned(as: SIMD16<UInt8>.self), as: SIMD16<UInt8>.self)
                } else {
                    (base + write).update(from: source, count: length)
                }
                write += length
            }
        }
        ends.withUnsafeMutableBufferPointer { ends in
            var end = Int32(truncatingIfNeeded: firstByte)
            for index in 0..<added {
                end &+= records[index].length
                ends[first + index] = end
            }
        }
        var position = endPosition &- 1 &+ positionGap
        positions.withUnsafeMutableBufferPointer { positions in
            for index in 0..<added {
                position &+= records[index].positionIncrement
                positions[first + index] = position
            }
        }
        startOffsets.withUnsafeMutableBufferPointer { offsets in
            for index in 0..<added { offsets[first + index] = records[index].startOffset &+ offsetBase }
        }
        endOffsets.withUnsafeMutableBufferPointer { offsets in
            for index in 0..<added { offsets[first + index] = records[index].endOffset &+ offsetBase }
        }
        isFresh = false
        endPosition = position &+ 1 &+ batch.endPositionIncrement
        endOffset = offsetBase + batch.endOffset
    }

    @inline(__always)
    private static func extend<Element: FixedWidthInteger>(_ array: inout [Element], by count: Int) {
        array.append(contentsOf: repeatElement(0, count: count))
    }
}
