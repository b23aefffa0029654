internal import ClusterState
internal import JSON

extension OpenSearchNode {
    /// The copies of a shard as routing tables tell them: the primary, and the replicas that no other node can take.
    func copies(of index: IndexMetadata, shard: Int) -> [JSONValue] {
        let primary: JSONValue = [
            "state": "STARTED", "primary": true, "node": .string(id), "relocating_node": nil,
            "shard": .number(JSONNumber(shard)), "index": .string(index.name), "searchOnly": false,
            "allocation_id": ["id": .string(index.uuid)],
        ]
        let replica: JSONValue = [
            "state": "UNASSIGNED", "primary": false, "node": nil, "relocating_node": nil,
            "shard": .number(JSONNumber(shard)), "index": .string(index.name), "searchOnly": false,
            "recovery_source": ["type": "PEER"],
            "unassigned_info": [
                "reason": "INDEX_CREATED", "at": .string(Clock.iso(index.createdAt)), "delayed": false,
                "allocation_status": "no_attempt",
            ],
        ]
        return [primary] + [JSONValue](repeating: replica, count: min(index.numberOfReplicas, 100))
    }
}
