/// The tokens of one text: parallel arrays over one arena of UTF-8, filled again and again without allocating.
///
/// Positions and offsets are Lucene's: a position counts from 0 and may repeat (synonyms) or leave gaps (stop words); offsets count
/// UTF-16 code units of the text as it was given, before any character filter.
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
    }

    /// The bytes of a token within ``bytes``.
    public func range(of token: Int) -> Range<Int> {
        (token == 0 ? 0 : Int(ends[token - 1]))..<Int(ends[token])
    }

    /// The text of a token.
    public func text(of token: Int) -> String {
        String(decoding: bytes[range(of: token)], as: UTF8.self)
    }
}
