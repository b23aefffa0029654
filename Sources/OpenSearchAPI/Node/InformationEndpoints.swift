internal import ClusterState
internal import HTTPTypes
internal import JSON

/// `GET /`: who answers.
struct InformationEndpoints {
    let node: OpenSearchNode

    var endpoints: [Endpoint] {
        [
            Endpoint("info", [.get, .head], ["/"]) { _ in
                RestResponse([
                    "name": .string(node.name), "cluster_name": .string(node.clusterName),
                    "cluster_uuid": .string(node.metadata.current.clusterUUID),
                    "version": [
                        "distribution": "opensearch", "number": .string(OpenSearchNode.compatibleVersion),
                        "build_type": "needletail", "build_hash": "unknown", "build_date": "2025-10-01T00:00:00Z",
                        "build_snapshot": false, "lucene_version": "10.3.0",
                        "minimum_wire_compatibility_version": "2.19.0",
                        "minimum_index_compatibility_version": "2.0.0",
                    ],
                    "tagline": "The OpenSearch Project: https://opensearch.org/",
                ])
            }
        ]
    }
}
