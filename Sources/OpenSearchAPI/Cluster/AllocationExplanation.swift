internal import ClusterState
internal import JSON

/// `_cluster/allocation/explain`: why replicas stay without a node.
struct AllocationExplanation {
    let node: OpenSearchNode

    func response(_ request: RestRequest) throws(OpenSearchError) -> RestResponse {
        let body = try request.object()
        for key in body.keys where !["index", "shard", "primary", "current_node"].contains(key) {
            throw OpenSearchError(
                400, "x_content_parse_exception", "[1:1] [cluster/allocation/explain] unknown field [\(key)]")
        }
        let indices = node.metadata.current.indices
        if let name = body["index"]?.string {
            guard let index = indices[name] else { throw .indexNotFound(name) }
            let shard = body["shard"]?.int ?? 0
            guard shard >= 0, shard < index.numberOfShards else {
                throw OpenSearchError(
                    400, "illegal_argument_exception", "No shard was specified in the explain API request")
            }
            return RestResponse(
                body["primary"]?.bool ?? false
                    ? assigned(index, shard)
                    : index.numberOfReplicas > 0 ? unassigned(index, shard) : assigned(index, shard))
        }
        guard let index = indices.values.filter({ $0.isOpen && $0.numberOfReplicas > 0 }).min(by: { $0.name < $1.name })
        else {
            throw .illegalArgument(
                "unable to find any unassigned shards to explain [ClusterAllocationExplainRequest[useAnyUnassignedShard=true]"
            )
        }
        var answer = unassigned(index, 0).object ?? [:]
        answer["note"] = .string(
            "No shard was specified in the explain API request, so this response explains a randomly chosen unassigned shard."
        )
        return RestResponse(.object(answer))
    }

    private func unassigned(_ index: IndexMetadata, _ shard: Int) -> JSONValue {
        [
            "index": .string(index.name), "shard": .number(JSONNumber(shard)), "primary": false,
            "current_state": "unassigned",
            "unassigned_info": [
                "reason": "INDEX_CREATED", "at": .string(Clock.iso(index.createdAt)),
                "last_allocation_status": "no_attempt",
            ],
            "can_allocate": "no",
            "allocate_explanation": "cannot allocate because allocation is not permitted to any of the nodes",
            "node_allocation_decisions": [
                [
                    "node_id": .string(node.id), "node_name": .string(node.name),
                    "transport_address": .string(node.address), "node_attributes": [:], "node_decision": "no",
                    "weight_ranking": 1,
                    "deciders": [
                        [
                            "decider": "same_shard", "decision": "NO",
                            "explanation": "this server is a cluster of one node, which already holds the primary",
                        ]
                    ],
                ]
            ],
        ]
    }

    private func assigned(_ index: IndexMetadata, _ shard: Int) -> JSONValue {
        [
            "index": .string(index.name), "shard": .number(JSONNumber(shard)), "primary": true,
            "current_state": "started",
            "current_node": [
                "id": .string(node.id), "name": .string(node.name), "transport_address": .string(node.address),
                "attributes": [:], "weight_ranking": 1,
            ],
            "can_remain_on_current_node": "yes", "can_rebalance_cluster": "no",
            "can_rebalance_to_other_node": "no",
            "rebalance_explanation": "this server is a cluster of one node: there is nowhere to go",
        ]
    }
}
