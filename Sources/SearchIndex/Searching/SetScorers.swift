/// All documents of a segment, with one score.
public final class AllScorer: Scorer {
    private let count: Int
    private let value: Float

    /// - Parameter documentCount: how many documents the segment has.
    public init(documentCount: Int, score: Float = 1) {
        count = documentCount
        value = score
    }

    public override var cost: Int { count }

    public override func advance(to target: Int) -> Int {
        document = target < count ? target : noMoreDocuments
        return document
    }

    public override func score() -> Float { value }
    public override func maxScore(upTo document: Int) -> Float { value }
}

/// The documents of a set, with one score.
public final class SetScorer: Scorer {
    private let set: DocumentSet
    private let count: Int
    private let value: Float

    /// - Parameter count: the size of the set, where it is known.
    public init(_ set: DocumentSet, count: Int? = nil, score: Float = 0) {
        self.set = set
        self.count = count ?? set.count
        value = score
    }

    public override var cost: Int { count }

    public override func advance(to target: Int) -> Int {
        document = set.next(from: target)
        return document
    }

    public override func score() -> Float { value }
    public override func maxScore(upTo document: Int) -> Float { value }
}

/// Gives every document of another scorer the same score.
public final class ConstantScorer: Scorer {
    private let inner: Scorer
    private let value: Float

    /// A scorer for the documents of another.
    public init(_ inner: Scorer, score: Float) {
        self.inner = inner
        value = score
    }

    public override var cost: Int { inner.cost }
    public override var needsConfirmation: Bool { inner.needsConfirmation }
    public override func matches() -> Bool { inner.matches() }

    public override func next() -> Int {
        document = inner.next()
        return document
    }

    public override func advance(to target: Int) -> Int {
        document = inner.advance(to: target)
        return document
    }

    public override func score() -> Float { value }
    public override func maxScore(upTo document: Int) -> Float { value }
}
