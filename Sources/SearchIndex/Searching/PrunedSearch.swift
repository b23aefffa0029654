/// The best documents of a sum of weighted terms, without reading what cannot be among them.
///
/// Documents are taken in ranges of some hundred. For every term and range the highest possible score is known from the impacts of
/// its blocks (of rare terms: exactly); a range whose sum stays below the k-th best score is not read at all, as in "Faster
/// Learned Sparse Retrieval with Block-Max Pruning" (Mallia, Suel, Tonellotto, SIGIR 2024). The threshold comes from the most
/// promising ranges, which are read first for their scores only; then all ranges follow in the order of documents, so that ties
/// fall as without pruning. Within a range, terms are split as by MaxScore: those that alone cannot reach the threshold are only
/// looked up for the documents of the others.
///
/// Sums are made of float32 scores in float64; the results are those of the exhaustive search, bit for bit.
struct PrunedSearch {
    /// Whether one or all of the terms must match.
    enum Mode {
        case any, all
    }

    /// How many ranges give the first threshold.
    private static let seedCount = 16

    private let clauses: [TermClause]
    private let mode: Mode
    private let segment: Segment
    private let accepted: DocumentSet?
    private let collector: TopDocumentsCollector

    /// - Parameter accepted: what may be found besides being searchable; `nil`: all.
    init(
        _ scorers: [TermScorer], _ mode: Mode, in segment: Segment, accepted: DocumentSet?,
        into collector: TopDocumentsCollector
    ) {
        clauses = scorers.map { TermClause($0) }
        self.mode = mode
        self.segment = segment
        self.collector = collector
        if var both = accepted {
            if let searchable = segment.searchableDocuments { both.formIntersection(searchable) }
            self.accepted = both
        } else {
            self.accepted = segment.searchableDocuments
        }
    }

    @inline(__always)
    private func isAccepted(_ document: Int) -> Bool { accepted?.contains(document) ?? true }

    /// Hands the documents to the collector.
    func run() {
        if mode == .any, let most = clauses.map(\.count).max() {
            let hidden = accepted.map { segment.documentCount - $0.count } ?? 0
            if most - hidden > 0 { collector.expectAtLeast(collector.count + most - hidden) }
        }
        if mode == .all, clauses.contains(where: { $0.count == 0 }) { return }
        let rare = clauses.filter { $0.material != nil }
        switch mode {
        case .all where !rare.isEmpty: leapfrog()
        case _ where collector.leftToCount > 0 && rare.count < clauses.count:
            let (count, isComplete) = MatchCounter(clauses, mode, accepted: accepted, segment.documentCount)
                .count(atMost: collector.leftToCount)
            collector.withCount(count, isComplete: isComplete) { search(rare) }
        default: search(rare)
        }
    }

    private func search(_ rare: [TermClause]) {
        switch mode {
        case .any where rare.count == clauses.count: merge(rare, lookups: [], threshold: 0)
        case .any where !rare.isEmpty:
            let lookups = clauses.filter { $0.material == nil }
            let threshold = max(collector.minimumScore, rareThreshold(rare))
            let others = lookups.reduce(0.0) { $0 + Double($1.bound) }
            if Float(others) < threshold {
                merge(rare, lookups: lookups, threshold: threshold)
            } else {
                searchRanges(threshold: threshold)
            }
        default: searchRanges(threshold: collector.minimumScore)
        }
    }

    /// What the k-th best document scores at least, by one rare term alone.
    private func rareThreshold(_ rare: [TermClause]) -> Float {
        guard collector.takesThresholds else { return 0 }
        var highest: Float = 0
        for clause in rare where clause.materialCount >= collector.k {
            var heap = ScoreHeap(k: collector.k)
            for i in 0..<clause.materialCount where isAccepted(Int(clause.material![i])) {
                heap.insert(clause.materialScores![i])
            }
            highest = max(highest, heap.threshold)
        }
        return highest
    }

    // MARK: Rare terms

    /// Documents of rare terms only; the others are looked up.
    private func merge(_ rare: [TermClause], lookups: [TermClause], threshold: Float) {
        let lookups = lookups.sorted { $0.bound > $1.bound }
        let most = lookups.reduce(0.0) { $0 + Double($1.bound) }
        for clause in rare { clause.materialIndex = 0 }
        while true {
            var document = UInt32.max
            for clause in rare { document = min(document, clause.material![clause.materialIndex]) }
            if document == .max { return }
            var sum = 0.0
            for clause in rare where clause.material![clause.materialIndex] == document {
                sum += Double(clause.materialScores![clause.materialIndex])
                clause.materialIndex += 1
            }
            guard isAccepted(Int(document)) else { continue }
            let needed = max(threshold, collector.minimumScore)
            if needed > 0 {
                guard Float(sum + most) >= needed else { continue }
                var left = most
                for clause in lookups {
                    left -= Double(clause.bound)
                    if let score = clause.score(of: Int(document)) { sum += Double(score) }
                    // The difference may have been rounded down.
                    if Float(sum + max(left, 0) * 1.000_000_1) < needed { break }
                }
                guard Float(sum) >= needed else { continue }
            } else {
                for clause in lookups {
                    if let score = clause.score(of: Int(document)) { sum += Double(score) }
                }
            }
            collector.collect(segment.base + Int(document), Float(sum))
        }
    }

