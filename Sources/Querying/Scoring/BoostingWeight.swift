import SearchIndex

/// Demotes documents that match a second weight.
final class BoostingWeight: Weight {
    private let positive: Weight
    private let negative: Weight
    private let factor: Float
    private let name: String

    init(_ positive: Weight, negative: Weight, factor: Float, name: String) {
        self.name = name
        self.positive = positive
        self.negative = negative
        self.factor = factor
    }

    override func scorer(_ segment: Segment) throws -> Scorer? {
        guard let scorer = try positive.scorer(segment) else { return nil }
        guard let demoted = try negative.scorer(segment) else { return scorer }
        return DemotingScorer(scorer, demoted, factor)
    }

    override func explain(_ segment: Segment, _ document: Int) throws -> Explanation {
        let inner = try positive.explain(segment, document)
        guard inner.isMatch else { return inner }
        if try negative.score(segment, document) == nil {
            return Explanation(inner.value, "weight(\(name)), result of:", [inner])
        }
        let product = Explanation(
            inner.value * factor, "product of:", [inner, Explanation(factor, "negative boost")])
        return Explanation(product.value, "weight(\(name)), result of:", [product])
    }
}

private final class DemotingScorer: Scorer {
    private let inner: Scorer
    private let demoted: Scorer
    private let factor: Float
    private var asked = -1
    private var isDemoted = false

    init(_ inner: Scorer, _ demoted: Scorer, _ factor: Float) {
        self.inner = inner
        self.demoted = demoted
        self.factor = factor
    }

    override var cost: Int { inner.cost }
    override var needsConfirmation: Bool { inner.needsConfirmation }
    override func matches() -> Bool { inner.matches() }

    override func next() -> Int {
        document = inner.next()
        return document
    }

    override func advance(to target: Int) -> Int {
        document = inner.advance(to: target)
        return document
    }

    override func score() -> Float {
        if asked != document {
            isDemoted = demoted.isMatch(at: document)
            asked = document
        }
        return isDemoted ? inner.score() * factor : inner.score()
    }
}

/// At least so many of several, as a field of the document says.
final class CoverageWeight: Weight {
    private let parts: [Weight]
    private let field: FieldNumber

    init(_ parts: [Weight], field: FieldNumber) {
        self.parts = parts
        self.field = field
    }

    override func scorer(_ segment: Segment) throws -> Scorer? {
        guard let column = segment.integers(field) else { return nil }
        let scorers = try parts.compactMap { try $0.scorer(segment) }
        return scorers.isEmpty ? nil : CoverageScorer(scorers, column)
    }
}

private final class CoverageScorer: Scorer {
    private let scorers: [Scorer]
    private let column: IntegerColumn
    private var matching: [Scorer] = []

    init(_ scorers: [Scorer], _ column: IntegerColumn) {
        self.scorers = scorers
        self.column = column
    }

    override var cost: Int { scorers.reduce(0) { $0 + $1.cost } }
    override var needsConfirmation: Bool { true }

    override func advance(to target: Int) -> Int {
        var nearest = noMoreDocuments
        for scorer in scorers {
            nearest = min(nearest, scorer.document >= target ? scorer.document : scorer.advance(to: target))
        }
        document = nearest
        return nearest
    }

    override func matches() -> Bool {
        guard let needed = column.first(of: document) else { return false }
        matching = scorers.filter { $0.document == document && (!$0.needsConfirmation || $0.matches()) }
        return matching.count >= max(1, Int(needed))
    }

    override func score() -> Float { Float(matching.reduce(0.0) { $0 + Double($1.score()) }) }
}
