internal import HTTPTypes
internal import JSON

/// Operations of OpenSearch that are not there: answered with the reason, so that nobody takes a wrong path for a typing error.
struct UnsupportedEndpoints {
    private static let one = "this server is a cluster of one node"

    private struct Operation {
        let name: String
        let methods: [HTTPRequest.Method]
        let paths: [String]
        let what: String
        let why: String
    }

    private static let operations: [Operation] = [
        Operation(
            name: "snapshot", methods: [.get, .put, .post, .delete],
            paths: [
                "/_snapshot", "/_snapshot/{repository}", "/_snapshot/{repository}/{snapshot}",
                "/_snapshot/{repository}/{snapshot}/{action}",
            ], what: "snapshot", why: "stop the server and copy its data folder"),
        Operation(
            name: "cluster.reroute", methods: [.post], paths: ["/_cluster/reroute"], what: "moving shards", why: one),
        Operation(
            name: "cluster.voting", methods: [.post, .delete], paths: ["/_cluster/voting_config_exclusions"],
            what: "voting configuration", why: one),
        Operation(
            name: "cluster.routing_awareness", methods: [.get, .put, .delete],
            paths: [
                "/_cluster/routing/awareness/weights", "/_cluster/routing/awareness/{attribute}/weights",
                "/_cluster/decommission/awareness", "/_cluster/decommission/awareness/{attribute}/{value}",
            ], what: "shard routing awareness", why: one),
        Operation(
            name: "remote_info", methods: [.get], paths: ["/_remote/info"], what: "remote clusters", why: one),
        Operation(
            name: "reload_secure_settings", methods: [.post],
            paths: ["/_nodes/reload_secure_settings", "/_nodes/{node_id}/reload_secure_settings"],
            what: "a keystore of secure settings", why: "secrets come from the configuration file or the environment"),
        Operation(
            name: "upgrade", methods: [.get, .post], paths: ["/_upgrade", "/{index}/_upgrade"],
            what: "upgrading segments",
            why: "segments are rebuilt from the documents with `needletail index rebuild`"),
        Operation(
            name: "shrink", methods: [.put, .post], paths: ["/{index}/_shrink/{target}"], what: "shrinking an index",
            why: "every index is one shard in truth; use _clone"),
        Operation(
            name: "knn.models", methods: [.get, .post, .delete],
            paths: [
                "/_plugins/_knn/models/{model_id}", "/_plugins/_knn/models/{model_id}/_train",
            ], what: "training a k-NN model",
            why: "map vectors with the method hnsw, which needs no training; they are rounded to bytes without any"),
        Operation(
            name: "bulk.stream", methods: [.put, .post], paths: ["/_bulk/stream", "/{index}/_bulk/stream"],
            what: "a bulk request that is answered line by line",
            why: "use _bulk, which reads bodies of any size as they arrive"),
    ]

    var endpoints: [Endpoint] {
        Self.operations.map { operation in
            Endpoint("unsupported.\(operation.name)", operation.methods, operation.paths, ["*"]) { _ in
                throw OpenSearchError.unsupported(operation.what, operation.why)
            }
        }
    }
}
