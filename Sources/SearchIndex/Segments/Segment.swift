public import SparseIndex
public import VectorIndex

/// An immutable part of an index, as one snapshot sees it.
///
/// Documents are numbered from 0 here; ``base`` makes numbers of the snapshot.
public struct Segment: Sendable {
    let core: SegmentCore
    /// What to add to a document of this segment to get that of the snapshot.
    public let base: Int
    /// The documents that are not deleted; `nil`: all.
    public let liveDocuments: DocumentSet?
    /// How many documents are not deleted.
    public let liveCount: Int
    /// The root documents that are not deleted: what a search may find; `nil`: all.
    public let searchableDocuments: DocumentSet?

    init(core: SegmentCore, base: Int, liveDocuments: DocumentSet?) {
        self.core = core
        self.base = base
        self.liveDocuments = liveDocuments
        liveCount = liveDocuments?.count ?? core.documentCount
        if var searchable = liveDocuments, let roots = core.roots {
            searchable.formIntersection(roots)
            searchableDocuments = searchable
        } else {
            searchableDocuments = liveDocuments ?? core.roots
        }
    }

    /// The name of the segment's file.
    public var name: String { core.name }

    /// The size of the segment's files: its own, and those of vectors and features.
    public var byteCount: Int { core.byteCount }

    /// How many documents there are, children and deleted ones included.
    public var documentCount: Int { core.documentCount }

    /// The root documents; `nil`: all (no nested children in this segment).
    public var roots: DocumentSet? { core.roots }

    /// Whether the document is not deleted.
    public func isLive(_ document: Int) -> Bool { liveDocuments?.contains(document) ?? true }

    /// What may be found of some documents; `nil`: all.
    func searchable(_ accepted: DocumentSet?) -> DocumentSet? {
        guard var both = accepted, let searchableDocuments else { return accepted ?? searchableDocuments }
        both.formIntersection(searchableDocuments)
        return both
    }

    /// The root of the block that a document is in.
    public func root(of document: Int) -> Int { core.roots?.next(from: document) ?? document }

    /// The fields that the segment knows, with their options.
    public var fields: [FieldNumber: FieldOptions] { core.fields }

    /// The terms of a field; `nil` when no document of the segment has one.
    public func terms(_ field: FieldNumber) -> TermDictionary? { core.dictionaries[field] }

    /// The postings of a term.
    public func postings(_ field: FieldNumber, _ term: [UInt8]) -> PostingsCursor? {
        guard let terms = terms(field), let entry = terms.seek(term) else { return nil }
        return terms.postings(entry)
    }

    /// The documents that were marked as having the field.
    public func existence(of field: FieldNumber) -> PostingsCursor? {
        postings(.existence, field.term)
    }

    /// The lengths of a field; `nil` when it has none in this segment.
    public func norms(_ field: FieldNumber) -> Norms? { core.norms[field] }

    /// The integers of a field; `nil` when it has none in this segment.
    public func integers(_ field: FieldNumber) -> IntegerColumn? { core.integers[field] }

    /// The byte strings of a field; `nil` when it has none in this segment.
    public func ordinals(_ field: FieldNumber) -> OrdinalColumn? { core.ordinals[field] }

    /// The vectors of a field; `nil` when no document of the segment has one.
    public func vectors(_ field: FieldNumber) -> VectorSegment? { core.companions[field]?.vectors }

    /// The features of a field; `nil` when no document of the segment has one.
    public func features(_ field: FieldNumber) -> SparseField? { core.companions[field]?.features }

    /// The sequence number of a document.
    public func seqNo(of document: Int) -> Int64 { core.seqNo(of: document) }

    /// The root document of a sequence number, deleted or not; `nil` when the segment does not have it.
    public func document(withSeqNo seqNo: Int64) -> Int? { core.document(withSeqNo: seqNo) }
}
