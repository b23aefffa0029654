import JSON
import Mappings
import SearchIndex

/// `histogram` and `date_histogram`.
final class HistogramAggregator: Aggregator {
    private let values: FieldValues
    private var rounding: HistogramRounding
    private let hardBounds: ClosedRange<Double>?
    private let maximumBuckets: Int
    private var table = BucketTable()
    private var byOwner: [Int: [Int]]?

    init(
        values: FieldValues, rounding: HistogramRounding, hardBounds: ClosedRange<Double>?, maximumBuckets: Int,
        children: [Aggregator]
    ) {
        self.values = values
        self.rounding = rounding
        self.hardBounds = hardBounds
        self.maximumBuckets = maximumBuckets
        super.init(children: children)
    }

    override func begin(_ segment: Segment) throws {
        values.begin(segment)
        if case .numbers(let numbers, _) = values, let bounds = numbers.column?.bounds {
            rounding.prepare(numbers.encoding.double(bounds.lowerBound), numbers.encoding.double(bounds.upperBound))
        }
        try super.begin(segment)
    }

    override func collect(_ batch: DocumentBatch) throws {
        guard case .numbers(let numbers, _) = values else { return }
        let encoding = numbers.encoding
        let hasChildren = !children.isEmpty
        let hardBounds = hardBounds
        // Held here while the batch is counted, so that nobody else is asked for them.
        var table = BucketTable()
        var rounding = rounding
        swap(&table, &self.table)
        defer {
            swap(&table, &self.table)
            self.rounding = rounding
        }
        for index in 0..<batch.count {
            let document = Int(batch.documents[index])
            var previous: Int64?
            try numbers.forEach(document) { value in
                let number = encoding.double(value)
                if let hardBounds, !hardBounds.contains(number) { return }
                let key = rounding.key(number)
                guard previous != key else { return }
                previous = key
                let own = table.count(Int(batch.buckets[index]), key)
                if hasChildren { try collectChildren(document, batch.scores[index], own) }
            }
        }
        try flush()
    }

    override func result(_ owner: Int) throws -> PartialAggregation {
        if byOwner == nil { byOwner = table.bucketsByOwner() }
        let own = byOwner?[owner] ?? []
        if own.count > maximumBuckets { throw SearchError.tooManyBuckets(own.count, limit: maximumBuckets) }
        var result = PartialBuckets()
        result.format = values.format
        result.keyType = .integers
        if case .unmapped = values { result.keyType = .unmapped }
        result.buckets = try own.map {
            PartialBucket(
                key: rounding.bucketKey(table.keys[$0]), count: table.counts[$0], children: try childResults($0))
        }
        return .buckets(result)
    }
}
