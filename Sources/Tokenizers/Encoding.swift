/// The tokens of one text or of one pair of texts, as parallel arrays: entry `i` of each array is about token `i`.
///
/// The fields and their values are those of an `Encoding` of Hugging Face `tokenizers`, without padding: the encoders
/// of this package never pad.
public struct Encoding: Sendable, Hashable {
    /// The vocabulary ids.
    public var ids: [Int32] = []
    /// The segment ids that the post-processor assigned (for BERT: 0 for the first text, 1 for the second).
    public var typeIDs: [Int32] = []
    /// Where each token lies in its original text, in Unicode scalars, as Hugging Face's Python interface counts.
    ///
    /// Special tokens that the post-processor added have the empty range at 0.
    public var characterOffsets: [Range<Int>] = []
    /// Where each token lies in its original text, in UTF-8 bytes.
    public var byteOffsets: [Range<Int>] = []
    /// True for tokens that the post-processor added.
    public var specialTokensMask: [Bool] = []
    /// Which text a token comes from, 0 or 1; -1 for tokens that the post-processor added.
    public var sequenceIDs: [Int8] = []
    /// The index of the pre-token (word) inside its text that a token comes from; -1 for tokens without one.
    public var wordIDs: [Int32] = []
    /// The pieces that truncation cut off, each with special tokens of its own; empty without truncation.
    public var overflowing: [Encoding] = []
    /// Whether truncation cut anything off.
    public var isTruncated = false

    /// An encoding without tokens.
    public init() {}

    /// The number of tokens, special tokens included.
    public var count: Int { ids.count }

    mutating func reserveCapacity(_ count: Int) {
        ids.reserveCapacity(count)
        typeIDs.reserveCapacity(count)
        characterOffsets.reserveCapacity(count)
        byteOffsets.reserveCapacity(count)
        specialTokensMask.reserveCapacity(count)
        sequenceIDs.reserveCapacity(count)
        wordIDs.reserveCapacity(count)
    }

    mutating func appendSpecial(_ id: Int32, typeID: Int32) {
        ids.append(id)
        typeIDs.append(typeID)
        characterOffsets.append(0..<0)
        byteOffsets.append(0..<0)
        specialTokensMask.append(true)
        sequenceIDs.append(-1)
        wordIDs.append(-1)
    }
}
