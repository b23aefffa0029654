import JSON

/// What an index is: its name, its mapping and its settings.
struct SourceIndex: Sendable {
    let name: String
    let mapping: JSONObject
    /// What stands below `index` in its settings.
    let settings: JSONObject

    /// Settings that belong to one index and not to a copy of it.
    private static let own: Set<String> = [
        "uuid", "creation_date", "provided_name", "version", "history_uuid", "resize", "routing_partition_size",
        "blocks",
        "verified_before_close",
    ]

    /// Asks for an index; nil if there is none.
    static func find(_ name: String, on cluster: any SearchCluster) async throws -> SourceIndex? {
        let request = ClusterRequest("GET", ClusterRequest.path(name))
        let reply = try await cluster.send(request)
        if reply.status == 404, reply.errorType == "index_not_found_exception" { return nil }
        guard reply.isSuccess else { throw cluster.refusal(reply, of: request) }
        guard let indices = reply.body.object, let (real, index) = indices.first(where: { _ in true }) else {
            throw cluster.malformed(request, lacks: name)
        }
        guard indices.count == 1 else {
            throw cluster.error(
                .unsupported, "[\(name)] stands for \(indices.count) indices: \(indices.keys.joined(separator: ", "))",
                "Name one of them.")
        }
        return SourceIndex(
            name: real, mapping: index["mappings"]?.object ?? [:], settings: index["settings"]?["index"]?.object ?? [:])
    }

    /// The settings that a copy has as well.
    var copiedSettings: JSONObject { JSONObject(settings.filter { !Self.own.contains($0.key) }) }

    /// The note of an earlier re-encoding; nil if the index is no product of one.
    var note: JSONValue? { mapping["_meta"]?["reencoding"] }

    /// The mark in a note that says that all documents were copied.
    static let mark = "copied"

    /// The definition of a field, found through objects.
    func field(_ path: String) -> JSONValue? {
        var level: JSONValue? = .object(mapping)
        for name in path.split(separator: ".") { level = level?["properties"]?[String(name)] }
        return level
    }
}
