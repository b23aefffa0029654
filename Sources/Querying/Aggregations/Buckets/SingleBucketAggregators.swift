import Mappings
import SearchIndex

/// The base of aggregations with one bucket.
class SingleBucketAggregator: Aggregator {
    private var counts = BucketArray(0)

    final func add(_ document: Int, _ score: Float, _ bucket: Int) throws {
        counts[bucket] += 1
        if !children.isEmpty { try collectChildren(document, score, bucket) }
    }

    override func result(_ bucket: Int) throws -> PartialAggregation {
        .bucket(PartialBucket(key: .place(0), count: counts[bucket], children: try childResults(bucket)))
    }
}

/// `missing`.
final class MissingAggregator: SingleBucketAggregator {
    private let values: FieldValues

    init(values: FieldValues, children: [Aggregator]) {
        self.values = values
        super.init(children: children)
    }

    override func begin(_ segment: Segment) throws {
        values.begin(segment)
        try super.begin(segment)
    }

    override func collect(_ document: Int, _ score: Float, _ bucket: Int) throws {
        if values.isMissing(document) { try add(document, score, bucket) }
    }
}

/// `global`: all documents of the index, whatever was searched for.
final class GlobalAggregator: SingleBucketAggregator {
    func run(over snapshot: IndexSnapshot) throws {
        for segment in snapshot.segments {
            try begin(segment)
            let set = segment.searchableDocuments
            var document = set?.next(from: 0) ?? 0
            while document < segment.documentCount {
                try add(document, 0, 0)
                document = set?.next(from: document + 1) ?? document + 1
            }
            try flush()
        }
    }
}

/// The documents of a segment that match a query, as a set that is made when it is first asked.
final class SegmentFilter {
    private let query: Query
    private let context: any AggregationContext
    private var segment: Segment?
    private var set: DocumentSet?
    private var isMade = false

    init(_ query: Query, context: any AggregationContext) {
        self.query = query
        self.context = context
    }

    func begin(_ segment: Segment) {
        self.segment = segment
        isMade = false
        set = nil
    }

    func contains(_ document: Int) throws -> Bool {
        if !isMade { try make() }
        return set?.contains(document) ?? false
    }

    private func make() throws {
        isMade = true
        guard let segment, let scorer = try context.matches(query, in: segment) else { return }
        var found = DocumentSet(capacity: segment.documentCount)
        var document = scorer.nextMatch()
        while document < noMoreDocuments {
            found.insert(document)
            document = scorer.nextMatch()
        }
        set = found
    }
}

/// `filter`.
final class FilterAggregator: SingleBucketAggregator {
    private let filter: SegmentFilter

    init(filter: SegmentFilter, children: [Aggregator]) {
        self.filter = filter
        super.init(children: children)
    }

    override func begin(_ segment: Segment) throws {
        filter.begin(segment)
        try super.begin(segment)
    }

    override func collect(_ document: Int, _ score: Float, _ bucket: Int) throws {
        if try filter.contains(document) { try add(document, score, bucket) }
    }
}

/// `filters`: a bucket for each filter, and perhaps one for what matches none.
final class FiltersAggregator: Aggregator {
    private let filters: [SegmentFilter]
    private let hasOther: Bool
    private var counts = BucketArray(0)

    init(filters: [SegmentFilter], hasOther: Bool, children: [Aggregator]) {
        self.filters = filters
        self.hasOther = hasOther
        super.init(children: children)
    }

    private var bucketCount: Int { filters.count + (hasOther ? 1 : 0) }

    override func begin(_ segment: Segment) throws {
        for filter in filters { filter.begin(segment) }
        try super.begin(segment)
    }

    override func collect(_ document: Int, _ score: Float, _ bucket: Int) throws {
        var isOther = true
        for (place, filter) in filters.enumerated() where try filter.contains(document) {
            isOther = false
            try add(place, document, score, bucket)
        }
        if isOther, hasOther { try add(filters.count, document, score, bucket) }
    }

    private func add(_ place: Int, _ document: Int, _ score: Float, _ bucket: Int) throws {
        let own = bucket * bucketCount + place
        counts[own] += 1
        if !children.isEmpty { try collectChildren(document, score, own) }
    }

    override func result(_ owner: Int) throws -> PartialAggregation {
        var result = PartialBuckets()
        result.buckets = try (0..<bucketCount).map { place in
            let own = owner * bucketCount + place
            return PartialBucket(key: .place(place), count: counts[own], children: try childResults(own))
        }
        result.keyType = .strings
        return .buckets(result)
    }
}
