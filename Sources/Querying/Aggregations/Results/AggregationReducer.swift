public import JSON
public import Mappings

extension AggregationRequest {
    /// Merges what was found in each index into the value of `aggregations`.
    ///
    /// - Parameters:
    ///   - partials: What the collectors of the indices returned.
    ///   - typedKeys: Whether names carry their type: `sterms#name`.
    ///   - maximumBuckets: `search.max_buckets`.
    ///   - now: What `now` means in bounds.
    /// - Throws: ``SearchError``: too many buckets, or a pipeline's path that leads nowhere.
    public func reduce(
        _ partials: [PartialAggregations], typedKeys: Bool = false, maximumBuckets: Int = 65_535, now: Moment
    ) throws -> JSONValue {
        var reducer = AggregationReducer(maximumBuckets: maximumBuckets, now: now)
        let results = try reducer.reduce(nodes, partials.map(\.results), parentCount: nil)
        return .object(ReducedAggregation.json(results, typedKeys: typedKeys))
    }
}

/// Makes final results of partial ones, from the inside out: children first, then order and cuts, then pipelines.
struct AggregationReducer {
    let maximumBuckets: Int
    /// What `now` means in bounds.
    let now: Moment
    private var bucketCount = 0

    init(maximumBuckets: Int, now: Moment) {
        self.maximumBuckets = maximumBuckets
        self.now = now
    }

    /// Counts buckets that will be shown.
    mutating func count(_ buckets: Int) throws {
        bucketCount += buckets
        guard bucketCount > maximumBuckets else { return }
        throw SearchError.tooManyBuckets(bucketCount, limit: maximumBuckets)
    }

    /// The results of sibling aggregations, pipelines over them included.
    mutating func reduce(
        _ nodes: [AggregationRequest.Node], _ partials: [[PartialAggregation]], parentCount: Int?
    ) throws -> [ReducedAggregation] {
        var results: [ReducedAggregation] = []
        var place = 0
        for node in nodes where !node.isPipeline {
            let found = partials.compactMap { place < $0.count ? $0[place] : nil }
            results.append(try reduce(.merged(found, node: node), node))
            place += 1
        }
        for node in nodes {
            if case .pipeline(let specification) = node.specification, specification.isSibling {
                results.append(try SiblingPipeline.run(specification, node, over: results))
            }
        }
        // In the order of the request.
        let order = nodes.map(\.name)
        return results.sorted { (order.firstIndex(of: $0.name) ?? 0) < (order.firstIndex(of: $1.name) ?? 0) }
    }

    mutating func reduce(
        _ partial: PartialAggregation, _ node: AggregationRequest.Node
    ) throws -> ReducedAggregation {
        var result = ReducedAggregation(name: node.name, type: node.type, body: .value(nil, text: nil), meta: node.meta)
        switch node.specification {
        case .summary(let summary): result.body = MetricResults.summary(summary, partial)
        case .cardinality:
            var count = 0
            if case .cardinality(let counter) = partial { count = counter.count }
            result.body = .fields([("value", .number(JSONNumber(count)))])
        case .percentiles(let specification):
            result.type = specification.isRanks ? "tdigest_percentile_ranks" : "tdigest_percentiles"
            result.body = MetricResults.percentiles(specification, partial)
        case .weightedAverage: result.body = MetricResults.weightedAverage(partial)
        case .topHits(let specification): result.body = MetricResults.topHits(specification, partial)
        case .filter, .global, .missing, .nested, .reverseNested:
            var bucket = PartialBucket(key: .place(0), count: 0, children: [])
            if case .bucket(let found) = partial { bucket = found }
            result.body = .bucket(
                ReducedBucket(
                    key: .place(0), keyText: "", members: [], count: bucket.count,
                    children: try children(of: bucket, node)))
        default:
            var buckets = PartialBuckets()
            if case .buckets(let found) = partial { buckets = found }
            try reduceBuckets(buckets, node, into: &result)
        }
        return result
    }

    mutating func children(of bucket: PartialBucket, _ node: AggregationRequest.Node) throws -> [ReducedAggregation] {
        try reduce(node.children, [bucket.children], parentCount: bucket.count)
    }
}
