internal import ClusterState
internal import HTTPTypes
internal import JSON

/// Aliases: second names of indices.
struct AliasEndpoints {
    let node: OpenSearchNode

    private static let timeouts = ["cluster_manager_timeout", "master_timeout", "timeout"]
    private static let reading = ["local"] + IndicesOptions.parameters

    var endpoints: [Endpoint] {
        [
            Endpoint(
                "aliases.get", [.get],
                ["/_alias", "/_aliases", "/_alias/{name}", "/{index}/_alias", "/{index}/_alias/{name}"],
                Self.reading
            ) { request in try get(request) },
            Endpoint(
                "aliases.exists", [.head], ["/_alias/{name}", "/{index}/_alias", "/{index}/_alias/{name}"], Self.reading
            ) {
                request in
                let found = try selected(request)
                return RestResponse(.none, status: found.contains { !$0.aliases.isEmpty } ? 200 : 404)
            },
            Endpoint(
                "aliases.put", [.put, .post],
                [
                    "/_alias/{name}", "/_aliases/{name}", "/{index}/_alias/{name}", "/{index}/_aliases/{name}",
                    "/{index}/_alias", "/{index}/_aliases",
                ], Self.timeouts
            ) { request in try put(request) },
            Endpoint("aliases.put_unnamed", [.put], ["/_alias"], Self.timeouts) { request in try put(request) },
            Endpoint("aliases.update", [.post], ["/_aliases"], Self.timeouts) { request in try update(request) },
            Endpoint(
                "aliases.delete", [.delete], ["/{index}/_alias/{name}", "/{index}/_aliases/{name}"], Self.timeouts
            ) {
                request in
                let body: JSONObject = [
                    "index": .string(request.path("index")),
                    "alias": .array((request.list("name") ?? []).map { .string($0) }),
                ]
                try apply([try AliasAction("remove", body)])
                return .acknowledged
            },
        ]
    }

    // MARK: Reading

    private typealias Found = (index: String, aliases: [(key: String, value: JSONValue)])

    private func selected(_ request: RestRequest) throws(OpenSearchError) -> [Found] {
        var options = IndicesOptions.administration
        options.expandsToHidden = true
        let patterns = request.list("name")
        let metadata = node.metadata.current
        return try metadata.indices(of: request, options).sorted { $0.name < $1.name }.map { index in
            let aliases = index.aliases.sorted { $0.key < $1.key }.filter { entry in
                Self.isSelected(entry.key, patterns)
            }
            return (index.name, aliases.map { (key: $0.key, value: .object($0.value)) })
        }
    }

    /// Whether patterns, with exclusions after `-`, select an alias; no patterns select all.
    private static func isSelected(_ alias: String, _ patterns: [String]?) -> Bool {
        guard let patterns else { return true }
        var isIn = false
        for pattern in patterns {
            if pattern.hasPrefix("-") {
                if Wildcard.matches(String(pattern.dropFirst()), alias) { isIn = false }
            } else if pattern == "_all" || Wildcard.matches(pattern, alias) {
                isIn = true
            }
        }
        return isIn
    }

    private func get(_ request: RestRequest) throws(OpenSearchError) -> RestResponse {
        let found = try selected(request)
        let patterns = request.list("name")
        let kept = patterns == nil ? found : found.filter { !$0.aliases.isEmpty }
        var body = JSONObject()
        let existing = Set(found.flatMap { $0.aliases.map(\.key) })
        let missing = (patterns ?? []).filter {
            !Wildcard.isPattern($0) && $0 != "_all" && !$0.hasPrefix("-") && !existing.contains($0)
        }
        if !missing.isEmpty {
            let names = missing.sorted().joined(separator: ",")
            body["error"] = .string("alias\(missing.count > 1 ? "es" : "") [\(names)] missing")
            body["status"] = 404
        }
        for (index, aliases) in kept { body[index] = ["aliases": .object(JSONObject(aliases))] }
        return RestResponse(.object(body), status: missing.isEmpty ? 200 : 404)
    }

    // MARK: Changing

    private func put(_ request: RestRequest) throws -> RestResponse {
        var body = try request.object()
        if let index = request.text("index") {
            body["index"] = .array(index.split(separator: ",").map { .string(String($0)) })
        }
        if let name = request.text("name") { body["alias"] = .string(name) }
        guard body["alias"] != nil else { throw OpenSearchError.validation(["alias name is required"]) }
        guard body["index"] != nil || body["indices"] != nil else {
            throw OpenSearchError.validation(["an index is required: name it in the path or as [index] in the body"])
        }
        try apply([try AliasAction("add", body)])
        return .acknowledged
    }

    private func update(_ request: RestRequest) throws -> RestResponse {
        let body = try request.requiredObject()
        for key in body.keys where key != "actions" {
            throw OpenSearchError(400, "x_content_parse_exception", "[1:1] [aliases] unknown field [\(key)]")
        }
        guard let list = body["actions"]?.array else {
            throw OpenSearchError.illegalArgument("Required [actions]: an array of add, remove and remove_index")
        }
        guard !list.isEmpty else { throw OpenSearchError.validation(["Must specify at least one alias action"]) }
        var actions: [AliasAction] = []
        for element in list {
            guard let object = element.object, object.count == 1, let kind = object.keys.first,
                let content = object[kind]?.object
            else {
                throw OpenSearchError.illegalArgument(
                    "an alias action is an object with one of [add], [remove], [remove_index]")
            }
            actions.append(try AliasAction(kind, content))
        }
        try apply(actions)
        return .acknowledged
    }

    private func apply(_ actions: [AliasAction]) throws {
        var removed: [String] = []
        try node.metadata.update { metadata in
            removed = []
            for action in actions { removed += try action.apply(to: &metadata) }
        }
        for name in removed { try node.deleteIndex(name) }
    }
}
