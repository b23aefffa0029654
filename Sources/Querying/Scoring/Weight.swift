import SearchIndex

/// A plan with the statistics of one snapshot: makes scorers for its segments.
///
/// Belongs to one thread.
class Weight {
    /// The scorer of a segment; `nil` when nothing in it matches.
    func scorer(_ segment: Segment) throws -> Scorer? { nil }

    /// All documents of a segment that match, deleted ones included.
    final func matches(in segment: Segment) throws -> DocumentSet {
        try scorer(segment)?.matches(in: segment) ?? DocumentSet(capacity: segment.documentCount)
    }

    /// Why a document of a segment has its score.
    func explain(_ segment: Segment, _ document: Int) throws -> Explanation {
        if let scorer = try scorer(segment), scorer.isMatch(at: document) {
            return Explanation(scorer.score(), "score of the clause")
        }
        return .noMatch("no matching clause")
    }

    /// Whether a document of a segment matches, and its score.
    func score(_ segment: Segment, _ document: Int) throws -> Float? {
        guard let scorer = try scorer(segment), scorer.isMatch(at: document) else { return nil }
        return scorer.score()
    }
}

/// Nothing.
final class NoneWeight: Weight {
    let reason: String
    init(reason: String = "MatchNoDocsQuery(\"\") doesn't match") { self.reason = reason }
    override func explain(_ segment: Segment, _ document: Int) throws -> Explanation { .noMatch(reason) }
}

/// Every document.
final class AllWeight: Weight {
    let boost: Float
    init(boost: Float) { self.boost = boost }

    override func scorer(_ segment: Segment) throws -> Scorer? {
        AllScorer(documentCount: segment.documentCount, score: boost)
    }

    override func explain(_ segment: Segment, _ document: Int) throws -> Explanation {
        Explanation(boost, boost == 1 ? "*:*" : "*:*^\(boost)")
    }
}

/// One score for all that another weight matches.
final class ConstantWeight: Weight {
    let inner: Weight
    let value: Float
    let name: String

    init(_ inner: Weight, score: Float, name: String) {
        self.inner = inner
        value = score
        self.name = name
    }

    override func scorer(_ segment: Segment) throws -> Scorer? {
        guard let scorer = try inner.scorer(segment) else { return nil }
        return ConstantScorer(scorer, score: value)
    }

    override func explain(_ segment: Segment, _ document: Int) throws -> Explanation {
        guard try inner.score(segment, document) != nil else {
            return .noMatch("ConstantScore(\(name)) doesn't match id \(document)")
        }
        return Explanation(value, value == 1 ? "ConstantScore(\(name))" : "ConstantScore(\(name))^\(value)")
    }
}

/// The documents of a set that is found segment by segment, with one score.
final class SetWeight: Weight {
    let value: Float
    let name: String
    private let make: (Segment) throws -> Scorer?

    init(score: Float, name: String, _ make: @escaping (Segment) throws -> Scorer?) {
        value = score
        self.name = name
        self.make = make
    }

    override func scorer(_ segment: Segment) throws -> Scorer? {
        guard let scorer = try make(segment) else { return nil }
        return ConstantScorer(scorer, score: value)
    }

    override func explain(_ segment: Segment, _ document: Int) throws -> Explanation {
        guard let scorer = try make(segment), scorer.isMatch(at: document) else {
            return .noMatch("\(name) doesn't match id \(document)")
        }
        return Explanation(value, value == 1 ? name : "\(name)^\(value)")
    }
}
