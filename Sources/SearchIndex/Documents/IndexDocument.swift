public import SparseIndex
public import TextAnalysis

/// A document on its way into an index: filled, given to ``IndexWriter/add(_:)``, emptied and filled again without allocating.
///
/// Nested objects come first: after the values of a child, ``endChild()``; the values that follow the last child are those of
/// the document itself. All documents of such a block carry one `seq_no`, live and die together, and lie side by side,
/// the root last.
public struct IndexDocument: Sendable {
    enum Kind: UInt8, Sendable {
        case tokens, term, integer, bytes, vector, feature, exists, childEnd
    }

    struct Entry: Sendable {
        var kind: Kind
        var field: FieldNumber
        /// The first token, the first byte in ``bytes``, or the first number in ``numbers``.
        var first: Int32 = 0
        /// How many tokens, bytes or numbers.
        var count: Int32 = 0
        /// The value of an integer, the frequency of a term, the position gap of tokens, the bits of a feature's weight.
        var value: Int64 = 0
    }

    private(set) var entries: [Entry] = []
    /// The values of vectors.
    private(set) var numbers: [Float] = []
    /// The bytes of terms, byte values and features.
    private(set) var bytes: [UInt8] = []
    /// The bytes of all tokens, and where each ends.
    private(set) var tokenBytes: [UInt8] = []
    private(set) var tokenEnds: [Int32] = []
    private(set) var tokenPositions: [Int32] = []

    /// The length of the longest term or byte value so far: above ``termLimit``, the writer refuses the document.
    public private(set) var longestTerm = 0

    /// The longest term in bytes that an index takes, as in Lucene.
    public static let termLimit = 32_766

    /// The document's sequence number: its key in the index.
    public var seqNo: Int64 = 0

    /// An empty document.
    public init() {}

    /// Removes all values and keeps the memory.
    public mutating func removeAll() {
        entries.removeAll(keepingCapacity: true)
        numbers.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
        tokenBytes.removeAll(keepingCapacity: true)
        tokenEnds.removeAll(keepingCapacity: true)
        tokenPositions.removeAll(keepingCapacity: true)
        longestTerm = 0
    }

    /// Adds one analysed value of a field.
    ///
    /// The positions of a further value of the same field go on after a gap, as Lucene's.
    ///
    /// - Parameters:
    ///   - gap: `position_increment_gap`: how far the first token of a next value is from the last one of this.
    public mutating func add(_ field: FieldNumber, tokens: TokenBuffer, gap: Int = 100) {
        let base = Int32(truncatingIfNeeded: tokenBytes.count)
        entries.append(
            Entry(
                kind: .tokens, field: field, first: Int32(truncatingIfNeeded: tokenEnds.count),
                count: Int32(truncatingIfNeeded: tokens.count), value: Int64(gap)))
        tokenBytes.append(contentsOf: tokens.bytes)
        tokenPositions.append(contentsOf: tokens.positions)
        var start: Int32 = 0
        for end in tokens.ends {
            longestTerm = max(longestTerm, Int(end &- start))
            start = end
        }
        if base == 0 {
            tokenEnds.append(contentsOf: tokens.ends)
        } else {
            for end in tokens.ends { tokenEnds.append(end &+ base) }
        }
    }

    /// Adds one exact term, with the frequency it shall have (learned weights come as frequencies).
    ///
    /// It has no position and does not count in the length of the field beyond its frequency.
    public mutating func add(_ field: FieldNumber, term: [UInt8], frequency: UInt32 = 1) {
        append(.term, field, of: term.count, value: Int64(frequency))
        bytes.append(contentsOf: term)
    }

    /// Adds one exact term.
    public mutating func add(_ field: FieldNumber, term: String, frequency: UInt32 = 1) {
        var term = term
        term.withUTF8 {
            append(.term, field, of: $0.count, value: Int64(frequency))
            bytes.append(contentsOf: $0)
        }
    }

    /// Adds one number to the field's values by document (``FieldOptions/Values/integers``).
    public mutating func add(_ field: FieldNumber, integer: Int64) {
        entries.append(Entry(kind: .integer, field: field, value: integer))
    }

    /// Adds one byte string to the field's values by document (``FieldOptions/Values/ordinals``).
    public mutating func add(_ field: FieldNumber, value: [UInt8]) {
        append(.bytes, field, of: value.count)
        bytes.append(contentsOf: value)
    }

    /// Adds one string to the field's values by document (``FieldOptions/Values/ordinals``).
    public mutating func add(_ field: FieldNumber, value: String) {
        var value = value
        value.withUTF8 {
            append(.bytes, field, of: $0.count)
            bytes.append(contentsOf: $0)
        }
    }

    /// Adds one exact term.
    public mutating func add(_ field: FieldNumber, term: UnsafeBufferPointer<UInt8>, frequency: UInt32 = 1) {
        append(.term, field, of: term.count, value: Int64(frequency))
        bytes.append(contentsOf: term)
    }

    /// Adds one byte string to the field's values by document (``FieldOptions/Values/ordinals``).
    public mutating func add(_ field: FieldNumber, value: UnsafeBufferPointer<UInt8>) {
        append(.bytes, field, of: value.count)
        bytes.append(contentsOf: value)
    }

    /// Adds one byte string both as an exact term and to the field's values by document.
    public mutating func add(_ field: FieldNumber, termAndValue: UnsafeBufferPointer<UInt8>) {
        append(.term, field, of: termAndValue.count, value: 1)
        append(.bytes, field, of: termAndValue.count)
        bytes.append(contentsOf: termAndValue)
    }

    /// Adds the vector of a field (``Companion/vectors(_:)``).
    ///
    /// A document, and each nested child, has at most one; the mapping checks it before (`VectorField.checkDocument`).
    public mutating func add(_ field: FieldNumber, vector: [Float]) {
        entries.append(
            Entry(
                kind: .vector, field: field, first: Int32(truncatingIfNeeded: numbers.count),
                count: Int32(truncatingIfNeeded: vector.count)))
        numbers.append(contentsOf: vector)
    }

    /// Adds a feature with its weight (``Companion/features(_:)``).
    ///
    /// A document, and each nested child, has a feature at most once; the mapping checks the weight before (`FeatureWeight`).
    public mutating func add(_ field: FieldNumber, feature: FeatureKey, weight: Float) {
        append(.feature, field, of: feature.bytes.count, value: Int64(weight.bitPattern))
        bytes.append(contentsOf: feature.bytes)
    }

    /// Adds a feature by the bytes of its key (``SparseIndex/FeatureKey/bytes``).
    public mutating func add(_ field: FieldNumber, feature: UnsafeBufferPointer<UInt8>, weight: Float) {
        append(.feature, field, of: feature.count, value: Int64(weight.bitPattern))
        bytes.append(contentsOf: feature)
    }

    /// Marks the field as existing in the document: what an `exists` query finds.
    ///
    /// The field needs no definition.
    public mutating func add(exists field: FieldNumber) {
        entries.append(Entry(kind: .exists, field: field))
    }

    /// Ends a nested child: what was added since the child before belongs to it.
    public mutating func endChild() {
        entries.append(Entry(kind: .childEnd, field: 0))
    }

    private mutating func append(_ kind: Kind, _ field: FieldNumber, of count: Int, value: Int64 = 0) {
        longestTerm = max(longestTerm, count)
        entries.append(
            Entry(
                kind: kind, field: field, first: Int32(truncatingIfNeeded: bytes.count),
                count: Int32(truncatingIfNeeded: count), value: value))
    }
}
