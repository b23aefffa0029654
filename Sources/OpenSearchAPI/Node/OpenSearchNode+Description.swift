internal import ClusterState
internal import JSON

/// What every answer says of the node in the same words.
extension OpenSearchNode {
    /// The node's id.
    var id: String { metadata.current.nodeID }

    /// The roles that this one node has.
    static let roles = ["cluster_manager", "data", "ingest"]

    /// Host without port.
    var host: String { String(address.reversed().drop { $0 != ":" }.dropFirst().reversed()) }

    /// Name, address and roles.
    var summary: JSONObject {
        [
            "name": .string(name), "transport_address": .string(address), "host": .string(host), "ip": .string(host),
            "roles": .array(Self.roles.map { .string($0) }), "attributes": [:],
        ]
    }

    /// `_nodes` of answers that could come from several.
    static let counts: JSONValue = ["total": 1, "successful": 1, "failed": 0]

    /// `_shards` of an operation on indices, with the copies that are configured.
    static func shards(_ indices: [IndexMetadata], withReplicas: Bool = true) -> JSONValue {
        let primaries = indices.reduce(0) { $0 + $1.numberOfShards }
        let total = withReplicas ? indices.reduce(0) { $0 + $1.numberOfShards * (1 + $1.numberOfReplicas) } : primaries
        return ["total": .number(JSONNumber(total)), "successful": .number(JSONNumber(primaries)), "failed": 0]
    }
}
