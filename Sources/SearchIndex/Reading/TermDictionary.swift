/// The terms of one field in one segment, sorted by bytes.
public final class TermDictionary: Sendable {
    /// What is counted over the whole field.
    public let statistics: FieldStatistics
    /// What the field's postings hold.
    public let indexing: FieldOptions.Indexing
    let terms: [[UInt8]]
    let lists: [PostingsList]

    init(statistics: FieldStatistics, indexing: FieldOptions.Indexing, terms: [[UInt8]], lists: [PostingsList]) {
        self.statistics = statistics
        self.indexing = indexing
        self.terms = terms
        self.lists = lists
    }

    /// How many terms there are.
    public var count: Int { terms.count }

    /// Finds a term.
    public func seek(_ term: [UInt8]) -> TermEntry? {
        let at = lowerBound(term)
        guard at < terms.count, terms[at] == term else { return nil }
        return entry(at)
    }

    /// Walks over the terms.
    public func cursor() -> TermCursor { TermCursor(self) }

    /// The postings of a term.
    public func postings(_ entry: TermEntry) -> PostingsCursor { PostingsCursor(lists[entry.index]) }

    func entry(_ index: Int) -> TermEntry {
        let list = lists[index]
        return TermEntry(
            statistics: TermStatistics(
                documentFrequency: list.documents.count, totalTermFrequency: list.totalTermFrequency),
            index: index)
    }

    func lowerBound(_ term: [UInt8]) -> Int {
        var low = 0, high = terms.count
        while low < high {
            let middle = (low + high) / 2
            if terms[middle].lexicographicallyPrecedes(term) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// Where a term's postings are, and how many.
public struct TermEntry: Sendable {
    /// How often the term occurs in the segment.
    public let statistics: TermStatistics
    let index: Int
}

/// A walk over a field's terms in the order of their bytes.
public struct TermCursor {
    private let dictionary: TermDictionary
    private var at = -1

    init(_ dictionary: TermDictionary) { self.dictionary = dictionary }

    /// Goes to the next term (the first, to begin with). False at the end.
    public mutating func next() -> Bool {
        at += 1
        return at < dictionary.count
    }

    /// Goes to the first term that is not before the given one. False when there is none.
    public mutating func seek(atLeast term: [UInt8]) -> Bool {
        at = dictionary.lowerBound(term)
        return at < dictionary.count
    }

    /// The term that the cursor stands on.
    public var term: [UInt8] { dictionary.terms[at] }

    /// Reads the term without copying it.
    public func withTerm<R>(_ body: (UnsafeBufferPointer<UInt8>) throws -> R) rethrows -> R {
        try dictionary.terms[at].withUnsafeBufferPointer(body)
    }

    /// The postings of the term that the cursor stands on.
    public var entry: TermEntry { dictionary.entry(at) }
}
