import SearchIndex

/// Documents of a segment on their way to an aggregation, each with the bucket (of the aggregation around) that it is for.
///
/// Documents ascend; one may come several times, for several buckets.
struct DocumentBatch {
    let documents: UnsafeBufferPointer<Int32>
    let scores: UnsafeBufferPointer<Float>
    let buckets: UnsafeBufferPointer<Int32>
    /// The largest bucket.
    let lastBucket: Int

    var count: Int { documents.count }
}

/// One aggregation at work.
///
/// It keeps its state for any number of buckets of the aggregation around it, by the bucket's number, and gives numbers to its own buckets.
/// Documents come in batches, so that what is the same for all documents is looked up once.
class Aggregator {
    final let children: [Aggregator]
    private final let pending = PendingDocuments()

    init(children: [Aggregator] = []) { self.children = children }

    /// Begins a segment.
    func begin(_ segment: Segment) throws {
        for child in children { try child.begin(segment) }
    }

    /// Takes documents of the segment.
    func collect(_ batch: DocumentBatch) throws {
        for index in 0..<batch.count {
            try collect(Int(batch.documents[index]), batch.scores[index], Int(batch.buckets[index]))
        }
        try flush()
    }

    /// Takes a document of the segment for a bucket of the aggregation around: for aggregations that have nothing to gain from batches.
    func collect(_ document: Int, _ score: Float, _ bucket: Int) throws {}

    /// What was found for a bucket of the aggregation around; an empty result for one that has no documents.
    func result(_ bucket: Int) throws -> PartialAggregation { .none }

    /// Hands a document on to the aggregations inside; ``flush()`` must follow before the batch ends.
    @inline(__always)
    final func collectChildren(_ document: Int, _ score: Float, _ bucket: Int) throws {
        if pending.add(document, score, bucket) { try flush() }
    }

    /// Gives the aggregations inside what they have not got yet.
    final func flush() throws {
        guard !children.isEmpty else { return pending.removeAll() }
        try pending.withBatch { batch in
            for child in children { try child.collect(batch) }
        }
        pending.removeAll()
    }

    final func childResults(_ bucket: Int) throws -> [PartialAggregation] {
        try children.map { try $0.result(bucket) }
    }
}

/// A batch that is being filled.
final class PendingDocuments {
    private static let capacity = 1024

    private let documents = UnsafeMutablePointer<Int32>.allocate(capacity: capacity)
    private let scores = UnsafeMutablePointer<Float>.allocate(capacity: capacity)
    private let buckets = UnsafeMutablePointer<Int32>.allocate(capacity: capacity)
    private var count = 0
    private var lastBucket = 0

    deinit {
        documents.deallocate()
        scores.deallocate()
        buckets.deallocate()
    }

    /// Adds a document; true when the batch is full and must be emptied.
    @inline(__always)
    func add(_ document: Int, _ score: Float, _ bucket: Int) -> Bool {
        let place = count
        documents[place] = Int32(truncatingIfNeeded: document)
        scores[place] = score
        buckets[place] = Int32(truncatingIfNeeded: bucket)
        if bucket > lastBucket { lastBucket = bucket }
        count = place + 1
        return place + 1 == Self.capacity
    }

    func removeAll() {
        count = 0
        lastBucket = 0
    }

    func withBatch(_ body: (DocumentBatch) throws -> Void) rethrows {
        guard count > 0 else { return }
        try body(
            DocumentBatch(
                documents: UnsafeBufferPointer(start: documents, count: count),
                scores: UnsafeBufferPointer(start: scores, count: count),
                buckets: UnsafeBufferPointer(start: buckets, count: count), lastBucket: lastBucket))
    }
}

/// State by bucket that grows as buckets come.
struct BucketArray<Element> {
    private(set) var elements: [Element] = []
    private let empty: Element

    init(_ empty: Element) { self.empty = empty }

    subscript(bucket: Int) -> Element {
        @inline(__always) get { bucket < elements.count ? elements[bucket] : empty }
        @inline(__always) _modify {
            if bucket >= elements.count { grow(to: bucket + 1) }
            yield &elements[bucket]
        }
    }

    /// Calls with the state of all buckets up to and with the given one.
    @inline(__always)
    mutating func withElements(
        through bucket: Int, _ body: (UnsafeMutableBufferPointer<Element>) throws -> Void
    ) rethrows {
        if bucket >= elements.count { grow(to: bucket + 1) }
        try elements.withUnsafeMutableBufferPointer { try body($0) }
    }

    @inline(never)
    private mutating func grow(to count: Int) {
        elements.reserveCapacity(max(count, elements.count * 2))
        while elements.count < count { elements.append(empty) }
    }
}
