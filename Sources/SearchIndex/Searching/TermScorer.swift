/// Scores the documents of one term.
public final class TermScorer: Scorer {
    let postings: PostingsCursor
    let weight: TermWeight
    let norms: Norms?

    /// - Parameter norms: the lengths of the term's field; `nil`: all documents score as if of length 1.
    public init(_ postings: PostingsCursor, weight: TermWeight, norms: Norms?) {
        self.postings = postings
        self.weight = weight
        self.norms = norms
    }

    public override var cost: Int { postings.count }

    public override func next() -> Int {
        document = postings.next()
        return document
    }

    public override func advance(to target: Int) -> Int {
        document = postings.advance(to: target)
        return document
    }

    /// How often the term occurs in the current document.
    public var frequency: Int { postings.frequency }

    public override func score() -> Float {
        weight.score(frequency: Float(postings.frequency), norm: norms?[document] ?? 1)
    }

    public override func maxScore(upTo document: Int) -> Float { weight.bound }

    public override func collect(in segment: Segment, into collector: TopDocumentsCollector) {
        PrunedSearch([self], .any, in: segment, accepted: nil, into: collector).run()
    }
}
