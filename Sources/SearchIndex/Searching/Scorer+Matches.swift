extension Scorer {
    /// All documents of a segment that match, deleted ones included; the scorer is at its end then.
    public final func matches(in segment: Segment) -> DocumentSet {
        var set = DocumentSet(capacity: segment.documentCount)
        while nextMatch() != noMoreDocuments { set.insert(document) }
        return set
    }
}
