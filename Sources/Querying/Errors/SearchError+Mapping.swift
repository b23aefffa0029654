import Mappings

extension SearchError {
    /// The error of a field, found while a query was made for an index.
    init(_ error: MappingError) {
        self.init(
            type: error.kind.rawValue, reason: error.reason, phase: .query,
            cause: error.cause.map { SearchError($0) })
    }

    /// What OpenSearch makes of an error that comes up while a query is made for an index.
    func whileCreatingQuery(index: String) -> SearchError {
        if ["query_shard_exception", "parse_exception", "too_complex_to_determinize_exception"].contains(type)
            || phase == .fetch
        {
            return during(.query, index: index)
        }
        var outer = SearchError(
            type: "query_shard_exception", reason: "failed to create query: \(reason)", phase: .query, index: index,
            cause: self)
        outer.status = status
        return outer
    }
}
