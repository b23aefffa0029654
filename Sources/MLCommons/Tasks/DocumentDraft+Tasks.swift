import JSON

extension DocumentDraft {
    /// Finished tasks that are kept; the oldest go first.
    static let keptTasks = 10_000

    /// Adds a task.
    ///
    /// - Parameter own: What only the node needs of it.
    mutating func addTask(
        _ type: TaskType, _ function: FunctionName, model: String? = nil, node: String, own: JSONObject = [:]
    ) -> String {
        let id = DocumentID.next()
        var source = JSONObject()
        if let model { source["model_id"] = .string(model) }
        source["task_type"] = .string(type.rawValue)
        source["function_name"] = .string(function.rawValue)
        source["state"] = .string(TaskState.created.rawValue)
        source["worker_node"] = [.string(node)]
        source["create_time"] = .number(JSONNumber(Int(now)))
        source["last_update_time"] = .number(JSONNumber(Int(now)))
        source["is_async"] = true
        self[.task, id] = StoredDocument(source, own: own)
        let tasks = all(.task)
        if tasks.count > Self.keptTasks {
            let finished = tasks.filter { MLCommons.state(of: $0.document)?.isOver ?? true }
            for old in finished.prefix(tasks.count - Self.keptTasks) { self[.task, old.id] = nil }
        }
        return id
    }

    /// Changes the state of a task that is not over; nothing if somebody has deleted it.
    mutating func end(task id: String, _ end: TaskState, model: String? = nil, error: String? = nil) {
        guard var task = self[.task, id], !(MLCommons.state(of: task)?.isOver ?? false) else { return }
        if let model, task.source["model_id"] == nil {
            // Known from now on; it stands first, as in OpenSearch.
            task.source = JSONObject([(key: "model_id", value: .string(model))] + task.source.map { $0 })
        }
        task.source["state"] = .string(end.rawValue)
        task.source["last_update_time"] = .number(JSONNumber(Int(now)))
        if let error { task.source["error"] = .string(error) }
        self[.task, id] = task
    }
}

extension MLCommons {
    static func state(of task: StoredDocument) -> TaskState? { task.text("state").flatMap { TaskState(rawValue: $0) } }

    /// The error of a task that nodes have worked on: a JSON object in a string, keyed by their ids.
    static func nodeError(_ node: String, _ reason: String) -> String {
        JSONValue.object([node: .string(reason)]).serialized()
    }
}
