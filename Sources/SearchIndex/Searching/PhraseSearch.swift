/// The best documents of an exact phrase of single terms, without reading positions of what cannot be among them.
///
/// A phrase occurs in a document at most as often as its rarest term there; so the bound of a range is the lowest of its
/// terms' bounds under the phrase's weight.
struct PhraseSearch {
    private static let seedCount = 32

    private let clauses: [TermClause]
    private let offsets: [Int]
    private let weight: TermWeight
    private let norms: Norms?
    private let segment: Segment
    private let accepted: DocumentSet?
    private let collector: TopDocumentsCollector

    /// - Parameters:
    ///   - terms: a term and its place in the phrase, each with a cursor of its own.
    ///   - accepted: what may be found besides being searchable; `nil`: all.
    init(
        _ terms: [(position: Int, postings: PostingsCursor)], weight: TermWeight, norms: Norms?, in segment: Segment,
        accepted: DocumentSet?, into collector: TopDocumentsCollector
    ) {
        let terms = terms.sorted { $0.postings.count < $1.postings.count }
        clauses = terms.map { TermClause($0.postings, weight, norms) }
        offsets = terms.map(\.position)
        self.weight = weight
        self.norms = norms
        self.segment = segment
        self.collector = collector
        if var both = accepted {
            if let searchable = segment.searchableDocuments { both.formIntersection(searchable) }
            self.accepted = both
        } else {
            self.accepted = segment.searchableDocuments
        }
    }

    /// Hands the documents to the collector.
    func run() {
        guard !clauses.isEmpty, clauses[0].count > 0 else { return }
        var matcher = PhrasePositions()
        if let material = clauses[0].material {
            for i in 0..<clauses[0].materialCount {
                let document = Int(material[i])
                if let accepted, !accepted.contains(document) { continue }
                if let score = score(document, &matcher, collector.minimumScore) {
                    collector.collect(segment.base + document, score)
                }
            }
        } else {
            searchRanges(&matcher)
        }
    }

    private func searchRanges(_ matcher: inout PhrasePositions) {
        var shift = 8
        while segment.documentCount >> shift > 8192 { shift += 1 }
        let rangeCount = (segment.documentCount >> shift) + 1
        let bounds = UnsafeMutablePointer<Float>.allocate(capacity: rangeCount)
        defer { bounds.deallocate() }
        bounds.initialize(repeating: .infinity, count: rangeCount)
        for clause in clauses {
            clause.makeRanges(rangeCount, shift: shift)
            let ranges = clause.ranges!
            for range in 0..<rangeCount { bounds[range] = min(bounds[range], ranges[range]) }
        }
        let reader = RangeIntersection(
            clauses, shift: shift, accepted: accepted, documentCount: segment.documentCount)
        defer { reader.free() }
        var least: Float = 0
        if collector.takesThresholds, collector.k <= 1000 {
            var heap = ScoreHeap(k: collector.k)
            for range in RangeBounds.best(Self.seedCount, bounds, rangeCount) {
                if bounds[range] < max(collector.minimumScore, heap.threshold) { continue }
                reader.forEach(range) { document in
                    if let score = score(document, &matcher, max(collector.minimumScore, heap.threshold)) {
                        heap.insert(score)
                    }
                }
            }
            least = heap.threshold
        }
        for range in 0..<rangeCount {
            let bound = bounds[range]
            if bound <= 0 || bound < max(least, collector.minimumScore) { continue }
            reader.forEach(range) { document in
                if let score = score(document, &matcher, max(least, collector.minimumScore)) {
                    collector.collect(segment.base + document, score)
                }
            }
        }
    }

    /// The score of a document; `nil` when it does not have the phrase or scores less than needed.
    private func score(_ document: Int, _ matcher: inout PhrasePositions, _ needed: Float) -> Float? {
        var fewest = Int.max
        for clause in clauses {
            guard let frequency = clause.frequency(of: document) else { return nil }
            fewest = min(fewest, frequency)
        }
        let norm = norms?[document] ?? 1
        if needed > 0, weight.score(frequency: Float(fewest), norm: norm) < needed { return nil }
        for (i, clause) in clauses.enumerated() {
            if i == 0 {
                matcher.begin(clause.cursor, offset: offsets[0])
            } else {
                matcher.intersect(clause.cursor, offset: offsets[i])
            }
            if matcher.count == 0 { return nil }
        }
        return weight.score(frequency: Float(matcher.count), norm: norm)
    }
}

/// Where a phrase may begin in a document.
struct PhrasePositions {
    private var starts: [Int32] = []

    /// How many beginnings are left.
    var count: Int { starts.count }

    /// The beginnings by the first term.
    ///
    /// The cursor stands on the document.
    mutating func begin(_ cursor: PostingsCursor, offset: Int) {
        starts.removeAll(keepingCapacity: true)
        for _ in 0..<cursor.frequency {
            starts.append(Int32(truncatingIfNeeded: cursor.nextPosition() - offset))
        }
    }

    /// Keeps the beginnings that another term agrees with.
    mutating func intersect(_ cursor: PostingsCursor, offset: Int) {
        var left = cursor.frequency
        var position = Int32(truncatingIfNeeded: cursor.nextPosition() - offset)
        var kept = 0
        for i in 0..<starts.count {
            let start = starts[i]
            while position < start {
                left -= 1
                if left == 0 {
                    starts.removeLast(starts.count - kept)
                    return
                }
                position = Int32(truncatingIfNeeded: cursor.nextPosition() - offset)
            }
            if position == start {
                starts[kept] = start
                kept += 1
            }
        }
        starts.removeLast(starts.count - kept)
    }
}
