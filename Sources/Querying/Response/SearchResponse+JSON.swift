public import JSON

extension SearchResponse {
    /// The response as the API shows it; `total` may be a plain number (`rest_total_hits_as_int`).
    public func json(totalAsInteger: Bool = false) -> JSONValue {
        var members: [(key: String, value: JSONValue)] = [
            ("took", .number(JSONNumber(took))), ("timed_out", .bool(timedOut)),
        ]
        if let terminatedEarly { members.append(("terminated_early", .bool(terminatedEarly))) }
        var counts: [(key: String, value: JSONValue)] = [
            ("total", .number(JSONNumber(shards))), ("successful", .number(JSONNumber(shards - failures.count))),
            ("skipped", 0), ("failed", .number(JSONNumber(failures.count))),
        ]
        if !failures.isEmpty {
            counts.append(
                (
                    "failures",
                    .array(
                        failures.map { failure in
                            [
                                "shard": 0, "index": failure.index.map { .string($0) } ?? .null, "node": .null,
                                "reason": failure.json,
                            ]
                        })
                ))
        }
        members.append(("_shards", .object(JSONObject(counts))))
        members.append(("hits", hits.json(totalAsInteger: totalAsInteger)))
        if let aggregations { members.append(("aggregations", aggregations)) }
        if let suggest { members.append(("suggest", suggest)) }
        if let profile { members.append(("profile", profile)) }
        return .object(JSONObject(members))
    }
}

extension SearchResponse.Hits {
    /// The hits as the API shows them: `total`, `max_score`, `hits`.
    public func json(totalAsInteger: Bool = false) -> JSONValue {
        var members: [(key: String, value: JSONValue)] = []
        if totalAsInteger {
            members.append(("total", .number(JSONNumber(total?.value ?? -1))))
        } else if let total {
            members.append(
                (
                    "total",
                    [
                        "value": .number(JSONNumber(total.value)),
                        "relation": .string(total.isLowerBound ? "gte" : "eq"),
                    ]
                ))
        }
        members.append(("max_score", maxScore.map { ScoreText.json($0) } ?? .null))
        members.append(("hits", .array(hits.map(\.json))))
        return .object(JSONObject(members))
    }
}

extension SearchHit {
    /// The hit as the API shows it.
    public var json: JSONValue {
        var members: [(key: String, value: JSONValue)] = []
        func add(_ key: String, _ value: JSONValue) { members.append((key, value)) }
        if let explanation {
            add("_shard", .string("[\(index)][0]"))
            add("_node", .null)
            members += Self.head(self)
            tail(&members)
            add("_explanation", explanation.json)
            return .object(JSONObject(members))
        }
        members += Self.head(self)
        tail(&members)
        return .object(JSONObject(members))
    }

    private static func head(_ hit: SearchHit) -> [(key: String, value: JSONValue)] {
        var members: [(key: String, value: JSONValue)] = [("_index", .string(hit.index)), ("_id", .string(hit.id))]
        if !hit.nested.isEmpty { members.append(("_nested", nestedIdentity(hit.nested[...]))) }
        return members
    }

    private static func nestedIdentity(_ path: ArraySlice<(field: String, offset: Int)>) -> JSONValue {
        guard let first = path.first else { return .null }
        var members: [(key: String, value: JSONValue)] = [
            ("field", .string(first.field)), ("offset", .number(JSONNumber(first.offset))),
        ]
        if path.count > 1 { members.append(("_nested", nestedIdentity(path.dropFirst()))) }
        return .object(JSONObject(members))
    }

    private func tail(_ members: inout [(key: String, value: JSONValue)]) {
        func add(_ key: String, _ value: JSONValue) { members.append((key, value)) }
        if let version { add("_version", .number(JSONNumber(version))) }
        if let seqNo { add("_seq_no", .number(JSONNumber(seqNo))) }
        if let primaryTerm { add("_primary_term", .number(JSONNumber(primaryTerm))) }
        add("_score", score.map { ScoreText.json($0) } ?? .null)
        if let routing { add("_routing", .string(routing)) }
        if !ignored.isEmpty { add("_ignored", .array(ignored.map { .string($0) })) }
        if let source { add("_source", source) }
        if !fields.isEmpty { add("fields", .object(JSONObject(fields.map { ($0.name, .array($0.values)) }))) }
        if !highlight.isEmpty {
            add("highlight", .object(JSONObject(highlight.map { ($0.name, .array($0.fragments.map { .string($0) })) })))
        }
        if !sort.isEmpty { add("sort", .array(sort)) }
        if !matchedQueries.isEmpty {
            if showsQueryScores {
                add("matched_queries", .object(JSONObject(matchedQueries.map { ($0.name, ScoreText.json($0.score)) })))
            } else {
                add("matched_queries", .array(matchedQueries.map { .string($0.name) }))
            }
        }
        if let rerank { add("_rerank", rerank) }
        if !innerHits.isEmpty {
            add("inner_hits", .object(JSONObject(innerHits.map { ($0.name, ["hits": $0.hits.json()]) })))
        }
    }
}
