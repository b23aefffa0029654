import JSON

/// The `profile` of a search in OpenSearch's form.
///
/// Only the whole of a search is timed.
enum SearchProfile {
    static func json(_ searches: [ViewSearch], _ request: SearchRequest, nanoseconds: UInt64) -> JSONValue {
        let shards = searches.map { search -> JSONValue in
            let time = JSONValue.number(JSONNumber(Int(nanoseconds) / max(1, searches.count)))
            let breakdown: JSONValue = [
                "score": 0, "build_scorer_count": 0, "match_count": 0, "create_weight": 0, "next_doc": time, "match": 0,
                "create_weight_count": 1, "next_doc_count": 0, "score_count": 0, "build_scorer": 0, "advance": 0,
                "advance_count": 0, "set_min_competitive_score": 0, "set_min_competitive_score_count": 0,
                "shallow_advance": 0, "shallow_advance_count": 0, "compute_max_score": 0, "compute_max_score_count": 0,
            ]
            var query: JSONObject = [
                "type": .string(type(of: request.query)), "description": .string(description(of: request.query)),
                "time_in_nanos": time, "breakdown": breakdown,
            ]
            let vectors = search.builder.vectorSearches.entries
            if !vectors.isEmpty { query["children"] = .array(vectors.map(json)) }
            let collector: JSONValue = [
                "name": .string(search.isByScore ? "SimpleTopScoreDocCollector" : "SimpleFieldCollector"),
                "reason": "search_top_hits", "time_in_nanos": time,
            ]
            let run: JSONValue = ["query": [.object(query)], "rewrite_time": 0, "collector": [collector]]
            return [
                "id": .string("[needletail][\(search.view.name)][0]"), "inbound_network_time_in_millis": 0,
                "outbound_network_time_in_millis": 0, "searches": [run], "aggregations": [],
            ]
        }
        return ["shards": .array(shards)]
    }

    /// How the vectors of a segment were searched, and why so.
    private static func json(_ entry: VectorSearches.Entry) -> JSONValue {
        [
            "type": "KNNQuery", "description": .string("\(entry.query) in segment \(entry.segment): \(entry.plan)"),
            "time_in_nanos": .number(JSONNumber(Int(entry.nanoseconds))),
            "breakdown": ["comparisons": .number(JSONNumber(entry.comparisons))],
        ]
    }

    private static func type(of query: Query?) -> String {
        switch query?.kind {
        case .knn, .neural: "KNNQuery"
        case .rankFeature: "FeatureQuery"
        case .neuralSparse: "BooleanQuery"
        case nil, .matchAll: "MatchAllDocsQuery"
        case .bool, .match: "BooleanQuery"
        case .term: "TermQuery"
        case .constantScore: "ConstantScoreQuery"
        default: "Query"
        }
    }

    private static func description(of query: Query?) -> String {
        switch query?.kind {
        case nil, .matchAll: "*:*"
        case .term(let term): "\(term.field):\(term.value.string ?? term.value.serialized())"
        case .match(let match): "\(match.field):\(match.value.string ?? match.value.serialized())"
        default: "query"
        }
    }
}
