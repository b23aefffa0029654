import ClusterAccess
import JSON
import Synchronization

/// Plays the protocols of a cluster for searches over several requests, in memory, and fails where a test wants it to.
final class FakeCluster: SearchCluster {
    struct Document: Sendable {
        var index = "books"
        var id: String
        var source: JSONValue?
    }

    struct Behaviour: Sendable {
        var hasPoints = true
        var sorts: Set<String> = ["_shard_doc", "_id"]
        var mapping: JSONValue = ["books": ["mappings": ["properties": ["body": ["type": "text"]]]]]
        /// Replies to searches, by their number from 1.
        var failures: [Int: ClusterReply] = [:]
        /// Searches that end without a reply.
        var broken: [Int: ClusterError.Code] = [:]
        /// Hits of a reply at most.
        var mostHits = Int.max
    }

    private struct State {
        var documents: [Document]
        var behaviour: Behaviour
        var requests: [ClusterRequest] = []
        var searches = 0
        /// What is open: its present id, and how many documents it has given.
        var contexts: [String: Int] = [:]
        var made = 0
    }

    let name = "https://fake:9200"
    private let state: Mutex<State>

    init(_ documents: [Document], _ behaviour: Behaviour = Behaviour()) {
        state = Mutex(State(documents: documents, behaviour: behaviour))
    }

    var requests: [ClusterRequest] { state.withLock { $0.requests } }
    /// How many points in time and scrolls are open.
    var open: Int { state.withLock { $0.contexts.count } }

    func send(_ request: ClusterRequest) async throws(ClusterError) -> ClusterReply {
        let body = (try? JSONValue(parsing: request.body)) ?? .null
        let result: Result<ClusterReply, ClusterError> = state.withLock { state in
            state.requests.append(request)
            return Self.answer(request, body, &state, name)
        }
        return try result.get()
    }

    private static func refused(_ status: Int, _ type: String, _ reason: String) -> ClusterReply {
        ClusterReply(
            status: status,
            body: ["error": ["type": .string(type), "reason": .string(reason)], "status": .number(JSONNumber(status))])
    }

    private static func answer(
        _ request: ClusterRequest, _ body: JSONValue, _ state: inout State, _ name: String
    ) -> Result<ClusterReply, ClusterError> {
        let parameters = Dictionary(request.query.map { ($0.name, $0.value) }) { $1 }
        switch (request.method, request.path) {
        case ("GET", "/books/_mapping"): return .success(ClusterReply(status: 200, body: state.behaviour.mapping))
        case ("POST", "/books/_search/point_in_time"):
            guard state.behaviour.hasPoints else {
                return .success(refused(400, "illegal_argument_exception", "no handler found"))
            }
            guard parameters["keep_alive"] != nil else {
                return .success(refused(400, "x", "keep alive not specified"))
            }
            let id = newContext(&state, at: 0)
            return .success(ClusterReply(status: 200, body: ["pit_id": .string(id)]))
        case ("DELETE", "/_search/point_in_time"), ("DELETE", "/_search/scroll"):
            for id in (body["pit_id"] ?? body["scroll_id"])?.array ?? [] { state.contexts[id.string ?? ""] = nil }
            return .success(ClusterReply(status: 200, body: [:]))
        case ("POST", "/_search"), ("POST", "/books/_search"), ("POST", "/_search/scroll"):
            return search(request, body, parameters, &state, name)
        default: return .success(refused(404, "index_not_found_exception", "no such index [\(request.path)]"))
        }
    }

    private static func newContext(_ state: inout State, at place: Int) -> String {
        state.made += 1
        let id = "context-\(state.made)"
        state.contexts[id] = place
        return id
    }

    private static func search(
        _ request: ClusterRequest, _ body: JSONValue, _ parameters: [String: String], _ state: inout State,
        _ name: String
    ) -> Result<ClusterReply, ClusterError> {
        let old = body["pit"]?["id"]?.string ?? body["scroll_id"]?.string
        if let old, state.contexts[old] == nil {
            return .success(refused(404, "search_context_missing_exception", "No search context found for id [\(old)]"))
        }
        let order = body["sort"]?[0]?.object?.keys.first
        if body["pit"] != nil, let order, !state.behaviour.sorts.contains(order) {
            return .success(
                refused(400, "query_shard_exception", "No mapping found for [\(order)] in order to sort on"))
        }
        guard body["pit"] == nil || body["pit"]?["keep_alive"]?.string == "5m" else {
            return .success(refused(400, "illegal_argument_exception", "the keep alive is missing"))
        }
        state.searches += 1
        if let code = state.behaviour.broken[state.searches] {
            return .failure(ClusterError(code, cluster: name, request: request.shown, reason: "broken by the test"))
        }
        if let failure = state.behaviour.failures[state.searches] { return .success(failure) }
        var documents = state.documents
        if order == "_id" { documents.sort { $0.id < $1.id } }
        var size = body["size"]?.int ?? 10
        let place: Int
        if let old, body["scroll_id"] != nil {
            place = state.contexts[old] ?? 0
            size = 2
        } else if let after = body["search_after"]?[0] {
            place =
                order == "_id"
                ? documents.firstIndex { $0.id > after.string ?? "" } ?? documents.count : (after.int ?? 0) + 1
        } else {
            place = 0
        }
        guard size <= state.behaviour.mostHits else {
            return .failure(ClusterError(.replyTooLarge, cluster: name, request: request.shown, reason: "too large"))
        }
        let page = documents[place..<min(place + size, documents.count)]
        let hits: [JSONValue] = zip(place..., page).map { number, document in
            var hit: JSONObject = ["_index": .string(document.index), "_id": .string(document.id)]
            hit["_source"] = document.source
            hit["sort"] = [order == "_id" ? .string(document.id) : .number(JSONNumber(number))]
            return .object(hit)
        }
        var reply: JSONObject = [
            "timed_out": false, "_shards": ["total": 1, "successful": 1, "failed": 0],
            "hits": [
                "hits": .array(hits), "total": ["value": .number(JSONNumber(documents.count)), "relation": "eq"],
            ],
        ]
        // Every answer has another id, and only the last one is good.
        if let old { state.contexts[old] = nil }
        if body["pit"] != nil {
            reply["pit_id"] = .string(newContext(&state, at: 0))
        } else {
            reply["_scroll_id"] = .string(newContext(&state, at: place + page.count))
        }
        return .success(ClusterReply(status: 200, body: .object(reply)))
    }
}
