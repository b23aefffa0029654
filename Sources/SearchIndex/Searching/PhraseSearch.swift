/// The best documents of an exact phrase of single terms, without reading positions of what cannot be among them.
///
/// A phrase occurs in a document at most as often as its rarest term there; so the bound of a range or of a document is the lowest
/// of its terms' bounds or scores under the phrase's weight.
struct PhraseSearch {
    /// How many ranges give the first threshold.
    private static let seedCount = 32

    /// The rarest first.
    private let clauses: [TermClause]
    private let list: ClauseList
    private let offsets: [Int]
    private let weight: TermWeight
    private let norms: Norms?
    private let segment: Segment
    private let accepted: DocumentSet?
    private let collector: TopDocumentsCollector
    private let starts = PositionList()
    private let others = PositionList()

    /// - Parameters:
    ///   - terms: a term and its place in the phrase, each with a cursor of its own.
    ///   - accepted: what may be found besides being searchable; `nil`: all.
    init(
        _ terms: [(position: Int, postings: PostingsCursor)], weight: TermWeight, norms: Norms?, in segment: Segment,
        accepted: DocumentSet?, into collector: TopDocumentsCollector
    ) {
        let terms = terms.sorted { $0.postings.count < $1.postings.count }
        clauses = terms.map { TermClause($0.postings, weight, norms) }
        list = ClauseList(clauses)
        offsets = terms.map(\.position)
        self.weight = weight
        self.norms = norms
        self.segment = segment
        self.collector = collector
        self.accepted = segment.searchable(accepted)
    }

    /// Hands the documents to the collector.
    func run() {
        guard !clauses.isEmpty, clauses.allSatisfy({ $0.count > 0 }) else { return }
        if clauses[0].material != nil { searchList() } else { searchRanges() }
    }

    /// Documents of a rare term.
    private func searchList() {
        let lead = clauses[0]
        let list = CandidateList(lead)
        let batch = CandidateBatch(capacity: CandidateList.batchSize)
        var least: Float = 0
        if collector.takesThresholds, let cut = list.cut(8, k: collector.k) {
            var heap = ScoreHeap(k: collector.k)
            var next = 0
            while list.fill(batch, from: &next, reaching: cut, with: 0) {
                intersect(batch, needed: 0)
                score(batch, needed: { heap.threshold }, { heap.insert($1) })
            }
            least = heap.threshold
        }
        var next = 0
        while list.fill(batch, from: &next, reaching: max(least, collector.minimumScore), with: 0) {
            intersect(batch, needed: max(least, collector.minimumScore))
            score(
                batch, needed: { max(least, collector.minimumScore) }, { collector.collect(segment.base + $0, $1) })
        }
    }

    private func searchRanges() {
        let ranges = DocumentRanges(segment.documentCount)
        let reader = TermIntersection(clauses, .lowest, ranges, accepted: accepted)
        let batch = CandidateBatch(capacity: 1 << ranges.shift)
        var least: Float = 0
        if collector.takesThresholds, collector.k <= ScoreHeap.largest {
            var heap = ScoreHeap(k: collector.k)
            for range in ranges.best(Self.seedCount, reader.bounds) {
                let needed = max(heap.threshold, collector.minimumScore)
                if reader.bounds[range] < needed { continue }
                reader.read(range: range, needed: needed, into: batch)
                score(batch, needed: { max(heap.threshold, collector.minimumScore) }, { heap.insert($1) })
            }
            least = heap.threshold
        }
        for block in 0..<reader.blockCount {
            reader.read(block: block, needed: max(least, collector.minimumScore), into: batch)
            score(
                batch, needed: { max(least, collector.minimumScore) }, { collector.collect(segment.base + $0, $1) })
        }
    }

    private func intersect(_ batch: CandidateBatch, needed: Float) {
        if let accepted { batch.keep(accepted) }
        for clause in clauses.dropFirst() { batch.combine(clause, .lowest, rest: 0, needed: needed) }
    }

    /// Reads the positions of the candidates, and hands over those that have the phrase and score enough.
    @inline(__always)
    private func score(_ batch: CandidateBatch, needed: () -> Float, _ body: (Int, Float) -> Void) {
        for i in 0..<batch.count where Float(batch.sums[i]) >= needed() {
            let document = Int(batch.documents[i])
            let frequency = phraseFrequency(document)
            if frequency == 0 { continue }
            let score = weight.score(frequency: Float(frequency), norm: norms?[document] ?? 1)
            if score >= needed() { body(document, score) }
        }
    }

    private func phraseFrequency(_ document: Int) -> Int {
        for i in 0..<list.count {
            let left = list.with(i) { clause -> Int in
                guard clause.cursor.stand(on: document) else { return 0 }
                if i == 0 {
                    clause.cursor.positions(lessBy: offsets[0], into: starts)
                } else {
                    clause.cursor.positions(lessBy: offsets[i], into: others)
                    starts.formIntersection(others)
                }
                return starts.count
            }
            if left == 0 { return 0 }
        }
        return starts.count
    }
}
