public import SearchIndex

/// Runs the aggregations of a search over one index: told of each segment, then of each matching document of it.
///
/// Belongs to one thread.
public final class AggregationCollector {
    private let context: any AggregationContext
    private let aggregators: [Aggregator]
    private let nodes: [AggregationRequest.Node]
    private let pending = PendingDocuments()

    /// Prepares the aggregations for an index.
    ///
    /// - Parameter isOnlyIndex: Whether results need not be merged with those of other indices: buckets that will not be shown are then
    ///   left out early.
    /// - Parameter maximumBuckets: `search.max_buckets`: a histogram that finds more is an error.
    /// - Throws: ``SearchError`` if a field's type does not fit an aggregation.
    public init(
        _ request: AggregationRequest, context: any AggregationContext, isOnlyIndex: Bool = true,
        maximumBuckets: Int = 65_535
    ) throws {
        self.context = context
        nodes = request.nodes.filter { !$0.isPipeline }
        let builder = AggregatorBuilder(
            context: context, isOnlyIndex: isOnlyIndex, maximumBuckets: maximumBuckets)
        aggregators = try nodes.map { try builder.aggregator(for: $0, nestedPath: nil) }
    }

    /// Begins a segment of the snapshot; the documents that follow are of it.
    public func begin(_ segment: Segment) throws {
        try flush()
        for aggregator in aggregators where !(aggregator is GlobalAggregator) { try aggregator.begin(segment) }
    }

    /// Takes a matching document, ascending within the segment.
    public func collect(_ document: Int, score: Float = 0) throws {
        if pending.add(document, score, 0) { try flush() }
    }

    private func flush() throws {
        try pending.withBatch { batch in
            for aggregator in aggregators where !(aggregator is GlobalAggregator) { try aggregator.collect(batch) }
        }
        pending.removeAll()
    }

    /// Takes all documents of a set, such as all live documents of a segment.
    public func collect(_ set: DocumentSet) throws {
        var document = set.next(from: 0)
        while document < noMoreDocuments {
            try collect(document)
            document = set.next(from: document + 1)
        }
    }

    /// What was found, to be merged with that of other indices and shown.
    public func finish() throws -> PartialAggregations {
        try flush()
        for case let aggregator as GlobalAggregator in aggregators { try aggregator.run(over: context.snapshot) }
        return PartialAggregations(results: try aggregators.map { try $0.result(0) })
    }
}

/// What the aggregations of a search found in one index.
public struct PartialAggregations: Sendable {
    var results: [PartialAggregation]
}
