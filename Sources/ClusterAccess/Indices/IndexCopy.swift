import JSON

/// Copies the documents of an index by `_reindex`, and waits for it.
struct IndexCopy: Sendable {
    let cluster: any SearchCluster
    let source: String
    let target: String
    /// Fields that are not copied: they are made anew.
    let left: [String]
    /// Whether the default pipeline of the target is passed over: the documents went through it when they were indexed.
    let skipsDefaultPipeline: Bool
    let batch: Int
    let patience: Duration
    let interval: Duration

    /// How many documents an index has that searches see.
    func count(_ index: String) async throws -> Int {
        let request = ClusterRequest("GET", ClusterRequest.path(index) + "/_count")
        guard let count = try await cluster.ask(request)["count"]?.int else {
            throw cluster.malformed(request, lacks: "count")
        }
        return count
    }

    /// Makes what was written visible to searches.
    func refresh(_ index: String) async throws {
        _ = try await cluster.ask(
            ClusterRequest("POST", ClusterRequest.path(index) + "/_refresh", isRepeatable: true))
    }

    /// Copies all documents, or goes on waiting for a copy that an earlier call began.
    func run(_ progress: @Sendable (ClusterProgress) -> Void) async throws {
        let task: String
        if let running = try await runningTask() { task = running } else { task = try await begin() }
        var waiting = Waiting(patience: patience, first: interval)
        repeat {
            let request = ClusterRequest("GET", ClusterRequest.path("_tasks", task))
            let reply = try await cluster.ask(request)
            let status = reply["task"]?["status"]
            let done = ["created", "updated", "noops", "version_conflicts"].reduce(0) { $0 + (status?[$1]?.int ?? 0) }
            progress(ClusterProgress("encoding into \(target)", done: done, total: status?["total"]?.int))
            if reply["completed"]?.bool == true { return try check(reply, task) }
        } while try await waiting.next()
        throw cluster.error(
            .incomplete, "the copy from [\(source)] to [\(target)] is not done within \(patience) (task \(task))",
            "Run again: it goes on waiting for this task.")
    }

    /// The task of an earlier call; nil if none runs.
    private func runningTask() async throws -> String? {
        let request = ClusterRequest("GET", "/_tasks", query: [("actions", "*reindex"), ("detailed", "true")])
        let reply = try await cluster.ask(request)
        for (_, node) in reply["nodes"]?.object ?? [:] {
            for (id, task) in node["tasks"]?.object ?? [:] {
                let text = task["description"]?.string ?? ""
                if text.contains("[\(source)]"), text.contains("[\(target)]"), task["parent_task_id"] == nil {
                    return id
                }
            }
        }
        return nil
    }

    private func begin() async throws -> String {
        var from: JSONObject = ["index": .string(source), "size": .number(JSONNumber(batch))]
        if !left.isEmpty { from["_source"] = ["excludes": .array(left.map { .string($0) })] }
        var to: JSONObject = ["index": .string(target)]
        if skipsDefaultPipeline { to["pipeline"] = "_none" }
        let request = ClusterRequest(
            "POST", "/_reindex", query: [("wait_for_completion", "false")],
            json: ["source": .object(from), "dest": .object(to)])
        guard let task = try await cluster.ask(request)["task"]?.string else {
            throw cluster.malformed(request, lacks: "task")
        }
        return task
    }

    /// Refuses a copy in which anything failed.
    private func check(_ reply: JSONValue, _ task: String) throws(ClusterError) {
        let failures = reply["response"]?["failures"]?.array ?? []
        let reason =
            ClusterReply(status: 500, body: reply).errorReason
            ?? failures.first.map { $0["cause"]?["reason"]?.string ?? $0["reason"]?["reason"]?.string ?? "no reason" }
        guard let reason else {
            guard reply["response"]?["canceled"] == nil else {
                throw cluster.error(.incomplete, "the copy to [\(target)] was cancelled (task \(task))", "Run again.")
            }
            return
        }
        let count = failures.isEmpty ? "" : " \(failures.count) documents"
        throw cluster.error(
            .incomplete, "the copy from [\(source)] to [\(target)] failed\(count): \(reason.prefix(1000))",
            "The alias was not switched. Repair what it names, and run again.")
    }
}
