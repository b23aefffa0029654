/// The `hybrid` part: queries whose scores are made comparable before they are combined.
///
/// It stands at the top of a search only.
public struct HybridQuery: Sendable, Hashable {
    /// The queries; at most ``maximumQueries``.
    public var queries: [Query]
    /// What every hit must match, without score.
    public var filter: Query?
    /// How many hits of each query are looked at; `nil`: as many as the page ends with.
    public var paginationDepth: Int?

    /// How many queries OpenSearch takes.
    public static let maximumQueries = 5

    /// Makes a query.
    public init(queries: [Query], filter: Query? = nil, paginationDepth: Int? = nil) {
        self.queries = queries
        self.filter = filter
        self.paginationDepth = paginationDepth
    }

    /// One of the queries, with the filter.
    func filtered(_ query: Query) -> Query {
        guard let filter else { return query }
        var bool = BoolQuery()
        bool.must = [query]
        bool.filter = [filter]
        return Query(.bool(bool))
    }

    /// What any of the queries matches.
    var union: Query {
        var bool = BoolQuery()
        bool.should = queries
        bool.minimumShouldMatch = "1"
        if let filter { bool.filter = [filter] }
        return Query(.bool(bool))
    }
}

extension Query {
    /// What a search asks that makes no list of its own: of a hybrid query the union of its queries.
    var single: Query { if case .hybrid(let hybrid) = kind { hybrid.union } else { self } }
}
