import JSON

/// Lets an alias lead to another index, in one call.
struct AliasSwitch: Sendable {
    let cluster: any SearchCluster
    let alias: String
    let target: String

    /// Switches the alias, with the filter and routing that it had.
    ///
    /// - Returns: The indices to which it led before, without the target; none if it did nothing or is new.
    func run() async throws -> [String] {
        let request = ClusterRequest("GET", ClusterRequest.path("_alias", alias))
        let reply = try await cluster.send(request)
        guard reply.isSuccess || reply.status == 404 else { throw cluster.refusal(reply, of: request) }
        var holders: [(index: String, definition: JSONObject)] = []
        if reply.isSuccess {
            for (index, body) in reply.body.object ?? [:] {
                holders.append((index, body["aliases"]?[alias]?.object ?? [:]))
            }
        }
        let others = holders.filter { $0.index != target }
        guard holders.count == others.count || !others.isEmpty else { return [] }
        var actions: [JSONValue] = others.map { holder in
            ["remove": ["index": .string(holder.index), "alias": .string(alias)]]
        }
        var added = JSONObject()
        // What the alias said of itself holds on, if all its indices said the same.
        if let first = others.first, others.allSatisfy({ $0.definition == first.definition }) {
            added = first.definition
        }
        added["index"] = .string(target)
        added["alias"] = .string(alias)
        actions.append(["add": .object(added)])
        _ = try await cluster.ask(
            ClusterRequest("POST", "/_aliases", json: ["actions": .array(actions)], isRepeatable: true),
            advice: "An index of this name has to make way first: an alias needs a name of its own.")
        return others.map(\.index).sorted()
    }
}
