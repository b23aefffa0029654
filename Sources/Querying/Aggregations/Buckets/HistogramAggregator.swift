import JSON
import Mappings
import SearchIndex

/// `histogram` and `date_histogram`.
final class HistogramAggregator: Aggregator {
    private let values: FieldValues
    private var rounding: HistogramRounding
    private let hardBounds: ClosedRange<Double>?
    private var table = BucketTable()
    private var counts: [Int] = []
    private var byOwner: [Int: [Int]]?

    init(
        values: FieldValues, rounding: HistogramRounding, hardBounds: ClosedRange<Double>?, children: [Aggregator]
    ) {
        self.values = values
        self.rounding = rounding
        self.hardBounds = hardBounds
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
        for index in 0..<batch.count {
            let document = Int(batch.documents[index])
            var previous: Int64?
            try numbers.forEach(document) { value in
                let number = encoding.double(value)
                if let hardBounds, !hardBounds.contains(number) { return }
                let key = rounding.key(number)
                guard previous != key else { return }
                previous = key
                let own = table.bucket(Int(batch.buckets[index]), key)
                if own == counts.count { counts.append(1) } else { counts[own] += 1 }
                if !children.isEmpty { try collectChildren(document, batch.scores[index], own) }
            }
        }
        try flush()
    }

    override func result(_ owner: Int) throws -> PartialAggregation {
        if byOwner == nil { byOwner = table.bucketsByOwner() }
        var result = PartialBuckets()
        result.format = values.format
        result.keyType = .integers
        if case .unmapped = values { result.keyType = .unmapped }
        result.buckets = try (byOwner?[owner] ?? []).map {
            PartialBucket(
                key: rounding.bucketKey(table.keys[$0]), count: counts[$0], children: try childResults($0))
        }
        return .buckets(result)
    }
}
