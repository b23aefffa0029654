import JSON

/// Groups and models of ML Commons, as a client finds and changes them.
struct ClusterModels: Sendable {
    let cluster: any SearchCluster

    private static let root = "/_plugins/_ml"
    /// States of a model from which it can still come to answer.
    private static let usable = [
        "REGISTERING", "REGISTERED", "DEPLOYING", "DEPLOYED", "PARTIALLY_DEPLOYED", "UNDEPLOYED", "DEPLOY_FAILED",
    ]
    /// Hits of a search at most.
    private static let most = 1000

    /// A model as the cluster describes it.
    struct State: Sendable {
        let document: JSONValue

        /// `REGISTERING`, `REGISTERED`, `DEPLOYING`, `DEPLOYED`, `UNDEPLOYED`, `DEPLOY_FAILED`.
        var name: String { document["model_state"]?.string ?? "" }
        var version: String {
            document["model_version"]?.string ?? document["model_version"]?.int.map(String.init) ?? ""
        }
        var isDeployed: Bool { name == "DEPLOYED" }
    }

    /// The id of the group of a name, which is made if there is none.
    func group(named name: String, description: String?) async throws -> String {
        if let id = try await group(named: name) { return id }
        var body: JSONObject = ["name": .string(name)]
        if let description { body["description"] = .string(description) }
        let request = ClusterRequest("POST", Self.root + "/model_groups/_register", json: .object(body))
        let reply = try await cluster.send(request)
        if reply.isSuccess {
            guard let id = reply.body["model_group_id"]?.string else {
                throw cluster.malformed(request, lacks: "model_group_id")
            }
            return id
        }
        // Somebody else may have made it meanwhile.
        if reply.status == 400, let id = try await group(named: name) { return id }
        throw cluster.refusal(reply, of: request)
    }

    private func group(named name: String) async throws -> String? {
        let hits = try await search("model_groups", ["term": ["name.keyword": .string(name)]])
        return hits.first { $0["_source"]?["name"]?.string == name }?["_id"]?.string
    }

    /// The id of the newest model of an archive in a group; nil if there is none.
    func model(of digest: String, in group: String) async throws -> String? {
        try await models([
            ["term": ["model_group_id": .string(group)]], ["term": ["model_content_hash_value": .string(digest)]],
            // Not those whose upload failed for good.
            ["terms": ["model_state": .array(Self.usable.map { .string($0) })]],
        ]).first
    }

    /// The ids of models of a function in a group that are in memory.
    func deployed(in group: String, function: String) async throws -> [String] {
        try await models([
            ["term": ["model_group_id": .string(group)]], ["term": ["algorithm": .string(function)]],
            ["terms": ["model_state": ["DEPLOYED", "PARTIALLY_DEPLOYED", "DEPLOYING"]]],
        ])
    }

    private func models(_ filters: [JSONValue]) async throws -> [String] {
        let hits = try await search(
            "models",
            // Parts of an upload are documents of their own.
            ["bool": ["filter": .array(filters), "must_not": [["exists": ["field": "chunk_number"]]]]])
        return hits.sorted { Self.created($0) > Self.created($1) }.compactMap { $0["_id"]?.string }
    }

    private static func created(_ hit: JSONValue) -> Double { hit["_source"]?["created_time"]?.double ?? 0 }

    private func search(_ kind: String, _ query: JSONValue) async throws -> [JSONValue] {
        let request = ClusterRequest(
            "POST", Self.root + "/\(kind)/_search",
            json: [
                "query": query, "size": .number(JSONNumber(Self.most)), "_source": ["name", "created_time"],
            ], isRepeatable: true)
        let reply = try await cluster.send(request)
        // Nothing was ever registered.
        if reply.status == 404, reply.errorType == "index_not_found_exception" { return [] }
        guard reply.isSuccess else {
            throw cluster.refusal(reply, of: request, advice: "Does the cluster have the ML Commons plugin?")
        }
        guard let hits = reply.body["hits"]?["hits"]?.array else {
            throw cluster.malformed(request, lacks: "hits.hits")
        }
        return hits
    }

    /// What the cluster knows of a model.
    func state(of id: String) async throws -> State {
        State(
            document: try await cluster.ask(ClusterRequest("GET", ClusterRequest.path("_plugins", "_ml", "models", id)))
        )
    }

    /// Begins to deploy a model.
    ///
    /// - Returns: The id of the task.
    func deploy(_ id: String) async throws -> String {
        let request = ClusterRequest("POST", ClusterRequest.path("_plugins", "_ml", "models", id, "_deploy"))
        let reply = try await cluster.ask(request)
        guard let task = reply["task_id"]?.string else { throw cluster.malformed(request, lacks: "task_id") }
        return task
    }

    /// What the cluster knows of a task.
    func task(_ id: String) async throws -> JSONValue {
        try await cluster.ask(ClusterRequest("GET", ClusterRequest.path("_plugins", "_ml", "tasks", id)))
    }

    /// Takes a model out of memory.
    func undeploy(_ id: String) async throws {
        _ = try await cluster.ask(
            ClusterRequest(
                "POST", ClusterRequest.path("_plugins", "_ml", "models", id, "_undeploy"), isRepeatable: true))
    }
}
