public import JSON
public import Mappings
public import SearchIndex

/// What aggregations ask of the search that they are part of: one index, at one moment.
public protocol AggregationContext: AnyObject {
    /// The index's name: the value of `_index`.
    var indexName: String { get }
    /// The mapping of the index.
    var mapping: Mapping { get }
    /// What is searched.
    var snapshot: IndexSnapshot { get }
    /// What `now` means.
    var now: Moment { get }
    /// The documents of a segment that a query matches, children included; nil for none. Scores are not needed.
    func matches(_ query: Query, in segment: Segment) throws -> Scorer?
    /// The hits of `top_hits` as they are answered: `_index`, `_id`, `_score` and what the body asks for.
    ///
    /// - Parameters:
    ///   - documents: Documents of the snapshot, in order, children included.
    ///   - sortValues: What each was sorted by; empty without a sort.
    ///   - body: The body of `top_hits`: `_source`, `fields`, `docvalue_fields`, `highlight`, `explain`, `version`, …
    func hits(_ documents: [ScoredDocument], sortValues: [[JSONValue]], body: JSONObject) throws -> [JSONValue]
}

extension AggregationContext {
    /// No name.
    public var indexName: String { "" }
}

extension SearchError {
    /// What a field's type says of an aggregation's request.
    static func aggregation(_ error: MappingError) -> SearchError {
        SearchError(
            type: error.kind.rawValue, reason: error.reason, phase: .query, cause: error.cause.map { aggregation($0) })
    }

    static func tooManyBuckets(_ count: Int, limit: Int) -> SearchError {
        SearchError(
            type: "too_many_buckets_exception",
            reason:
                "Trying to create too many buckets. Must be less than or equal to: [\(limit)] but was [\(count)]. This "
                + "limit can be set by changing the [search.max_buckets] cluster level setting.",
            status: 503, phase: .query)
    }

    static func aggregation(_ reason: String) -> SearchError {
        SearchError(type: "illegal_argument_exception", reason: reason, phase: .query)
    }
}