    /// All terms, of which one is rare: its documents are looked up in the others.
    private func leapfrog() {
        let order = clauses.sorted { $0.count < $1.count }
        let first = order[0], others = order.dropFirst()
        let most = others.reduce(0.0) { $0 + Double($1.bound) }
        documents: for i in 0..<first.materialCount {
            let document = Int(first.material![i])
            guard isAccepted(document) else { continue }
            var sum = Double(first.materialScores![i])
            if Float(sum + most) < collector.minimumScore { continue }
            for clause in others {
                guard let score = clause.score(of: document) else { continue documents }
                sum += Double(score)
            }
            collector.collect(segment.base + document, Float(sum))
        }
    }

    // MARK: Ranges

    private func searchRanges(threshold: Float) {
        let documentCount = segment.documentCount
        var shift = 8
        while documentCount >> shift > 8192 { shift += 1 }
        let rangeCount = (documentCount >> shift) + 1
        for clause in clauses { clause.makeRanges(rangeCount, shift: shift) }
        // By bound, the lowest first.
        let order = mode == .any ? clauses.sorted { $0.bound < $1.bound } : clauses.sorted { $0.count > $1.count }
        let bounds = UnsafeMutablePointer<Float>.allocate(capacity: rangeCount)
        defer { bounds.deallocate() }
        bounds.initialize(repeating: 0, count: rangeCount)
        for clause in order {
            let ranges = clause.ranges!
            for range in 0..<rangeCount { bounds[range] += ranges[range] }
        }
        if mode == .all {
            // The rarest decides; the others are looked up.
            for clause in order {
                let ranges = clause.ranges!
                for range in 0..<rangeCount where ranges[range] == 0 { bounds[range] = -1 }
            }
        }
        // Float32 sums of bounds may be rounded down, a little for each.
        let slack = 1 + 1.5e-7 * Float(order.count)
        let least = max(threshold, collector.minimumScore)
        if mode == .all {
            intersectRanges(order, bounds, rangeCount, shift: shift, slack: slack, threshold: least)
        } else {
            readRanges(order, bounds, rangeCount, shift: shift, slack: slack, threshold: least)
        }
    }

    /// Documents of any term, the best ranges first for a threshold, then all in order.
    private func readRanges(
        _ order: [TermClause], _ bounds: UnsafeMutablePointer<Float>, _ rangeCount: Int, shift: Int, slack: Float,
        threshold: Float
    ) {
        let reader = RangeReader(order, shift: shift, accepted: accepted, documentCount: segment.documentCount)
        defer { reader.free() }
        var least = threshold
        if collector.takesThresholds, collector.k <= 1000 {
            var heap = ScoreHeap(k: collector.k)
            for range in RangeBounds.best(Self.seedCount, bounds, rangeCount) {
                if bounds[range] * slack < max(least, heap.threshold) { continue }
                reader.read(range, least: { max(least, heap.threshold) }, { heap.insert($1) })
            }
            least = max(least, heap.threshold)
        }
        let base = segment.base
        for range in 0..<rangeCount {
            let needed = max(least, collector.minimumScore)
            let bound = bounds[range]
            if bound <= 0 || bound * slack < needed { continue }
            reader.read(
                range, least: { max(least, collector.minimumScore) },
                { collector.collect(base + $0, $1) })
        }
    }

    /// Documents of all terms, the same way.
    private func intersectRanges(
        _ order: [TermClause], _ bounds: UnsafeMutablePointer<Float>, _ rangeCount: Int, shift: Int, slack: Float,
        threshold: Float
    ) {
        let reader = RangeIntersection(order, shift: shift, accepted: accepted, documentCount: segment.documentCount)
        defer { reader.free() }
        // Those with the highest scores first: they decide soonest.
        let byBound = order.sorted { $0.bound > $1.bound }
        @inline(__always)
        func score(_ document: Int, _ range: Int, _ needed: Float) -> Float? {
            var sum = 0.0
            var left = Double(bounds[range])
            for clause in byBound {
                guard let score = clause.score(of: document) else { return nil }
                sum += Double(score)
                left -= Double(clause.ranges![range])
                if Float(sum + max(0, left)) * slack < needed { return nil }
            }
            return Float(sum)
        }
        var least = threshold
        if collector.takesThresholds, collector.k <= 1000 {
            var heap = ScoreHeap(k: collector.k)
            for range in RangeBounds.best(Self.seedCount, bounds, rangeCount) {
                if bounds[range] * slack < max(least, heap.threshold) { continue }
                reader.forEach(range) { document in
                    if let score = score(document, range, max(least, heap.threshold)) { heap.insert(score) }
                }
            }
            least = max(least, heap.threshold)
        }
        let base = segment.base
        for range in 0..<rangeCount {
            let bound = bounds[range]
            if bound <= 0 || bound * slack < max(least, collector.minimumScore) { continue }
            reader.forEach(range) { document in
                let needed = max(least, collector.minimumScore)
                if let score = score(document, range, needed), score >= needed {
                    collector.collect(base + document, score)
                }
            }
        }
    }
}
