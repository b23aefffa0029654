/// A document of a snapshot with its score.
public struct ScoredDocument: Sendable, Equatable {
    /// The document's number in the snapshot.
    public var document: Int
    /// Its score.
    public var score: Float

    /// A document with its score.
    public init(document: Int, score: Float) {
        self.document = document
        self.score = score
    }

    /// Whether it comes before another: by score descending, then by document.
    static func precedes(_ a: ScoredDocument, _ b: ScoredDocument) -> Bool {
        a.score > b.score || a.score == b.score && a.document < b.document
    }
}

/// The best documents of a search.
public struct TopDocuments: Sendable, Equatable {
    /// By score descending, then by document.
    public var hits: [ScoredDocument]
    /// How many documents match; a lower bound unless ``isCountExact``.
    public var count: Int
    /// Whether ``count`` counts all.
    public var isCountExact: Bool
}

/// Keeps the k best documents by score, then by document; documents must come in ascending order.
///
/// Until `countUpTo` documents were counted nothing is left out; from then on ``minimumScore`` allows pruning, and the count is
/// a lower bound.
public final class TopDocumentsCollector {
    /// How many documents are kept.
    public let k: Int
    /// Counts are exact up to here.
    public let countUpTo: Int
    private let after: ScoredDocument?
    /// A heap with the worst kept document on top.
    private var heap: [ScoredDocument] = []
    /// How many documents were collected.
    public private(set) var count = 0
    /// Documents must score at least this to matter; 0 while all must be counted.
    public private(set) var minimumScore: Float = 0
    /// Whether all matches that must be counted were counted.
    private(set) var mayPrune: Bool

    /// - Parameters:
    ///   - countUpTo: count exactly up to so many matches; `Int.max`: always.
    ///   - after: keep only documents that come behind this one (`search_after`).
    public init(k: Int, countUpTo: Int = 10_000, after: ScoredDocument? = nil) {
        self.k = k
        self.countUpTo = countUpTo
        self.after = after
        mayPrune = countUpTo <= 0
        heap.reserveCapacity(min(k, 1 << 16))
    }

    /// Takes a document.
    public func collect(_ document: Int, _ score: Float) {
        if isCounting {
            count += 1
            if count > countUpTo, !mayPrune {
                mayPrune = true
                updateMinimum()
            }
        }
        let hit = ScoredDocument(document: document, score: score)
        if let after, !ScoredDocument.precedes(after, hit) { return }
        if heap.count < k {
            heap.append(hit)
            siftUp()
            if heap.count == k, mayPrune { updateMinimum() }
        } else if k > 0, score > heap[0].score {
            heap[0] = hit
            siftDown()
            if mayPrune { updateMinimum() }
        }
    }

    /// Tells that at least so many documents match altogether, before any was collected: pruning may begin at once where that
    /// is more than is counted exactly.
    public func expectAtLeast(_ count: Int) {
        guard count > countUpTo, !mayPrune else { return }
        mayPrune = true
        mayHaveSkipped = true
        lowerBound = count
        updateMinimum()
    }

    private var lowerBound = 0
    private var isCounting = true
    private var mayHaveSkipped = false

    /// Takes documents that are counted already: what cannot be among the best need not be collected in the body.
    ///
    /// - Parameter isComplete: whether all were counted, or just more than must be.
    package func withCount(_ counted: Int, isComplete: Bool, _ body: () -> Void) {
        count += counted
        if !isComplete { mayHaveSkipped = true }
        isCounting = false
        mayPrune = true
        updateMinimum()
        body()
        isCounting = true
        mayPrune = count > countUpTo || mayHaveSkipped
        if mayPrune { updateMinimum() } else { minimumScore = 0 }
    }

    /// How many more documents must be counted before pruning; none where nothing must be.
    package var leftToCount: Int { mayPrune ? 0 : countUpTo == .max ? .max : countUpTo - count + 1 }

    /// Whether only documents behind a certain one are kept.
    package var isPaged: Bool { after != nil }

    /// Whether the k best scores found in any order are a threshold.
    var takesThresholds: Bool { mayPrune && after == nil && k > 0 }

    /// The best documents.
    public func finish() -> TopDocuments {
        let isExact = !mayHaveSkipped
        return TopDocuments(
            hits: heap.sorted(by: ScoredDocument.precedes), count: max(count, lowerBound), isCountExact: isExact)
    }

    private func updateMinimum() {
        if k == 0 {
            minimumScore = .infinity
        } else if heap.count == k {
            minimumScore = heap[0].score.nextUp
        }
        if minimumScore > 0, isCounting { mayHaveSkipped = true }
    }

    private func siftUp() {
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard ScoredDocument.precedes(heap[parent], heap[child]) else { break }
            heap.swapAt(parent, child)
            child = parent
        }
    }

    private func siftDown() {
        var parent = 0
        while true {
            var child = 2 * parent + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, ScoredDocument.precedes(heap[child], heap[child + 1]) { child += 1 }
            guard ScoredDocument.precedes(heap[parent], heap[child]) else { break }
            heap.swapAt(parent, child)
            parent = child
        }
    }
}

extension IndexSnapshot {
    /// Runs a query over all segments.
    ///
    /// - Parameter makeScorer: the query's scorer for a segment; `nil` where nothing matches.
    public func search(
        into collector: TopDocumentsCollector, _ makeScorer: (Segment) throws -> Scorer?
    ) rethrows {
        for segment in segments {
            if let scorer = try makeScorer(segment) { scorer.collect(in: segment, into: collector) }
        }
    }
}
