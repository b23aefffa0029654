/// The best documents of a sum of weighted terms, without reading what cannot be among them.
///
/// Documents are taken in ranges of some hundred. For every term and range the highest possible score is known from the impacts of
/// its blocks (of rare terms: exactly); a range whose sum stays below the k-th best score is not read at all, as in "Faster
/// Learned Sparse Retrieval with Block-Max Pruning" (Mallia, Suel, Tonellotto, SIGIR 2024). The threshold comes from the most
/// promising ranges, which are read first for their scores only; then all ranges follow in the order of documents, so that ties
/// fall as without pruning. Where rare terms decide alone, the list of their documents takes the place of the ranges.
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
        self.accepted = segment.searchable(accepted)
    }

    /// Hands the documents to the collector.
    func run() {
        if mode == .any, let most = clauses.map(\.count).max() {
            let hidden = accepted.map { segment.documentCount - $0.count } ?? 0
            if most - hidden > 0 { collector.expectAtLeast(collector.count + most - hidden) }
        }
        if mode == .all, clauses.contains(where: { $0.count == 0 }) { return }
        let allAreCollected = clauses.contains { $0.material != nil } && mode == .all
        if collector.leftToCount > 0, !allAreCollected, clauses.contains(where: { $0.material == nil }) {
            let (count, isComplete) = MatchCounter(clauses, mode, accepted: accepted, segment.documentCount)
                .count(atMost: collector.leftToCount)
            collector.withCount(count, isComplete: isComplete) { search() }
        } else {
            search()
        }
    }

    private func search() {
        if mode == .all {
            // The rarest decides; the others are looked up.
            let order = clauses.sorted { $0.count < $1.count }
            if order[0].material != nil {
                search(CandidateList(order[0]), lookups: Array(order.dropFirst()))
            } else {
                intersect(order)
            }
            return
        }
        let threshold = max(collector.minimumScore, rareThreshold())
        // MaxScore over whole lists: documents of nothing but the first so many cannot reach the threshold.
        let order = clauses.sorted { $0.bound < $1.bound }
        var rest = 0.0
        let essential = order.firstIndex { clause in
            rest += Double(clause.bound)
            return threshold <= 0 || Float(rest) >= threshold
        }
        guard let essential else { return }
        if order[essential...].allSatisfy({ $0.material != nil }) {
            search(
                CandidateList(Array(order[essential...])), lookups: order[..<essential].reversed(), threshold: threshold
            )
        } else {
            searchRanges(order, threshold: threshold)
        }
    }

    /// What the k-th best document scores at least, by one rare term alone.
    private func rareThreshold() -> Float {
        guard collector.takesThresholds, collector.k <= ScoreHeap.largest else { return 0 }
        var highest: Float = 0
        for clause in clauses where clause.materialCount >= collector.k && clause.bound > highest {
            var heap = ScoreHeap(k: collector.k)
            for i in 0..<clause.materialCount {
                let score = clause.materialScores![i]
                if score <= max(heap.threshold, highest) { continue }
                if let accepted, !accepted.contains(Int(clause.material![i])) { continue }
                heap.insert(score)
            }
            highest = max(highest, heap.threshold)
        }
        return highest
    }

    // MARK: Lists

    /// Documents of a list; the other terms are looked up for those that may be among the best.
    private func search(_ list: CandidateList, lookups: [TermClause], threshold: Float = 0) {
        // What the terms behind each can add.
        var rests = [0.0]
        for clause in lookups.reversed() { rests.append(rests.last! + Double(clause.bound)) }
        rests.reverse()
        let batch = CandidateBatch(capacity: CandidateList.batchSize)
        func lookUp(needed: Float) {
            if let accepted { batch.keep(accepted) }
            for (i, clause) in lookups.enumerated() where batch.count > 0 {
                batch.combine(clause, mode == .all ? .required : .optional, rest: rests[i + 1], needed: needed)
            }
        }
        var least = max(threshold, collector.minimumScore)
        if collector.takesThresholds, !lookups.isEmpty, let cut = list.cut(mode == .all ? 8 : 2, k: collector.k) {
            var heap = ScoreHeap(k: collector.k), next = 0
            while list.fill(batch, from: &next, reaching: cut, with: 0) {
                lookUp(needed: least)
                for i in 0..<batch.count { heap.insert(Float(batch.sums[i])) }
            }
            least = max(least, heap.threshold)
        }
        var next = 0
        while list.fill(batch, from: &next, reaching: max(least, collector.minimumScore), with: rests[0]) {
            lookUp(needed: max(least, collector.minimumScore))
            collect(batch)
        }
    }

    // MARK: Ranges

    /// Documents of any term, the best ranges first for a threshold, then all in order.
    private func searchRanges(_ clauses: [TermClause], threshold: Float) {
        let ranges = DocumentRanges(segment.documentCount)
        let bounds = ranges.sumsOfBounds(clauses)
        defer { bounds.deallocate() }
        let batch = CandidateBatch(capacity: 1 << ranges.shift)
        let reader = RangeReader(
            clauses.sorted { $0.bound < $1.bound }, size: 1 << ranges.shift, accepted: accepted)
        var least = max(threshold, collector.minimumScore)
        if collector.takesThresholds, collector.k <= ScoreHeap.largest {
            var heap = ScoreHeap(k: collector.k)
            for range in ranges.best(Self.seedCount, bounds) {
                let needed = max(least, heap.threshold)
                if bounds[range] < needed { continue }
                reader.read(range, ranges[range], needed: needed, into: batch)
                for i in 0..<batch.count { heap.insert(Float(batch.sums[i])) }
            }
            least = max(least, heap.threshold)
        }
        for range in 0..<ranges.count {
            let needed = max(least, collector.minimumScore)
            if bounds[range] <= 0 || bounds[range] < needed { continue }
            reader.read(range, ranges[range], needed: needed, into: batch)
            collect(batch)
        }
    }

    /// Documents of all terms, the fewest first; the best ranges give a threshold, then come the blocks of the first term.
    private func intersect(_ clauses: [TermClause]) {
        let ranges = DocumentRanges(segment.documentCount)
        let reader = TermIntersection(clauses, .required, ranges, accepted: accepted)
        let batch = CandidateBatch(capacity: 1 << ranges.shift)
        var least = collector.minimumScore
        if collector.takesThresholds, collector.k <= ScoreHeap.largest {
            var heap = ScoreHeap(k: collector.k)
            for range in ranges.best(Self.seedCount, reader.bounds) {
                let needed = max(least, heap.threshold)
                if reader.bounds[range] < needed { continue }
                reader.read(range: range, needed: needed, into: batch)
                for i in 0..<batch.count { heap.insert(Float(batch.sums[i])) }
            }
            least = max(least, heap.threshold)
        }
        for block in 0..<reader.blockCount {
            reader.read(block: block, needed: max(least, collector.minimumScore), into: batch)
            collect(batch)
        }
    }

    /// Hands the documents of the batch, which were found to score enough, to the collector.
    private func collect(_ batch: CandidateBatch) {
        for i in 0..<batch.count { collector.collect(segment.base + Int(batch.documents[i]), Float(batch.sums[i])) }
    }
}
