import SearchIndex

/// Documents that were found with their scores beforehand.
final class HitScorer: Scorer {
    private let hits: [ScoredDocument]
    private let highest: Float
    private var place = -1

    /// - Parameter hits: by document, ascending, numbered as the segment does.
    init(_ hits: [ScoredDocument]) {
        self.hits = hits
        highest = hits.reduce(0) { max($0, $1.score) }
    }

    override var cost: Int { hits.count }

    override func advance(to target: Int) -> Int {
        var low = place + 1, high = hits.count
        while low < high {
            let middle = (low + high) / 2
            if hits[middle].document < target { low = middle + 1 } else { high = middle }
        }
        place = low
        document = low < hits.count ? hits[low].document : noMoreDocuments
        return document
    }

    override func score() -> Float { hits[place].score }
    override func maxScore(upTo document: Int) -> Float { highest }
}
