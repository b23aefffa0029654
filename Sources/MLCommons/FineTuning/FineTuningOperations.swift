import Access
import HTTPTypes
import JSON

extension MLCommons {
    var fineTuningOperations: [MLOperation] {
        guard let host = fineTuning else { return [] }
        return [
            MLOperation("fine_tune", [.post], ["/models/_finetune"]) { [self] request in
                let parameters = try request.requiredFields().object
                try checkRoomForRun()
                let facts = try await host.make(.object(parameters), for: Self.caller)
                do {
                    return try began(facts, redrives: false)
                } catch {
                    try host.remove(facts.id)
                    throw error
                }
            },
            MLOperation("cancel_task", [.post], ["/tasks/{task_id}/_cancel"]) { [self] request in
                try cancelRun(ofTask: request.path("task_id"))
            },
            MLOperation("get_fine_tuning_runs", [.get], ["/finetune/runs"]) { [self] _ in
                let runs = host.runs().filter { mayUse(run: $0.id) }
                return MLReply(["runs": .array(runs.map { .object(shown($0)) })])
            },
            MLOperation("get_fine_tuning_run", [.get], ["/finetune/runs/{run_id}"]) { [self] request in
                let id = try run(of: request)
                guard var shown = host.details(of: id) else { throw Self.noRun(id) }
                shown["task_id"] = newestTask(of: id).map { .string($0) } ?? .null
                return MLReply(shown)
            },
            MLOperation("get_fine_tuning_report", [.get], ["/finetune/runs/{run_id}/report"]) { [self] request in
                let id = try run(of: request)
                guard let page = host.report(of: id) else { throw Self.noRun(id) }
                return MLReply(page: page)
            },
            MLOperation("delete_fine_tuning_run", [.delete], ["/finetune/runs/{run_id}"]) { [self] request in
                let id = try run(of: request)
                guard host.details(of: id) != nil else { throw Self.noRun(id) }
                guard !fineTunings.isActive(run: id) else {
                    throw MLError.illegalArgument("The run \(id) waits or is at work: cancel it first")
                }
                try host.remove(id)
                return MLReply(["run_id": .string(id), "result": "deleted"])
            },
            MLOperation("resume_fine_tuning", [.post], ["/finetune/runs/{run_id}/_resume"]) { [self] request in
                let id = try run(of: request)
                guard let facts = host.facts(of: id) else { throw Self.noRun(id) }
                guard facts.status != "succeeded" else {
                    throw MLError.illegalArgument("The run \(id) has ended: there is nothing to resume")
                }
                try checkRoomForRun()
                return try began(facts, redrives: true)
            },
        ]
    }

    private static func noRun(_ id: String) -> MLError {
        .status(404, "Failed to find a fine-tuning run with the id: \(id)")
    }

    // MARK: Rights

    /// Whether who asks may look at a run, and end it: who made it, and administrators.
    private func mayUse(run: String) -> Bool {
        guard let caller = Self.caller, !caller.isAdministrator else { return true }
        return fineTuning?.owner(of: run) == caller.name
    }

    /// Whether who asks may see a task and end it; tasks of other types are not looked at here.
    func mayUse(task: StoredDocument) -> Bool {
        guard task.text("task_type") == TaskType.fineTuning.rawValue, let run = task.own["run"]?.string else {
            return true
        }
        return mayUse(run: run)
    }

    /// The run that a request names; one of somebody else is not told from one that is not there.
    private func run(of request: MLRequest) throws(MLError) -> String {
        let id = request.path("run_id")
        guard mayUse(run: id) else { throw Self.noRun(id) }
        return id
    }

    private func newestTask(of run: String) -> String? {
        state.all(.task).last { $0.document.text("run_id") == run }?.id
    }

    private func shown(_ facts: FineTuningRunFacts) -> JSONObject {
        [
            "run_id": .string(facts.id), "model_name": .string(facts.model),
            "function_name": .string(facts.function.rawValue), "status": .string(facts.status),
            "task_id": newestTask(of: facts.id).map { .string($0) } ?? .null,
        ]
    }

    private func began(_ facts: FineTuningRunFacts, redrives: Bool) throws -> MLReply {
        let task = try beginFineTuning(facts, redrives: redrives)
        return MLReply(["task_id": .string(task), "status": "CREATED", "run_id": .string(facts.id)])
    }
}
