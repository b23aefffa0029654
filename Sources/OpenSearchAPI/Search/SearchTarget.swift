internal import ClusterState
internal import Indices
internal import JSON
internal import Querying

/// An index that a search asks, as of one moment.
struct SearchTarget: Sendable {
    let index: IndexMetadata
    let snapshot: SearchSnapshot
    /// What an alias lets through; nil means everything.
    var filter: Query?
}

extension OpenSearchNode {
    /// The parameters of the query that say which indices are meant.
    static let searchIndices = IndicesOptions.parameters + ["ignore_throttled"]

    /// The indices of a search, each as of now.
    func targets(_ expressions: [String], _ options: IndicesOptions) throws -> [SearchTarget] {
        let metadata = self.metadata.current
        try Authorization.current?.check(.search, expressions, options, metadata)
        let catalog = metadata.catalog
        return try catalog.resolve(expressions, options).compactMap { name in
            guard let index = metadata.indices[name], index.isOpen else { return nil }
            try Self.checkBlocks(index, ["read"])
            let service = try service(index)
            return SearchTarget(
                index: index, snapshot: service.snapshot, filter: try Self.filter(of: index, expressions, catalog))
        }
    }

    /// The filters of the aliases through which an index was reached; an index reached by its own name has none.
    private static func filter(
        of index: IndexMetadata, _ expressions: [String], _ catalog: IndexCatalog
    ) throws -> Query? {
        if expressions.isEmpty || index.aliases.allSatisfy({ $0.value["filter"] == nil }) { return nil }
        var filters: [JSONValue] = []
        for written in expressions where !written.hasPrefix("-") {
            let expression = try DateMathName.resolve(written, now: catalog.now)
            if expression == "_all" || Wildcard.matches(expression, index.name) { return nil }
            for (alias, definition) in index.aliases where Wildcard.matches(expression, alias) {
                guard let filter = definition["filter"] else { return nil }
                filters.append(filter)
            }
        }
        guard !filters.isEmpty else { return nil }
        return try Query(parsing: filters.count == 1 ? filters[0] : ["bool": ["should": .array(filters)]])
    }
}

extension [SearchTarget] {
    /// `_shards` of a search over these indices.
    ///
    /// - Parameter failures: Indices that could not answer, and why.
    func shards(_ failures: [SearchError] = []) -> JSONValue {
        let failed = Set(failures.compactMap(\.index))
        let total = reduce(0) { $0 + $1.index.numberOfShards }
        let lost = reduce(0) { $0 + (failed.contains($1.index.name) ? $1.index.numberOfShards : 0) }
        let counts = ShardStatistics.object([
            "total": total, "successful": total - lost, "skipped": 0, "failed": lost,
        ])
        guard !failures.isEmpty, var members = counts.object else { return counts }
        members["failures"] = .array(failures.map { OpenSearchError.shardFailure($0) })
        return .object(members)
    }
}
