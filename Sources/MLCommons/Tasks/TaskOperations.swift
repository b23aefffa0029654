import HTTPTypes
import JSON

extension MLCommons {
    var taskOperations: [MLOperation] {
        [
            MLOperation("get_task", [.get], ["/tasks/{task_id}"]) { [self] request in
                let id = request.path("task_id")
                guard let task = state[.task, id], mayUse(task: task) else { throw MLError.noTask }
                return MLReply(shown(task, id))
            },
            MLOperation("delete_task", [.delete], ["/tasks/{task_id}"]) { [self] request in
                let id = request.path("task_id")
                return try state.update { draft in
                    guard let task = draft[.task, id], mayUse(task: task) else { throw MLError.noTask }
                    let isFineTuning = task.text("task_type") == TaskType.fineTuning.rawValue
                    guard !isFineTuning || !fineTunings.isActive(task: id) else {
                        throw MLError.illegalArgument("The task waits or is at work. Cancel it first.")
                    }
                    guard Self.state(of: task) != .running else {
                        throw MLError.illegalArgument("Task cannot be deleted in running state. Try after some time.")
                    }
                    return MLReply(draft.delete(task, .task, id))
                }
            },
            search("search_tasks", "/tasks/_search", .task) { [self] document, id in shown(document, id) },
        ]
    }

    /// A task with how much of it is done.
    func shown(_ task: StoredDocument, _ id: String) -> JSONObject {
        if task.text("task_type") == TaskType.fineTuning.rawValue { return shownFineTuning(task, id) }
        guard let done = registrations.progress(of: id), !(Self.state(of: task)?.isOver ?? true) else {
            return task.source
        }
        var shown = JSONObject()
        for (name, value) in task.source {
            if name == "worker_node" { shown["progress"] = .number(JSONNumber((done * 1000).rounded() / 10)) }
            shown[name] = value
        }
        return shown
    }
}
