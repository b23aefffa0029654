/// Walks over the documents of one segment that match a part of a query, ascending, and scores them.
///
/// Belongs to one thread.
///
/// Where ``needsConfirmation`` says so, ``next()`` and ``advance(to:)`` may stop at documents that do not match: then
/// ``matches()`` decides, asked at most once a document and before ``score()``. ``nextMatch()`` does both.
///
/// Pruning: ``advanceShallow(to:)`` tells up to which document ``maxScore(upTo:)`` is one bound; scorers that know nothing
/// keep the defaults (infinity). With ``raiseMinimum(to:)`` a scorer is free to leave out documents that score less.
open class Scorer {
    /// The document the scorer stands on: -1 before the first, ``noMoreDocuments`` behind the last.
    public final var document = -1

    /// A scorer before its first document.
    public init() {}

    /// About how many documents it walks over: conjunctions start with the cheapest.
    open var cost: Int { fatalError("a scorer must say its cost") }

    /// Whether ``matches()`` must be asked.
    open var needsConfirmation: Bool { false }

    /// Goes to the next document.
    @discardableResult
    open func next() -> Int { advance(to: document + 1) }

    /// Goes to the first document at or after the target, which must be after the current one.
    @discardableResult
    open func advance(to target: Int) -> Int { fatalError("a scorer must advance") }

    /// Whether the current document matches.
    open func matches() -> Bool { true }

    /// The score of the current document.
    open func score() -> Float { 0 }

    /// Prepares bounds from the target on, without moving: the last document that they hold for.
    open func advanceShallow(to target: Int) -> Int { noMoreDocuments }

    /// No document from the last shallow target (or the current document) up to and with the given one scores more.
    open func maxScore(upTo document: Int) -> Float { .infinity }

    /// Documents that score less than this are no longer needed.
    open func raiseMinimum(to score: Float) {}

    /// Hands all searchable documents with their scores to the collector, and tells it how far pruning may go.
    /// - Parameter segment: where the scorer was made for.
    open func collect(in segment: Segment, into collector: TopDocumentsCollector) {
        let searchable = segment.searchableDocuments
        var minimum = collector.minimumScore
        if minimum > 0 { raiseMinimum(to: minimum) }
        while next() != noMoreDocuments {
            if let searchable, !searchable.contains(document) { continue }
            if needsConfirmation, !matches() { continue }
            collector.collect(segment.base + document, score())
            if collector.minimumScore > minimum {
                minimum = collector.minimumScore
                raiseMinimum(to: minimum)
            }
        }
    }

    /// Goes to the next document that matches for certain.
    @discardableResult
    public final func nextMatch() -> Int {
        while next() != noMoreDocuments {
            if !needsConfirmation || matches() { break }
        }
        return document
    }

    /// Whether the target matches; goes there if it is ahead.
    public final func isMatch(at target: Int) -> Bool {
        if document < target { advance(to: target) }
        return document == target && (!needsConfirmation || matches())
    }
}
