import SearchIndex

/// Documents of which some nested object matches.
final class NestedWeight: Weight {
    private let inner: Weight
    private let children: Weight
    private let parents: (Segment) throws -> DocumentSet
    private let mode: NestedQuery.ScoreMode

    /// - Parameters:
    ///   - inner: the query on the objects.
    ///   - children: all objects of the path.
    ///   - parents: the documents that hold them.
    init(
        _ inner: Weight, children: Weight, mode: NestedQuery.ScoreMode,
        parents: @escaping (Segment) throws -> DocumentSet
    ) {
        self.inner = inner
        self.children = children
        self.parents = parents
        self.mode = mode
    }

    /// The matching objects of a segment.
    func childScorer(_ segment: Segment) throws -> Scorer? {
        guard segment.roots != nil, let objects = try children.scorer(segment), let scorer = try inner.scorer(segment)
        else { return nil }
        return ConjunctionScorer([scorer], filters: [objects])
    }

    override func scorer(_ segment: Segment) throws -> Scorer? {
        guard let child = try childScorer(segment) else { return nil }
        return ParentScorer(child, parents: try parents(segment), live: segment.liveDocuments, mode: mode)
    }

    override func explain(_ segment: Segment, _ document: Int) throws -> Explanation {
        guard let scorer = try scorer(segment) as? ParentScorer, scorer.isMatch(at: document) else {
            return .noMatch("Not a match")
        }
        let value = scorer.score()
        return Explanation(
            value, "Score based on \(scorer.matchingChildren) child docs in range, using score mode \(mode.rawValue)")
    }
}

/// Goes from nested objects, which lie before their document, to the documents.
final class ParentScorer: Scorer {
    private let child: Scorer
    private let parents: DocumentSet
    private let mode: NestedQuery.ScoreMode
    private(set) var matchingChildren = 0
    private var scored = -1
    private var value: Float = 0

    init(_ child: Scorer, parents: DocumentSet, live: DocumentSet?, mode: NestedQuery.ScoreMode) {
        self.child = child
        self.parents = parents
        self.mode = mode
    }

    override var cost: Int { child.cost }

    override func advance(to target: Int) -> Int {
        // The first object that belongs to a parent at or after the target.
        let first = target == 0 ? 0 : parents.previous(from: target - 1) + 1
        if child.document < first {
            child.advance(to: first)
            confirm()
        }
        document = child.document == noMoreDocuments ? noMoreDocuments : parents.next(from: child.document + 1)
        return document
    }

    private func confirm() {
        while child.document != noMoreDocuments, child.needsConfirmation, !child.matches() { child.next() }
    }

    override func score() -> Float {
        // Scoring walks over the objects, so that it happens once a document.
        if scored != document {
            value = combine()
            scored = document
        }
        return value
    }

    private func combine() -> Float {
        var sum = 0.0
        var low = Float.infinity
        var high = -Float.infinity
        matchingChildren = 0
        while child.document < document {
            matchingChildren += 1
            if mode != .none {
                let score = child.score()
                sum += Double(score)
                low = min(low, score)
                high = max(high, score)
            }
            child.nextMatch()
        }
        switch mode {
        case .none: return 0
        case .sum: return Float(sum)
        case .avg: return Float(sum / Double(max(1, matchingChildren)))
        case .min: return low
        case .max: return high
        }
    }
}
