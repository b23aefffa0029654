import ClusterAccess
import JSON
import Synchronization

/// Plays ML Commons, ingest pipelines, indices, copies and aliases of a node, in memory; it can lose any request or reply.
final class FakeNode: SearchCluster {
    struct Model: Sendable {
        var fields: JSONValue
        var state: String
        var version: Int
        var chunks: [Int: [UInt8]] = [:]

        var group: String? { fields["model_group_id"]?.string }
    }

    struct Index: Sendable {
        var mappings: JSONValue
        var settings: JSONObject
        var documents: [String: JSONObject] = [:]
    }

    struct Task: Sendable {
        var action: String
        var subject: String
        var target = ""
        var looks = 0
        var done = 0
        var failure: String?
        var isOver = false
    }

    struct State: Sendable {
        var groups: [String] = []
        var models: [Model] = []
        var tasks: [Task] = []
        var indices: [String: Index] = [:]
        /// Alias, index, definition.
        var aliases: [String: [String: JSONObject]] = [:]
        var pipelines: [String: JSONValue] = [:]
        var settings: JSONObject = [:]
        var requests: [String] = []
        /// The requests, counted from 1, that never arrive, and those whose replies never do.
        var lost: Set<Int> = []
        var unanswered: Set<Int> = []
        var deploymentFailure: String?
        var copyFailure: String?
        /// Documents that a copy leaves out.
        var forgets = 0
    }

    let name = "http://node"
    let state: Mutex<State>

    init(_ state: State = State()) { self.state = Mutex(state) }

    var now: State { state.withLock { $0 } }
    func change(_ body: (inout State) -> Void) { state.withLock { body(&$0) } }

    func send(_ request: ClusterRequest) async throws(ClusterError) -> ClusterReply {
        let name = name
        let result: Result<ClusterReply, ClusterError> = state.withLock { state in
            state.requests.append(request.shown)
            let broken = ClusterError(.unreachable, cluster: name, request: request.shown, reason: "broken")
            if state.lost.contains(state.requests.count) { return .failure(broken) }
            let reply = Self.answer(request, &state)
            return state.unanswered.contains(state.requests.count) ? .failure(broken) : .success(reply)
        }
        return try result.get()
    }

    private static func ok(_ body: JSONValue = ["acknowledged": true]) -> ClusterReply {
        ClusterReply(status: 200, body: body)
    }

    private static func bad(_ status: Int, _ type: String, _ reason: String) -> ClusterReply {
        ClusterReply(status: status, body: ["error": ["type": .string(type), "reason": .string(reason)]])
    }

    private static func answer(_ request: ClusterRequest, _ state: inout State) -> ClusterReply {
        let path = request.path.split(separator: "/").map(String.init)
        let body = (try? JSONValue(parsing: request.body)) ?? .null
        if path.starts(with: ["_plugins", "_ml"]) {
            return models(request.method, Array(path.dropFirst(2)), body, request.body, &state)
        }
        return indices(request.method, path, body, &state)
    }

    // MARK: ML Commons

