internal import ClusterState
internal import HTTPTypes
internal import JSON

/// `_field_caps`: which fields there are over several indices, and what can be done with them.
struct FieldCapabilities {
    let node: OpenSearchNode

    var endpoints: [Endpoint] {
        [
            Endpoint(
                "field_caps", [.get, .post], ["/_field_caps", "/{index}/_field_caps"],
                IndicesOptions.parameters + ["fields", "include_unmapped"], pool: .get
            ) { request in try await answer(request) }
        ]
    }

    private struct Capability {
        var isSearchable = true
        var isAggregatable = true
        var indices: [String] = []
        var notSearchable: [String] = []
        var notAggregatable: [String] = []
    }

    private func answer(_ request: RestRequest) async throws -> RestResponse {
        let body = try request.object()
        let patterns = request.list("fields") ?? body["fields"]?.array?.compactMap(\.string) ?? []
        guard !patterns.isEmpty else { throw OpenSearchError.validation(["no fields specified"]) }
        var indices = try node.metadata.current.indices(of: request, .search).filter(\.isOpen)
        if let filter = body["index_filter"] {
            var matching: [IndexMetadata] = []
            for index in indices where try await node.matches(filter, index) { matching.append(index) }
            indices = matching
        }
        var found: [String: [String: Capability]] = [:]
        for index in indices {
            for (path, type, isSearchable, isAggregatable) in Self.fields(of: index)
            where patterns.contains(where: { Wildcard.matches($0, path) }) {
                var capability = found[path]?[type] ?? Capability()
                capability.indices.append(index.name)
                if !isSearchable { capability.notSearchable.append(index.name) }
                if !isAggregatable { capability.notAggregatable.append(index.name) }
                capability.isSearchable = capability.isSearchable && isSearchable
                capability.isAggregatable = capability.isAggregatable && isAggregatable
                found[path, default: [:]][type] = capability
            }
        }
        let names = indices.map(\.name)
        if try request.flag("include_unmapped") {
            for (path, types) in found {
                let mapped = Set(types.values.flatMap(\.indices))
                let others = names.filter { !mapped.contains($0) }
                if !others.isEmpty {
                    found[path]?["unmapped"] = Capability(isSearchable: false, isAggregatable: false, indices: others)
                }
            }
        }
        return RestResponse([
            "indices": .array(names.map { .string($0) }),
            "fields": .object(
                JSONObject(found.sorted { $0.key < $1.key }.map { (key: $0.key, value: Self.document($0.value)) })),
        ])
    }

    private static func document(_ types: [String: Capability]) -> JSONValue {
        var object = JSONObject()
        for (type, capability) in types.sorted(by: { $0.key < $1.key }) {
            var one: JSONObject = [
                "type": .string(type), "searchable": .bool(capability.isSearchable),
                "aggregatable": .bool(capability.isAggregatable),
            ]
            func list(_ names: [String]) -> JSONValue { .array(names.map { .string($0) }) }
            if types.count > 1 { one["indices"] = list(capability.indices) }
            if !capability.notSearchable.isEmpty, capability.notSearchable.count < capability.indices.count {
                one["non_searchable_indices"] = list(capability.notSearchable)
            }
            if !capability.notAggregatable.isEmpty, capability.notAggregatable.count < capability.indices.count {
                one["non_aggregatable_indices"] = list(capability.notAggregatable)
            }
            object[type] = .object(one)
        }
        return .object(object)
    }

    private typealias Field = (path: String, type: String, isSearchable: Bool, isAggregatable: Bool)

    /// The fields of an index: those of its mapping, its objects, and what every document has.
    private static func fields(of index: IndexMetadata) -> [Field] {
        var fields: [Field] = [
            ("_id", "_id", true, true), ("_index", "_index", true, true), ("_source", "_source", false, false),
            ("_routing", "_routing", true, false), ("_seq_no", "_seq_no", true, true),
            ("_version", "_version", false, true),
            ("_ignored", "_ignored", true, false), ("_field_names", "_field_names", true, false),
        ]
        add(index.mappings, "", to: &fields)
        return fields
    }

    private static func add(_ mapping: JSONValue, _ prefix: String, to fields: inout [Field]) {
        for members in ["properties", "fields"] {
            for (name, value) in mapping[members]?.object ?? [:] {
                let path = prefix.isEmpty ? name : "\(prefix).\(name)"
                let type = value["type"]?.string ?? "object"
                if type == "object" || type == "nested" {
                    fields.append((path, type, false, false))
                } else {
                    let hasValues =
                        value["doc_values"]?.bool
                        ?? !["text", "binary", "rank_feature", "rank_features", "sparse_vector"].contains(type)
                    // Queries of their own find what these hold; terms do not.
                    let isSearchable =
                        !["knn_vector", "rank_features", "sparse_vector"].contains(type)
                        && value["index"]?.bool ?? true
                    fields.append((path, type, isSearchable, hasValues || value["fielddata"]?.bool == true))
                }
                add(value, path, to: &fields)
            }
        }
    }
}
