/// A set of documents of one segment: one bit a document.
public struct DocumentSet: Sendable, Equatable {
    /// How many documents the segment has: members are below.
    public let capacity: Int
    /// A bit a document, the lowest of the first word first; bits at and above ``capacity`` are 0.
    public private(set) var words: [UInt64]

    /// A set without members, or with all.
    public init(capacity: Int, full: Bool = false) {
        self.capacity = capacity
        words = [UInt64](repeating: full ? .max : 0, count: (capacity + 63) / 64)
        if full, capacity % 64 != 0 { words[words.count - 1] = (1 << UInt64(capacity % 64)) &- 1 }
    }

    init(capacity: Int, words: [UInt64]) {
        self.capacity = capacity
        self.words = words
    }

    /// Whether the document is in the set.
    public func contains(_ document: Int) -> Bool {
        words[document >> 6] >> UInt64(truncatingIfNeeded: document & 63) & 1 != 0
    }

    /// Adds a document.
    public mutating func insert(_ document: Int) {
        words[document >> 6] |= 1 << UInt64(truncatingIfNeeded: document & 63)
    }

    /// Removes a document.
    public mutating func remove(_ document: Int) {
        words[document >> 6] &= ~(1 << UInt64(truncatingIfNeeded: document & 63))
    }

    /// How many members there are.
    ///
    /// Linear.
    public var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// The first member at or after a document, or ``noMoreDocuments``.
    public func next(from document: Int) -> Int {
        guard document < capacity else { return noMoreDocuments }
        var word = document >> 6
        let first = words[word] & (.max << UInt64(truncatingIfNeeded: document & 63))
        if first != 0 { return word << 6 | first.trailingZeroBitCount }
        word += 1
        while word < words.count {
            if words[word] != 0 { return word << 6 | words[word].trailingZeroBitCount }
            word += 1
        }
        return noMoreDocuments
    }

    /// The last member at or before a document, or -1.
    public func previous(from document: Int) -> Int {
        guard document >= 0 else { return -1 }
        var word = document >> 6
        let first = words[word] & (.max >> UInt64(truncatingIfNeeded: 63 - document & 63))
        if first != 0 { return word << 6 | (63 - first.leadingZeroBitCount) }
        while word > 0 {
            word -= 1
            if words[word] != 0 { return word << 6 | (63 - words[word].leadingZeroBitCount) }
        }
        return -1
    }

    /// Keeps only what is in both.
    public mutating func formIntersection(_ other: DocumentSet) {
        for i in 0..<Swift.min(words.count, other.words.count) { words[i] &= other.words[i] }
    }

    /// Adds what is in the other.
    public mutating func formUnion(_ other: DocumentSet) {
        for i in 0..<Swift.min(words.count, other.words.count) { words[i] |= other.words[i] }
    }

    /// Removes what is in the other.
    public mutating func subtract(_ other: DocumentSet) {
        for i in 0..<Swift.min(words.count, other.words.count) { words[i] &= ~other.words[i] }
    }
}

/// What an iterator over documents says behind its last one.
public let noMoreDocuments = Int(Int32.max)
