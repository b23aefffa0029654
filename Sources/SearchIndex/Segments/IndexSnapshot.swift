import IndexFiles

/// An index at one moment: immutable, shared by any number of threads, valid as long as it is held.
public final class IndexSnapshot: Sendable {
    /// The segments, in the order of their documents.
    public let segments: [Segment]
    /// Counts snapshots of one writer: a later one has a higher number.
    public let generation: Int
    /// How many documents the segments hold, children and deleted ones included.
    ///
    /// Documents of the snapshot are below.
    public let documentCount: Int
    /// How many root documents are not deleted.
    public let liveRootCount: Int

    init(segments: [Segment], generation: Int) {
        self.segments = segments
        self.generation = generation
        documentCount = segments.reduce(0) { $0 + $1.documentCount }
        liveRootCount = segments.reduce(0) { $0 + ($1.searchableDocuments?.count ?? $1.documentCount) }
    }

    /// What readers found to be damaged since the segments were opened; `nil`: nothing.
    ///
    /// Reading goes on as if a damaged list ended there: a search is complete only if this is `nil` after it.
    public var damage: IndexError? {
        for segment in segments {
            if let damage = segment.core.damage { return IndexError(damage) }
        }
        return nil
    }

    /// Reads all files and checks their checksums.
    ///
    /// - Throws: ``IndexError/corrupt(file:reason:)`` for the first that differs.
    public func verify() throws(IndexError) {
        for segment in segments {
            try IndexError.converting { () throws(IndexFileError) in try segment.core.verify() }
        }
    }

    /// The segment of a document, by its place in ``segments``, and the document's number there.
    ///
    /// Logarithmic.
    public func locate(_ document: Int) -> (segment: Int, document: Int) {
        var low = 0, high = segments.count
        while low + 1 < high {
            let middle = (low + high) / 2
            if segments[middle].base <= document { low = middle } else { high = middle }
        }
        return (low, document - segments[low].base)
    }

    /// The counts of a field.
    public func statistics(_ field: FieldNumber) -> FieldStatistics {
        segments.reduce(into: FieldStatistics()) { sum, segment in
            if let terms = segment.terms(field) { sum += terms.statistics }
        }
    }

    /// The counts of a term.
    public func statistics(_ field: FieldNumber, _ term: [UInt8]) -> TermStatistics {
        segments.reduce(into: TermStatistics()) { sum, segment in
            if let entry = segment.terms(field)?.seek(term) { sum += entry.statistics }
        }
    }
}
