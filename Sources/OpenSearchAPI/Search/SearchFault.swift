internal import JSON
internal import Querying

extension OpenSearchError {
    /// What is wrong with a search; what an index found stands within the envelope of its phase.
    init(_ error: SearchError) {
        if error.phase == .request {
            self.init(bare: error)
        } else {
            self.init(failedSearch: "all shards failed", [error])
        }
    }

    /// A search that failed in all indices, or in some and has to be whole.
    ///
    /// - Parameter errors: Of each index that failed; at least one.
    init(failedSearch reason: String, _ errors: [SearchError]) {
        self.init(
            errors.map(\.status).max() ?? 500, "search_phase_execution_exception", reason,
            [
                ("phase", errors.first?.phase == .fetch ? "fetch" : "query"), ("grouped", true),
                ("failed_shards", .array(errors.map { Self.shardFailure($0) })),
            ])
        roots = errors.flatMap { OpenSearchError(bare: $0).roots }
    }

    /// An index that failed, as it stands among the failures of a search.
    static func shardFailure(_ error: SearchError) -> JSONValue {
        [
            "shard": 0, "index": .string(error.index ?? ""), "node": "_local",
            "reason": OpenSearchError(bare: error).cause,
        ]
    }

    /// The error without an envelope.
    private init(bare error: SearchError) {
        self.init(error.status, error.type, error.reason)
        if let line = error.line { metadata.append(("line", .number(JSONNumber(line)))) }
        if let column = error.column { metadata.append(("col", .number(JSONNumber(column)))) }
        if let index = error.index, error.type == "query_shard_exception" {
            metadata.append(("index", .string(index)))
            metadata.append(("index_uuid", "_na_"))
        }
        causes = error.causes.map { OpenSearchError($0) }
        roots = error.rootCauses.map { root in
            var bare = OpenSearchError(root.status, root.type, root.reason)
            if let line = root.line { bare.metadata.append(("line", .number(JSONNumber(line)))) }
            if let column = root.column { bare.metadata.append(("col", .number(JSONNumber(column)))) }
            return bare
        }
    }
}
