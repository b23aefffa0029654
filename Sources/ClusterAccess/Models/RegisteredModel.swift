public import JSON

/// A model of a cluster.
public struct RegisteredModel: Sendable, Hashable {
    /// Its id.
    public var id: String
    /// Its name.
    public var name: String
    /// The id of its group.
    public var group: String
    /// Its number in the group, from 1, as the cluster counted it.
    public var version: String
    /// `TEXT_EMBEDDING`, `SPARSE_ENCODING`, `SPARSE_TOKENIZE` or `TEXT_SIMILARITY`.
    public var function: String
    /// The SHA-256 of its archive.
    public var digest: String
    /// Whether an earlier call had registered it.
    public var wasThere: Bool
    /// Whether it answers.
    public var isDeployed: Bool
    /// The task that deployed it; nil if it was deployed before.
    public var deploymentTask: String?
    /// Earlier versions that were taken out of memory.
    public var undeployed: [String]

    /// The model as a document, for files and replies.
    public var json: JSONValue {
        [
            "model_id": .string(id), "name": .string(name), "model_group_id": .string(group),
            "model_version": .string(version), "function_name": .string(function),
            "model_content_hash_value": .string(digest), "was_there": .bool(wasThere), "deployed": .bool(isDeployed),
            "deploy_task_id": deploymentTask.map { .string($0) } ?? .null,
            "undeployed": .array(undeployed.map { .string($0) }),
        ]
    }
}
