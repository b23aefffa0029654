internal import ClusterState
internal import JSON
internal import Routing

/// `_clone` and `_split`: a new index with the documents of another.
///
/// Every index is one shard in truth, so that splitting is copying under another number of shards.
struct IndexCopy {
    let node: OpenSearchNode

    func response(_ request: RestRequest) async throws -> RestResponse {
        let isSplit = request.http.path.contains("/_split/")
        let (source, target) = (request.path("index"), request.path("target"))
        guard let index = node.metadata.current.indices[source] else { throw OpenSearchError.indexNotFound(source) }
        guard index.isOpen else { throw OpenSearchNode.closed(index) }
        guard
            index.settings["index.blocks.write"]?.string == "true"
                || index.settings["index.blocks.read_only"]?.string == "true"
        else {
            throw OpenSearchError(
                500, "illegal_state_exception",
                "index \(source) must block write operations to resize index. use \"index.blocks.write=true\"")
        }
        let body = try request.object()
        for key in body.keys where !["settings", "aliases", "max_shard_size"].contains(key) {
            throw OpenSearchError(400, "x_content_parse_exception", "[1:1] [resize_request] unknown field [\(key)]")
        }
        var definition = try IndexDefinition(body)
        let shards = definition.settings.text("index.number_of_shards").flatMap { Int($0) }
        if isSplit {
            guard let shards else {
                throw OpenSearchError.validation(["index.number_of_shards is required for split operations"])
            }
            guard shards >= index.numberOfShards, shards % index.numberOfShards == 0 else {
                throw OpenSearchError.illegalArgument(
                    "the number of source shards [\(index.numberOfShards)] must be a factor of [\(shards)]")
            }
        } else if let shards, shards != index.numberOfShards {
            throw OpenSearchError.illegalArgument(
                "the number of source shards [\(index.numberOfShards)] must be equal to the number of target shards [\(shards)] "
                    + "for clone operation")
        }
        var settings = index.settingsDocument
        for block in ["read_only", "read", "write", "metadata", "read_only_allow_delete"] {
            settings["index.blocks.\(block)"] = nil
        }
        settings.remove(startingWith: DataStream.settingPrefix)
        settings.merge(definition.settings)
        definition.settings = settings
        definition.mappings = index.mappings.object ?? [:]
        let new = try node.createIndex(target, definition, usesTemplates: false)
        do {
            try node.copyDocuments(from: index, to: new)
        } catch {
            try? node.deleteIndex(target)
            throw error
        }
        if try !request.flag("wait_for_completion", default: true) {
            let task = node.tasks.begin("indices:admin/resize", description: "[\(source)] to [\(target)]")
            node.tasks.end(
                task, .success(["acknowledged": true, "shards_acknowledged": true, "index": .string(target)]),
                isRemembered: true)
            return RestResponse(["task": .string(task.name)])
        }
        return RestResponse(["acknowledged": true, "shards_acknowledged": true, "index": .string(target)])
    }
}