    private static func models(
        _ method: String, _ path: [String], _ body: JSONValue, _ bytes: [UInt8], _ state: inout State
    ) -> ClusterReply {
        switch (method, path.first ?? "", path.dropFirst().last ?? "", path.count) {
        case ("POST", "model_groups", "_search", 2):
            return hits(state.groups.enumerated().map { ("g\($0.offset)", ["name": .string($0.element)]) })
        case ("POST", "model_groups", "_register", 2):
            let name = body["name"]?.string ?? ""
            guard !state.groups.contains(name) else {
                return bad(400, "illegal_argument_exception", "The name you provided is already being used")
            }
            state.groups.append(name)
            return ok(["model_group_id": .string("g\(state.groups.count - 1)"), "status": "CREATED"])
        case ("POST", "models", "_search", 2):
            return hits(
                state.models.enumerated().filter { _, model in matches(model, body["query"]?["bool"]?["filter"]) }
                    .map { ("m\($0.offset)", ["created_time": .number(JSONNumber($0.offset))]) })
        case ("POST", "models", "_register_meta", 2):
            guard state.settings["plugins.ml_commons.allow_registering_model_via_local_file"]?.bool == true else {
                return bad(
                    400, "illegal_argument_exception",
                    "To upload custom model from local file, user needs to enable allow_registering_model_via_local_file settings."
                )
            }
            let version = state.models.count { $0.group == body["model_group_id"]?.string } + 1
            state.models.append(Model(fields: body, state: "REGISTERING", version: version))
            return ok(["model_id": .string("m\(state.models.count - 1)"), "status": "CREATED"])
        case ("GET", "tasks", let id, 2):
            guard let number = Int(id.dropFirst()) else { return bad(404, "x", "no task") }
            return deployment(number, &state)
        case ("GET", "models", let id, 2):
            guard let number = Int(id.dropFirst()), state.models.indices.contains(number) else {
                return bad(404, "status_exception", "Failed to find model with the provided model id: \(id)")
            }
            // Deployments go on whether anybody looks at their tasks or not.
            if let task = state.tasks.lastIndex(where: { $0.action == "deploy" && $0.subject == "\(number)" }) {
                _ = deployment(task, &state)
            }
            let model = state.models[number]
            return ok([
                "name": model.fields["name"] ?? .null, "algorithm": model.fields["function_name"] ?? .null,
                "model_state": .string(model.state), "model_version": .string("\(model.version)"),
            ])
        default: break
        }
        guard method == "POST", path.first == "models", path.count >= 3, let number = Int(path[1].dropFirst()) else {
            return bad(400, "x", "no handler for \(path)")
        }
        switch path[2] {
        case "upload_chunk":
            guard let chunk = Int(path[3]), !bytes.isEmpty, bytes.count <= 10_000_000 else {
                return bad(400, "x", "chunk")
            }
            state.models[number].chunks[chunk] = bytes
            if chunk == (state.models[number].fields["total_chunks"]?.int ?? 0) - 1 {
                state.models[number].state = "REGISTERED"
            }
            return ok(["status": "Uploaded"])
        case "_deploy":
            state.models[number].state = "DEPLOYING"
            state.tasks.append(Task(action: "deploy", subject: "\(number)", failure: state.deploymentFailure))
            return ok(["task_id": .string("t\(state.tasks.count - 1)"), "status": "CREATED"])
        case "_undeploy":
            state.models[number].state = "UNDEPLOYED"
            return ok()
        default: return bad(400, "x", "no handler for \(path)")
        }
    }

