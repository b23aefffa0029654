internal import ClusterState
internal import HTTPTypes
internal import JSON

/// `_mapping`: the fields of indices.
struct MappingEndpoints {
    let node: OpenSearchNode

    private static let parameters =
        IndexEndpoints.timeouts + ["local", "include_type_name", "write_index_only", "include_defaults", "index"]
        + IndicesOptions.parameters

    var endpoints: [Endpoint] {
        [
            Endpoint(
                "indices.get_mapping", [.get], ["/_mapping", "/_mappings", "/{index}/_mapping", "/{index}/_mappings"],
                Self.parameters
            ) {
                request in
                var options = IndicesOptions.administration
                options.allowsNone = true
                let indices = try node.metadata.current.indices(of: request, options)
                return RestResponse(
                    .object(JSONObject(indices.map { (key: $0.name, value: ["mappings": $0.mappings] as JSONValue) })))
            },
            Endpoint(
                "indices.put_mapping", [.put, .post], ["/{index}/_mapping", "/{index}/_mappings"], Self.parameters,
                pool: .write
            ) {
                request in try put(request)
            },
            Endpoint(
                "indices.get_field_mapping", [.get], ["/_mapping/field/{fields}", "/{index}/_mapping/field/{fields}"],
                Self.parameters
            ) { request in try fields(request) },
        ]
    }

    private func put(_ request: RestRequest) throws -> RestResponse {
        guard request.hasContent else { throw OpenSearchError.validation(["mapping source is missing"]) }
        let mapping = TemplateSet.untyped(try request.object())
        var indices = try node.metadata.current.indices(of: request, .administration)
        if try request.flag("write_index_only"), let expressions = request.list("index") {
            var names: Set<String> = []
            for expression in expressions {
                var routing: String?
                names.insert(try node.writeTarget(expression, requiresAlias: false, routing: &routing).name)
            }
            indices = indices.filter { names.contains($0.name) }
        }
        for index in indices { try OpenSearchNode.checkBlocks(index, ["read_only", "metadata"]) }
        for index in indices { try node.updateMapping(of: index, .object(mapping)) }
        return .acknowledged
    }

    private func fields(_ request: RestRequest) throws(OpenSearchError) -> RestResponse {
        let patterns = request.list("fields") ?? []
        let withDefaults = try request.flag("include_defaults")
        var body = JSONObject()
        for index in try node.metadata.current.indices(of: request, .administration) {
            var found = JSONObject()
            Self.walk(index.mappings, "") { path, name, mapping in
                guard patterns.contains(where: { Wildcard.matches($0, path) }) else { return }
                var mapping = mapping
                if withDefaults, mapping["type"]?.string == "text", mapping["analyzer"] == nil {
                    mapping["analyzer"] = "default"
                }
                found[path] = [
                    "full_name": .string(path), "mapping": .object(JSONObject([(key: name, value: .object(mapping))])),
                ]
            }
            body[index.name] = ["mappings": .object(found)]
        }
        return RestResponse(.object(body))
    }

    /// Visits all fields that hold values.
    static func walk(
        _ mapping: JSONValue, _ prefix: String, _ visit: (_ path: String, _ name: String, _ mapping: JSONObject) -> Void
    ) {
        for members in ["properties", "fields"] {
            for field in mapping[members]?.object ?? [:] {
                let path = prefix.isEmpty ? field.key : "\(prefix).\(field.key)"
                if let own = field.value.object, own["properties"] == nil, own["type"] != nil,
                    own["type"]?.string != "nested",
                    own["type"]?.string != "object"
                {
                    visit(path, field.key, own)
                }
                walk(field.value, path, visit)
            }
        }
    }
}
