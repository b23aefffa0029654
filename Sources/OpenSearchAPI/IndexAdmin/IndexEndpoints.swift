internal import ClusterState
internal import HTTPTypes
internal import JSON

/// Making, showing, opening, closing and deleting indices.
struct IndexEndpoints {
    let node: OpenSearchNode

    static let timeouts = ["cluster_manager_timeout", "master_timeout", "timeout"]
    private static let creation = timeouts + ["wait_for_active_shards", "include_type_name"]
    private static let reading =
        timeouts + ["flat_settings", "include_defaults", "local", "include_type_name"] + IndicesOptions.parameters
    private static let changing =
        timeouts + IndicesOptions.parameters + [
            "wait_for_active_shards", "task_execution_timeout", "wait_for_completion",
        ]

    var endpoints: [Endpoint] {
        [
            Endpoint("indices.create", [.put], ["/{index}"], Self.creation, pool: .write) { request in
                try create(request)
            },
            Endpoint("indices.get", [.get], ["/{index}"], Self.reading) { request in try get(request) },
            Endpoint("indices.exists", [.head], ["/{index}"], Self.reading) { request in
                var options = IndicesOptions.administration
                options.allowsNone = false
                let isThere = (try? node.metadata.current.indices(of: request, options)).map { !$0.isEmpty } ?? false
                return RestResponse(.none, status: isThere ? 200 : 404)
            },
            Endpoint("indices.delete", [.delete], ["/{index}"], Self.timeouts + IndicesOptions.parameters, pool: .write)
            {
                request in try delete(request)
            },
            Endpoint("indices.open", [.post], ["/{index}/_open"], Self.changing, pool: .write) { request in
                var options = IndicesOptions.opening
                options.allowsNone = true
                for index in try node.metadata.current.indices(of: request, options) { try node.openIndex(index.name) }
                return RestResponse(["acknowledged": true, "shards_acknowledged": true])
            },
            Endpoint("indices.close", [.post], ["/{index}/_close"], Self.changing, pool: .write) { request in
                var closed = JSONObject()
                for index in try node.metadata.current.indices(of: request, .administration) where index.isOpen {
                    try node.closeIndex(index.name)
                    closed[index.name] = ["closed": true]
                }
                return RestResponse([
                    "acknowledged": true, "shards_acknowledged": .bool(!closed.isEmpty), "indices": .object(closed),
                ])
            },
            Endpoint(
                "indices.rollover", [.post], ["/{index}/_rollover", "/{index}/_rollover/{new_index}"],
                Self.creation + ["dry_run"], pool: .write
            ) { request in try Rollover(node: node).response(request) },
            Endpoint(
                "indices.copy", [.put, .post], ["/{index}/_clone/{target}", "/{index}/_split/{target}"],
                Self.creation + ["task_execution_timeout", "wait_for_completion", "copy_settings"], pool: .write
            ) { request in try await IndexCopy(node: node).response(request) },
        ]
    }

    // MARK: Making

    private func create(_ request: RestRequest) throws -> RestResponse {
        let name = try DateMathName.resolve(request.path("index"), now: Clock.milliseconds)
        let definition = try IndexDefinition(try request.object())
        let index = try node.createIndex(name, definition)
        let wanted = request.text("wait_for_active_shards") ?? "1"
        let isActive = wanted == "all" ? index.numberOfReplicas == 0 : (Int(wanted) ?? 1) <= 1
        return RestResponse(["acknowledged": true, "shards_acknowledged": .bool(isActive), "index": .string(name)])
    }

    private func get(_ request: RestRequest) throws(OpenSearchError) -> RestResponse {
        var options = IndicesOptions.administration
        options.allowsNone = true
        let isFlat = try request.flag("flat_settings")
        let withDefaults = try request.flag("include_defaults")
        var body = JSONObject()
        for index in try node.metadata.current.indices(of: request, options) {
            var one: JSONObject = [
                "aliases": .object(
                    JSONObject(index.aliases.sorted { $0.key < $1.key }.map { (key: $0.key, value: .object($0.value)) })
                ),
                "mappings": index.mappings,
            ]
            let settings = IndexSettingsEndpoints.settings(of: index, isFlat: isFlat, withDefaults: withDefaults)
            for (name, value) in settings { one[name] = value }
            body[index.name] = .object(one)
        }
        return RestResponse(.object(body))
    }

    // MARK: Deleting

    private func delete(_ request: RestRequest) throws -> RestResponse {
        let metadata = node.metadata.current
        var options = try IndicesOptions.administration.overridden(by: request)
        options.allowsNone = try request.flag("allow_no_indices", default: true)
        let expressions = request.list("index") ?? []
        let isWide = expressions.isEmpty || expressions.contains { $0 == "_all" || Wildcard.isPattern($0) }
        if isWide, metadata.clusterSetting("action.destructive_requires_name") == "true" {
            throw OpenSearchError.illegalArgument("Wildcard expressions or all indices are not allowed")
        }
        let catalog = metadata.catalog
        var names: [String] = []
        for expression in expressions {
            if catalog.streams[expression] != nil {
                throw OpenSearchError.illegalArgument(
                    "The provided expression [\(expression)] matches a data stream, use the delete data stream api instead."
                )
            }
            let isAlias = catalog.indices[expression] == nil && catalog.aliases[expression] != nil
            if isAlias {
                if options.ignoresUnavailable { continue }
                throw OpenSearchError.illegalArgument(
                    "The provided expression [\(expression)] matches an alias, specify the corresponding concrete indices instead."
                )
            }
        }
        // Patterns mean indices here, never the aliases that fit them.
        let bare = IndexCatalog(indices: catalog.indices, aliases: [:], now: catalog.now)
        let wanted = expressions.filter { catalog.aliases[$0] == nil || catalog.indices[$0] != nil }
        if !wanted.isEmpty { names = try bare.resolve(wanted, options) }
        for name in names {
            guard let index = metadata.indices[name] else { continue }
            try OpenSearchNode.checkBlocks(index, ["read_only", "metadata"])
            if let stream = index.dataStreamName, metadata.dataStream(stream)?.writeIndex.name == name {
                throw OpenSearchError.illegalArgument(
                    "index [\(name)] is the write index for data stream [\(stream)] and cannot be deleted")
            }
        }
        for name in names { try node.deleteIndex(name) }
        return .acknowledged
    }
}