    private static func deployment(_ number: Int, _ state: inout State) -> ClusterReply {
        state.tasks[number].looks += 1
        let task = state.tasks[number]
        guard task.looks > 2, let model = Int(task.subject) else { return ok(["state": "RUNNING"]) }
        if let failure = task.failure {
            state.models[model].state = "DEPLOY_FAILED"
            return ok(["state": "FAILED", "error": .string(#"{"node-1":"\#(failure)"}"#)])
        }
        state.models[model].state = "DEPLOYED"
        return ok(["state": "COMPLETED"])
    }

    private static func matches(_ model: Model, _ filters: JSONValue?) -> Bool {
        (filters?.array ?? []).allSatisfy { filter in
            let (field, value) = (filter["term"] ?? filter["terms"])?.object?.first { _ in true } ?? ("", .null)
            let own: JSONValue? =
                switch field {
                case "model_state": .string(model.state)
                case "algorithm": model.fields["function_name"]
                default: model.fields[field]
                }
            return own != nil && (value.array ?? [value]).contains(own ?? .null)
        }
    }

    private static func hits(_ found: [(String, JSONValue)]) -> ClusterReply {
        ok(["hits": ["hits": .array(found.map { ["_id": .string($0.0), "_source": $0.1] })]])
    }

    // MARK: Indices

    private static func indices(
        _ method: String, _ path: [String], _ body: JSONValue, _ state: inout State
    ) -> ClusterReply {
        switch (method, path.first ?? "") {
        case ("PUT", "_cluster"):
            for (name, value) in body["persistent"]?.object ?? [:] { state.settings[name] = value }
            return ok()
        case ("PUT", "_ingest"):
            state.pipelines[path[2]] = body
            return ok()
        case ("GET", "_tasks") where path.count == 1:
            let running = state.tasks.enumerated().filter { $0.element.action == "copy" && !$0.element.isOver }
            let tasks = running.map { number, task -> (String, JSONValue) in
                ("node:\(number)", ["description": .string("reindex from [\(task.subject)] to [\(task.target)][_doc]")])
            }
            return ok(["nodes": ["node": ["tasks": .object(JSONObject(tasks.map { ($0.0, $0.1) }))]]])
        case ("GET", "_tasks"):
            return copy(Int(path[1].split(separator: "%3A").last ?? "") ?? 0, &state)
        case ("POST", "_reindex"):
            let (from, to) = (body["source"]?["index"]?.string ?? "", body["dest"]?["index"]?.string ?? "")
            state.tasks.append(Task(action: "copy", subject: from, target: to, failure: state.copyFailure))
            return ok(["task": .string("node:\(state.tasks.count - 1)")])
        case ("GET", "_alias"):
            guard let holders = state.aliases[path[1]] else {
                return bad(404, "aliases_not_found_exception", "missing")
            }
            let list = holders.map { index, definition in
                (index, ["aliases": .object(JSONObject([(path[1], .object(definition))]))] as JSONValue)
            }
            return ok(.object(JSONObject(list.map { ($0.0, $0.1) })))
        case ("POST", "_aliases"): return aliases(body, &state)
        default: break
        }
        let name = path.first ?? ""
        let real = state.indices[name] != nil ? name : state.aliases[name]?.keys.first ?? name
        switch (method, path.dropFirst().first) {
        case ("PUT", nil):
            guard state.indices[name] == nil else { return bad(400, "resource_already_exists_exception", "exists") }
            state.indices[name] = Index(
                mappings: body["mappings"] ?? .null, settings: body["settings"]?["index"]?.object ?? [:])
            return ok()
        case ("GET", nil):
            guard let index = state.indices[real] else {
                return bad(404, "index_not_found_exception", "no such index [\(name)]")
            }
            var settings = index.settings
            settings["uuid"] = .string("uuid of \(real)")
            let body: JSONValue = ["mappings": index.mappings, "settings": ["index": .object(settings)]]
            return ok(.object(JSONObject([(real, body)])))
        case ("PUT", "_mapping"?):
            guard let index = state.indices[name], var mapping = index.mappings.object else {
                return bad(404, "x", name)
            }
            for (key, value) in body.object ?? [:] { mapping[key] = value }
            state.indices[name]?.mappings = .object(mapping)
            return ok()
        case ("POST", "_refresh"?): return ok()
        case ("GET", "_count"?): return ok(["count": .number(JSONNumber(state.indices[real]?.documents.count ?? 0))])
        default: return bad(400, "x", "no handler for \(method) \(path)")
        }
    }

    /// Every look copies a document.
    private static func copy(_ number: Int, _ state: inout State) -> ClusterReply {
        let task = state.tasks[number]
        let all = (state.indices[task.subject]?.documents ?? [:]).sorted { $0.key < $1.key }
        let wanted = all.dropLast(state.forgets)
        if task.done < wanted.count, task.failure == nil {
            state.indices[task.target]?.documents[wanted[task.done].key] = wanted[task.done].value
            state.tasks[number].done += 1
        } else {
            state.tasks[number].isOver = true
        }
        let failures: JSONValue =
            task.failure.map { [["cause": ["reason": .string($0)], "status": 500]] } ?? []
        return ok([
            "completed": .bool(state.tasks[number].isOver),
            "task": ["status": ["total": .number(JSONNumber(all.count)), "created": .number(JSONNumber(task.done))]],
            "response": ["failures": failures],
        ])
    }

    private static func aliases(_ body: JSONValue, _ state: inout State) -> ClusterReply {
        for action in body["actions"]?.array ?? [] {
            guard let (kind, fields) = action.object?.first(where: { _ in true }), let alias = fields["alias"]?.string,
                let index = fields["index"]?.string
            else { return bad(400, "x", "action") }
            guard state.indices[alias] == nil else {
                return bad(400, "invalid_alias_name_exception", "an index exists with the same name as the alias")
            }
            if kind == "remove" {
                state.aliases[alias]?[index] = nil
            } else {
                var definition = fields.object ?? [:]
                definition["alias"] = nil
                definition["index"] = nil
                state.aliases[alias, default: [:]][index] = definition
            }
        }
        return ok()
    }
}
