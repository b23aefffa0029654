import SearchIndex

/// A second query over the first hits of one index.
struct Rescoring {
    let rescore: Rescore
    let weight: Weight
    /// Numbers in the snapshot.
    let documents: Set<Int>
}

extension Rescore.ScoreMode {
    /// One score of two.
    func combine(_ first: Float, _ second: Float) -> Float {
        switch self {
        case .total: first + second
        case .multiply: first * second
        case .avg: (first + second) / 2
        case .max: Swift.max(first, second)
        case .min: Swift.min(first, second)
        }
    }

    /// How explanations call it.
    var description: String {
        switch self {
        case .total: "sum"
        case .multiply: "product"
        case .avg: "avg"
        case .max: "max"
        case .min: "min"
        }
    }
}

extension ViewSearch {
    /// Gives the first candidates new scores by a second query, and sorts all by their scores.
    ///
    /// Those behind the window keep their score times the first query's weight, as those within that the second query does not match.
    func rescore(_ candidates: [Candidate], _ rescore: Rescore) throws -> [Candidate] {
        let second: Weight
        do { second = try builder.weight(try planner.plan(rescore.query)) } catch let error as SearchError {
            throw error.whileCreatingQuery(index: view.name)
        }
        let window = min(rescore.windowSize, candidates.count)
        var candidates = candidates
        for i in candidates.indices { candidates[i].score *= rescore.queryWeight }
        // In the order of documents one scorer serves a whole segment.
        var scorer: Scorer?
        var segment = -1
        for i in (0..<window).sorted(by: { candidates[$0].document < candidates[$1].document }) {
            let place = view.snapshot.locate(candidates[i].document)
            if place.segment != segment {
                segment = place.segment
                scorer = try second.scorer(view.snapshot.segments[segment])
            }
            if let scorer, scorer.isMatch(at: place.document) {
                candidates[i].score = rescore.scoreMode.combine(
                    candidates[i].score, scorer.score() * rescore.rescoreQueryWeight)
            }
        }
        try builder.faults.check()
        rescorings.append(
            Rescoring(rescore: rescore, weight: second, documents: Set(candidates[..<window].map(\.document))))
        candidates.sort { $0.score != $1.score ? $0.score > $1.score : $0.document < $1.document }
        maxScore = candidates.first?.score
        return candidates
    }

    /// Why a hit has its score, second queries included.
    func explain(_ document: Int) throws -> Explanation {
        let place = view.snapshot.locate(document)
        let segment = view.snapshot.segments[place.segment]
        var explanation = try weight.explain(segment, place.document)
        for item in rescorings {
            let rescore = item.rescore
            let first = Explanation(
                explanation.value * rescore.queryWeight, "product of:",
                [explanation, Explanation(rescore.queryWeight, "primaryWeight")])
            explanation = first
            guard item.documents.contains(document) else { continue }
            let other = try item.weight.explain(segment, place.document)
            guard other.isMatch else { continue }
            let second = Explanation(
                other.value * rescore.rescoreQueryWeight, "product of:",
                [other, Explanation(rescore.rescoreQueryWeight, "secondaryWeight")])
            explanation = Explanation(
                rescore.scoreMode.combine(first.value, second.value), "\(rescore.scoreMode.description) of:",
                [first, second])
        }
        return explanation
    }
}
