internal import ClusterState
internal import HTTPTypes
internal import JSON

/// `_scripts`: templates of searches and scripts of updates, kept under an id.
struct StoredScriptEndpoints {
    let node: OpenSearchNode

    private static let timeouts = ["cluster_manager_timeout", "master_timeout", "timeout"]
    /// Ids are as long as names of indices.
    private static let maximumIDBytes = 512

    var endpoints: [Endpoint] {
        [
            Endpoint(
                "put_script", [.put, .post], ["/_scripts/{id}", "/_scripts/{id}/{context}"],
                Self.timeouts + ["context"]
            ) { request in
                let id = request.path("id")
                guard id.utf8.count <= Self.maximumIDBytes, !id.contains("#") else {
                    throw OpenSearchError.validation([
                        id.contains("#")
                            ? "id cannot contain '#' for stored script"
                            : "id is longer than \(Self.maximumIDBytes) bytes"
                    ])
                }
                let script = try StoredScripts.normalized(id, try request.requiredObject())
                try node.metadata.update { $0[.script, id] = .object(script) }
                return .acknowledged
            },
            Endpoint("get_script", [.get], ["/_scripts/{id}"], Self.timeouts) { request in
                let id = request.path("id")
                guard let script = StoredScripts(node.metadata.current)[id] else {
                    return RestResponse(["_id": .string(id), "found": false], status: 404)
                }
                return RestResponse(["_id": .string(id), "found": true, "script": .object(script)])
            },
            Endpoint("delete_script", [.delete], ["/_scripts/{id}"], Self.timeouts) { request in
                let id = request.path("id")
                try node.metadata.update { metadata in
                    guard metadata[.script, id] != nil else {
                        throw OpenSearchError(
                            404, "resource_not_found_exception",
                            "stored script [\(id)] does not exist and cannot be deleted")
                    }
                    metadata[.script, id] = nil
                }
                return .acknowledged
            },
            Endpoint("script_language", [.get], ["/_script_language"]) { _ in
                RestResponse([
                    "types_allowed": ["inline", "stored"],
                    "language_contexts": [
                        ["language": "mustache", "contexts": ["template"]],
                        [
                            "language": "painless",
                            "contexts": [
                                "filter", "ingest", "painless_test", "processor_conditional", "score", "update",
                            ],
                        ],
                    ],
                ])
            },
        ]
    }
}
