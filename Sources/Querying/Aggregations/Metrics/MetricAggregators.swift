import Mappings
import SearchIndex

/// Count, sum, extremes and sum of squares; sums are compensated (Kahan), as OpenSearch's are.
struct NumberSummary: Sendable {
    var count = 0
    var sum = 0.0
    var minimum = Double.infinity
    var maximum = -Double.infinity
    var squares = 0.0
    private var lost = 0.0
    private var lostOfSquares = 0.0

    @inline(__always)
    mutating func add(_ value: Double) {
        count += 1
        if value < minimum { minimum = value }
        if value > maximum { maximum = value }
        Self.add(value, to: &sum, &lost)
        Self.add(value * value, to: &squares, &lostOfSquares)
    }

    mutating func merge(_ other: NumberSummary) {
        count += other.count
        minimum = min(minimum, other.minimum)
        maximum = max(maximum, other.maximum)
        Self.add(other.sum, to: &sum, &lost)
        Self.add(other.squares, to: &squares, &lostOfSquares)
    }

    @inline(__always)
    private static func add(_ value: Double, to sum: inout Double, _ lost: inout Double) {
        guard value.isFinite else {
            sum += value
            return
        }
        let corrected = value - lost
        let next = sum + corrected
        lost = (next - sum) - corrected
        sum = next
    }
}

/// `avg`, `sum`, `min`, `max`, `value_count`, `stats`, `extended_stats`.
final class SummaryAggregator: Aggregator {
    private let values: FieldValues
    private let countsOnly: Bool
    private var summaries = BucketArray(NumberSummary())

    init(values: FieldValues, countsOnly: Bool) {
        self.values = values
        self.countsOnly = countsOnly
        super.init()
    }

    override func begin(_ segment: Segment) { values.begin(segment) }

    override func collect(_ batch: DocumentBatch) {
        switch values {
        case .numbers(let numbers, _):
            summaries.withElements(through: batch.lastBucket) { summaries in
                switch numbers.encoding {
                case .integer: numbers.forEach(batch) { summaries[$0].add(Double($1)) }
                case .floating: numbers.forEach(batch) { summaries[$0].add(SortableDouble.decode($1)) }
                case let encoding: numbers.forEach(batch) { summaries[$0].add(encoding.double($1)) }
                }
            }
        case .strings(let strings, _):
            for index in 0..<batch.count {
                strings.forEach(Int(batch.documents[index])) { _ in summaries[Int(batch.buckets[index])].count += 1 }
            }
        case .unmapped: break
        }
    }

    override func result(_ bucket: Int) -> PartialAggregation { .summary(summaries[bucket], values.format) }
}

/// `cardinality`.
final class CardinalityAggregator: Aggregator {
    private let values: FieldValues
    private let empty: HyperLogLog
    private var counters: BucketArray<HyperLogLog>
    /// The hashes of the segment's strings, by ordinal; 0 for those not met yet (no hash of a string is 0).
    private var hashes: [UInt64] = []
    /// The ordinals of the segment that the first bucket has: most aggregations have only that one.
    private var seen: DocumentSet?

    init(values: FieldValues, precisionThreshold: Int) {
        self.values = values
        empty = HyperLogLog(threshold: precisionThreshold)
        counters = BucketArray(empty)
        super.init()
    }

    override func begin(_ segment: Segment) {
        values.begin(segment)
        guard case .strings(let strings, _) = values else { return }
        let count = strings.column?.count ?? 0
        hashes = [UInt64](repeating: 0, count: count)
        seen = DocumentSet(capacity: count)
    }

    override func collect(_ batch: DocumentBatch) {
        switch values {
        case .numbers(let numbers, _):
            counters.withElements(through: batch.lastBucket) { counters in
                numbers.forEach(batch) { counters[$0].add(HyperLogLog.hash($1)) }
            }
        case .strings(let strings, _):
            for index in 0..<batch.count {
                collect(strings, Int(batch.documents[index]), Int(batch.buckets[index]))
            }
        case .unmapped: break
        }
    }

    /// Strings are hashed once a segment, and in the first bucket looked at once a segment.
    private func collect(_ strings: StringValues, _ document: Int, _ bucket: Int) {
        let count = strings.column?.ordinals.count(of: document) ?? 0
        guard let column = strings.column, count > 0 else {
            if let missing = strings.missing { counters[bucket].add(HyperLogLog.hash(missing)) }
            return
        }
        for index in 0..<count {
            let ordinal = Int(column.ordinals.value(index, of: document))
            if bucket == 0 {
                if seen?.contains(ordinal) ?? false { continue }
                seen?.insert(ordinal)
            }
            if hashes[ordinal] == 0 { hashes[ordinal] = HyperLogLog.hash(column.bytes(of: ordinal)) }
            counters[bucket].add(hashes[ordinal])
        }
    }

    override func result(_ bucket: Int) -> PartialAggregation { .cardinality(counters[bucket]) }
}

/// `percentiles` and `percentile_ranks`.
final class PercentilesAggregator<Sketch: PercentileSketch>: Aggregator {
    private let values: FieldValues
    private var sketches: BucketArray<Sketch>

    init(values: FieldValues, empty: Sketch) {
        self.values = values
        sketches = BucketArray(empty)
        super.init()
    }

    override func begin(_ segment: Segment) { values.begin(segment) }

    override func collect(_ batch: DocumentBatch) {
        guard case .numbers(let numbers, _) = values else { return }
        let encoding = numbers.encoding
        sketches.withElements(through: batch.lastBucket) { sketches in
            numbers.forEach(batch) { sketches[$0].add(encoding.double($1)) }
        }
    }

    override func result(_ bucket: Int) throws -> PartialAggregation {
        let digest = sketches[bucket].digest
        if case .hdr(let histogram) = digest, histogram.hasNegative {
            throw SearchError(
                type: "array_index_out_of_bounds_exception",
                reason: "percentiles with [hdr] do not take negative values; use [tdigest]", status: 500, phase: .query)
        }
        return .percentiles(digest, values.format)
    }
}

/// `weighted_avg`.
final class WeightedAverageAggregator: Aggregator {
    private let values: FieldValues
    private let weights: FieldValues
    private let format: ValueFormat
    private var products = BucketArray(NumberSummary())
    private var sums = BucketArray(NumberSummary())

    init(values: FieldValues, weights: FieldValues, format: ValueFormat) {
        self.values = values
        self.weights = weights
        self.format = format
        super.init()
    }

    override func begin(_ segment: Segment) {
        values.begin(segment)
        weights.begin(segment)
    }

    override func collect(_ document: Int, _ score: Float, _ bucket: Int) throws {
        guard case .numbers(let numbers, _) = values, case .numbers(let factors, _) = weights else { return }
        var weight: Double?
        try factors.forEach(document) { value in
            if weight != nil {
                throw SearchError(
                    type: "aggregation_execution_exception",
                    reason: "Encountered more than one weight for a single document. Use a script to combine multiple "
                        + "weights-per-doc into a single value.", status: 500, phase: .query)
            }
            weight = factors.encoding.double(value)
        }
        guard let weight else { return }
        numbers.forEach(document) {
            products[bucket].add(numbers.encoding.double($0) * weight)
            sums[bucket].add(weight)
        }
    }

    override func result(_ bucket: Int) -> PartialAggregation {
        .weightedAverage(products[bucket], sums[bucket], format)
    }
}
