internal import HTTPTypes
internal import JSON

/// `_tasks`: long work and how to stop it.
struct TaskEndpoints {
    let node: OpenSearchNode

    private static let filters = ["nodes", "actions", "parent_task_id"]

    var endpoints: [Endpoint] {
        [
            Endpoint(
                "tasks.list", [.get], ["/_tasks"],
                Self.filters + ["detailed", "group_by", "timeout", "wait_for_completion"]
            ) { request in
                let isDetailed = try request.flag("detailed")
                let grouping = try request.choice("group_by", ["nodes", "parents", "none"]) ?? "nodes"
                let own = node.tasks.begin("cluster:monitor/tasks/lists")
                defer { node.tasks.end(own, .success(.null), isRemembered: false) }
                return RestResponse(document(of: selected(request), grouping, isDetailed))
            },
            Endpoint("tasks.get", [.get], ["/_tasks/{task_id}"], ["timeout", "wait_for_completion"]) { request in
                let task = try find(request)
                if try request.flag("wait_for_completion") {
                    try await waitForEnd(of: task, timeout: try request.time("timeout") ?? .seconds(30))
                }
                var reply = JSONObject()
                let result = task.result
                reply["completed"] = .bool(result != nil)
                reply["task"] = .object(task.document(isDetailed: true))
                switch result {
                case .success(let value)?: reply["response"] = value
                case .failure(let error)?: reply["error"] = error.cause
                case nil: break
                }
                return RestResponse(.object(reply))
            },
            Endpoint(
                "tasks.cancel", [.post], ["/_tasks/_cancel", "/_tasks/{task_id}/_cancel"],
                Self.filters + ["wait_for_completion", "timeout"]
            ) { request in
                var tasks = selected(request)
                if request.has("task_id") {
                    let task = try find(request)
                    guard task.isCancellable else {
                        throw OpenSearchError.illegalArgument(
                            "task [\(task.name)] doesn't support cancellation: it ends by itself")
                    }
                    tasks = task.result == nil ? [task] : []
                }
                tasks = tasks.filter(\.isCancellable)
                for task in tasks { task.cancel() }
                if try request.flag("wait_for_completion") {
                    for task in tasks { try await waitForEnd(of: task, timeout: .seconds(30)) }
                }
                return RestResponse(document(of: tasks, "nodes", true))
            },
        ]
    }

    private func find(_ request: RestRequest) throws(OpenSearchError) -> TaskRegistry.Entry {
        let name = request.path("task_id")
        guard name.contains(":") else {
            throw .illegalArgument("malformed task id \(name): it is a node's id, a colon and a number")
        }
        guard let task = node.tasks.find(name) else {
            throw OpenSearchError(
                404, "resource_not_found_exception", "task [\(name)] isn't running and hasn't stored its results")
        }
        return task
    }

    private func waitForEnd(of task: TaskRegistry.Entry, timeout: Duration) async throws {
        let end = ContinuousClock.now + timeout
        while task.result == nil, ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(20)) }
        guard task.result != nil else {
            throw OpenSearchError(
                500, "timeout_exception", "Timed out waiting for completion of task [\(task.name)]")
        }
    }

    private func selected(_ request: RestRequest) -> [TaskRegistry.Entry] {
        // No task has a parent, and all are this node's.
        if request.text("parent_task_id") != nil { return [] }
        guard node.isSelected(request.list("nodes")) else { return [] }
        let actions = request.list("actions")
        return node.tasks.running.filter { task in
            actions.map { $0.contains { Wildcard.matches($0, task.action) } } ?? true
        }
    }

    private func document(of tasks: [TaskRegistry.Entry], _ grouping: String, _ isDetailed: Bool) -> JSONValue {
        let named = tasks.map { (key: $0.name, value: JSONValue.object($0.document(isDetailed: isDetailed))) }
        switch grouping {
        case "none": return ["tasks": .array(named.map(\.value))]
        case "parents": return ["tasks": .object(JSONObject(named))]
        default:
            var summary = node.summary
            summary["tasks"] = .object(JSONObject(named))
            return ["nodes": .object(JSONObject([(key: node.id, value: .object(summary))]))]
        }
    }
}
