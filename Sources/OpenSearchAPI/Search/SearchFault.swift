internal import JSON
internal import Querying

extension OpenSearchError {
    /// What is wrong with a search; what an index found stands within the envelope of its phase.
    init(_ error: SearchError) {
        var own = OpenSearchError(error.status, error.type, error.reason)
        if let line = error.line { own.metadata.append(("line", .number(JSONNumber(line)))) }
        if let column = error.column { own.metadata.append(("col", .number(JSONNumber(column)))) }
        if let index = error.index, error.type == "query_shard_exception" {
            own.metadata.append(("index", .string(index)))
            own.metadata.append(("index_uuid", "_na_"))
        }
        own.causes = error.causes.map { OpenSearchError($0) }
        let roots = error.rootCauses.map { root in
            var bare = OpenSearchError(root.status, root.type, root.reason)
            if let line = root.line { bare.metadata.append(("line", .number(JSONNumber(line)))) }
            if let column = root.column { bare.metadata.append(("col", .number(JSONNumber(column)))) }
            return bare
        }
        own.roots = roots
        if error.phase == .request {
            self = own
            return
        }
        self.init(
            error.status, "search_phase_execution_exception", "all shards failed",
            [
                ("phase", error.phase == .query ? "query" : "fetch"), ("grouped", true),
                (
                    "failed_shards",
                    [["shard": 0, "index": .string(error.index ?? ""), "node": "_local", "reason": own.cause]]
                ),
            ])
        self.roots = roots
    }
}
