/// The postings of one term while they stand in memory.
final class PostingsList: Sendable {
    let documents: [Int32]
    let frequencies: [Int32]
    let positionStarts: [Int32]
    let positions: [Int32]
    let totalTermFrequency: Int

    init(documents: [Int32], frequencies: [Int32], positionStarts: [Int32], positions: [Int32]) {
        self.documents = documents
        self.frequencies = frequencies
        self.positionStarts = positionStarts
        self.positions = positions
        totalTermFrequency = frequencies.reduce(0) { $0 + Int($1) }
    }
}

/// A walk over the documents of one term, ascending. Belongs to one thread.
public final class PostingsCursor {
    private let list: PostingsList
    private var at = -1
    private var positionAt = 0
    /// The document the cursor stands on: -1 before the first, ``noMoreDocuments`` behind the last.
    public private(set) var document = -1

    init(_ list: PostingsList) { self.list = list }

    /// How many documents have the term; deleted ones count.
    public var count: Int { list.documents.count }

    /// How often the term occurs in the current document; 1 where frequencies are not kept.
    public var frequency: Int { Int(list.frequencies[at]) }

    /// Goes to the next document.
    @discardableResult
    public func next() -> Int {
        at += 1
        positionAt = 0
        document = at < list.documents.count ? Int(list.documents[at]) : noMoreDocuments
        return document
    }

    /// Goes to the first document at or after the target, which must be after the current one.
    @discardableResult
    public func advance(to target: Int) -> Int {
        var low = at + 1, high = list.documents.count
        while low < high {
            let middle = (low + high) / 2
            if Int(list.documents[middle]) < target { low = middle + 1 } else { high = middle }
        }
        at = low - 1
        return next()
    }

    /// The next position of the term in the current document; at most ``frequency`` calls a document.
    /// Only of fields that keep positions.
    public func nextPosition() -> Int {
        let position = list.positions[Int(list.positionStarts[at]) + positionAt]
        positionAt += 1
        return Int(position)
    }
}
