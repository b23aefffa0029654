internal import ClusterState
internal import HTTPTypes
internal import JSON

/// Settings of indices, and which indices a name means.
struct IndexSettingsEndpoints {
    let node: OpenSearchNode

    private static let parameters =
        ["cluster_manager_timeout", "master_timeout", "timeout", "local", "flat_settings"] + IndicesOptions.parameters

    var endpoints: [Endpoint] {
        [
            Endpoint(
                "indices.get_settings", [.get],
                ["/_settings", "/_settings/{name}", "/{index}/_settings", "/{index}/_settings/{name}"],
                Self.parameters + ["include_defaults"]
            ) { request in try get(request) },
            Endpoint(
                "indices.put_settings", [.put], ["/_settings", "/{index}/_settings"],
                Self.parameters + ["preserve_existing"]
            ) { request in try put(request) },
            Endpoint("indices.add_block", [.put], ["/{index}/_block/{block}"], Self.parameters) { request in
                try block(request)
            },
            Endpoint("indices.resolve", [.get], ["/_resolve/index/{name}"], ["expand_wildcards"]) { request in
                try resolve(request)
            },
            Endpoint(
                "search_shards", [.get, .post], ["/_search_shards", "/{index}/_search_shards"],
                ["local", "preference", "routing"] + IndicesOptions.parameters
            ) { request in try searchShards(request) },
        ]
    }

    /// The settings of an index as a member of an answer.
    static func settings(
        of index: IndexMetadata, isFlat: Bool, withDefaults: Bool, matching patterns: [String]? = nil
    ) -> JSONObject {
        let full = index.fullSettings
        var body: JSONObject = ["settings": full.object(isFlat: isFlat, matching: patterns)]
        if withDefaults {
            let defaults = IndexSettings.defaults.filter { full[$0.key] == nil }.mapValues { JSONValue.string($0) }
            body["defaults"] = SettingsDocument(flat: defaults).object(isFlat: isFlat, matching: patterns)
        }
        return body
    }

    private func get(_ request: RestRequest) throws(OpenSearchError) -> RestResponse {
        let isFlat = try request.flag("flat_settings")
        let withDefaults = try request.flag("include_defaults")
        let patterns = request.list("name")
        var body = JSONObject()
        for index in try node.metadata.current.indices(of: request, .administration) {
            let settings = Self.settings(of: index, isFlat: isFlat, withDefaults: withDefaults, matching: patterns)
            if patterns != nil, settings["settings"]?.object?.isEmpty ?? true, !withDefaults { continue }
            body[index.name] = .object(settings)
        }
        return RestResponse(.object(body))
    }

    private func put(_ request: RestRequest) throws -> RestResponse {
        var body = try request.requiredObject()
        if body.count == 1, let inner = body["settings"]?.object { body = inner }
        let settings = try SettingsDocument(body, prefix: IndexSettings.prefix)
        guard !settings.values.isEmpty else { throw OpenSearchError.validation(["no settings to update"]) }
        let keepsExisting = try request.flag("preserve_existing")
        let indices = try node.metadata.current.indices(of: request, .administration)
        for index in indices {
            try IndexSettings.validateUpdate(settings, index: index.name, uuid: index.uuid, isOpen: index.isOpen)
        }
        for index in indices {
            var settings = settings
            if keepsExisting {
                for name in settings.values.keys where index.settings[name] != nil { settings[name] = nil }
            }
            try node.updateSettings(of: index, settings)
        }
        return .acknowledged
    }

    private func block(_ request: RestRequest) throws -> RestResponse {
        let block = request.path("block")
        guard ["write", "read", "read_only", "metadata"].contains(block) else {
            throw OpenSearchError.illegalArgument("No block found with name [\(block)]")
        }
        let indices = try node.metadata.current.indices(of: request, .administration)
        for index in indices {
            try node.updateSettings(of: index, SettingsDocument(flat: ["index.blocks.\(block)": "true"]))
        }
        return RestResponse([
            "acknowledged": true, "shards_acknowledged": true,
            "indices": .array(indices.map { ["name": .string($0.name), "blocked": true] }),
        ])
    }

    private func resolve(_ request: RestRequest) throws(OpenSearchError) -> RestResponse {
        var options = IndicesOptions()
        options = try options.overridden(by: request)
        let metadata = node.metadata.current
        let expressions = request.list("name") ?? []
        let names = try metadata.catalog.resolve(expressions, options)
        let patterns = expressions.map { $0 == "_all" ? "*" : $0 }
        let aliases = metadata.catalog.aliases.filter { entry in patterns.contains { Wildcard.matches($0, entry.key) } }
        // Indices that only an alias leads to are told with the alias.
        let direct = names.filter { name in patterns.contains { Wildcard.matches($0, name) } }.sorted()
        return RestResponse([
            "indices": .array(
                direct.compactMap { metadata.indices[$0] }.map { index in
                    var body: JSONObject = ["name": .string(index.name)]
                    if !index.aliases.isEmpty {
                        body["aliases"] = .array(index.aliases.keys.sorted().map { .string($0) })
                    }
                    body["attributes"] = .array(
                        [index.isOpen ? "open" : "closed"] + (index.isHidden ? ["hidden"] : []))
                    if let stream = index.dataStreamName { body["data_stream"] = .string(stream) }
                    return .object(body)
                }),
            "aliases": .array(
                aliases.sorted { $0.key < $1.key }.map { entry in
                    ["name": .string(entry.key), "indices": .array(entry.value.indices.map { .string($0) })]
                }),
            "data_streams": .array(
                metadata.dataStreams.values.filter { stream in
                    patterns.contains { Wildcard.matches($0, stream.name) }
                }.sorted { $0.name < $1.name }.map { stream in
                    [
                        "name": .string(stream.name),
                        "backing_indices": .array(stream.indices.map { .string($0.name) }),
                        "timestamp_field": .string(stream.timestampField),
                    ]
                }),
        ])
    }

    private func searchShards(_ request: RestRequest) throws(OpenSearchError) -> RestResponse {
        let indices = try node.metadata.current.indices(of: request, .search)
        var shards: [JSONValue] = []
        for index in indices {
            for shard in 0..<index.numberOfShards {
                shards.append(.array(Array(node.copies(of: index, shard: shard).prefix(1))))
            }
        }
        let own: JSONValue = [
            "name": .string(node.name), "ephemeral_id": .string(node.id),
            "transport_address": .string(node.address), "attributes": [:],
        ]
        return RestResponse([
            "nodes": .object(JSONObject([(key: node.id, value: own)])),
            "indices": .object(JSONObject(indices.map { (key: $0.name, value: .object([:])) })),
            "shards": .array(shards),
        ])
    }
}
