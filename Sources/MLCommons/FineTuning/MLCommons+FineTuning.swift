import JSON

extension MLCommons {
    /// Runs that may wait behind the one at work.
    static let waitingRuns = 20

    private static let cancelledReason = "The run was cancelled. What it has done is kept: resume it to go on."

    /// Refuses another run where too many wait.
    func checkRoomForRun() throws(MLError) {
        guard fineTunings.count <= Self.waitingRuns else {
            throw MLError(429, "status_exception", "exceed max running task limit")
        }
    }

    /// Makes a task for a run and has it wait for its turn: one run at a time.
    func beginFineTuning(_ facts: FineTuningRunFacts, redrives: Bool) throws -> String {
        guard !fineTunings.isActive(run: facts.id) else {
            throw MLError.illegalArgument("The run \(facts.id) waits or is at work already")
        }
        let task = try state.update { draft in
            let own: JSONObject = ["run": .string(facts.id), "redrives": .bool(redrives)]
            let id = draft.addTask(.fineTuning, facts.function, node: nodeID, own: own)
            if var document = draft[.task, id] {
                document.source["run_id"] = .string(facts.id)
                document.source["model_name"] = .string(facts.model)
                draft[.task, id] = document
            }
            return id
        }
        startFineTuning(task)
        return task
    }

    /// Takes a task that is written down into work, behind those before it.
    func startFineTuning(_ task: String) {
        guard let document = state[.task, task], let run = document.own["run"]?.string,
            fineTunings.began(task, run: run)
        else { return }
        jobs.run(for: "fine-tuning") { [self] in await runFineTuning(task, document) }
    }

    /// Ends the run of a task: at once if it waits, else as soon as its phase has kept what it has.
    func cancelRun(ofTask id: String) throws -> MLReply {
        guard let task = state[.task, id] else { throw MLError.noTask }
        guard task.text("task_type") == TaskType.fineTuning.rawValue else {
            throw MLError.illegalArgument("Tasks of the type \(task.text("task_type") ?? "") cannot be cancelled")
        }
        guard mayUse(task: task) else {
            throw MLError.status(403, "Only who started a run, and administrators, may end it")
        }
        guard fineTunings.isActive(task: id) else {
            throw MLError.illegalArgument("The task is over: its state is \(task.text("state") ?? "unknown")")
        }
        let isWaiting = !fineTunings.isAtWork(id)
        // Written down first: a restart does not take up again what was cancelled.
        try state.update { draft in
            if var document = draft[.task, id] {
                document.own["cancelled"] = true
                draft[.task, id] = document
            }
            if isWaiting { draft.end(task: id, .cancelled, error: Self.cancelledReason) }
        }
        fineTunings.cancel(id)
        return MLReply(["task_id": .string(id), "status": isWaiting ? "CANCELLED" : "CANCELLING"])
    }

    /// What a restart does with tasks of runs that are not over.
    ///
    /// - Returns: whether the task is to go on.
    func recoverFineTuning(_ task: StoredDocument, _ id: String, _ draft: inout DocumentDraft) -> Bool {
        if task.own["cancelled"]?.bool == true {
            draft.end(task: id, .cancelled, error: Self.cancelledReason)
        } else if fineTuning == nil {
            draft.end(
                task: id, .failed,
                error: "The server that was started trains no models. Start one that does, and resume the run.")
        } else {
            return true
        }
        return false
    }

    private func runFineTuning(_ task: String, _ document: StoredDocument) async {
        defer { fineTunings.ended(task) }
        guard let host = fineTuning, let run = document.own["run"]?.string else { return }
        let redrives = document.own["redrives"]?.bool ?? false
        let work = fineTunings.work(on: task) { [self] in
            try state.update { draft in
                guard var document = draft[.task, task] else { return }
                document.source["state"] = .string(TaskState.running.rawValue)
                document.source["last_update_time"] = .number(JSONNumber(Int(draft.now)))
                draft[.task, task] = document
            }
            return try await host.carryOut(run, redrives: redrives) { [self] progress in
                fineTunings.progressed(task, progress)
            }
        }
        do {
            // Cancelled while it waited, which is written down.
            guard let work else { return }
            let end = try await withTaskCancellationHandler {
                try await work.value
            } onCancel: {
                work.cancel()
            }
            await insist { draft in
                switch end {
                case .completed(let model, let decision):
                    if var document = draft[.task, task] {
                        document.source["result"] = decision
                        draft[.task, task] = document
                    }
                    draft.end(task: task, .completed, model: model)
                case .failed(let reason): draft.end(task: task, .failed, error: reason)
                }
            }
        } catch is CancellationError where !fineTunings.isCancelled(task) {
            // The server stops: the next start takes the task up again.
        } catch is CancellationError {
            await insist { draft in draft.end(task: task, .cancelled, error: Self.cancelledReason) }
        } catch {
            if jobs.isStopping { return }
            let reason = (error as? MLError)?.reason ?? "\(error)"
            await insist { draft in draft.end(task: task, .failed, error: reason) }
        }
    }

    /// A task of a run with its phases.
    func shownFineTuning(_ task: StoredDocument, _ id: String) -> JSONObject {
        var shown = task.source
        guard let phases = fineTunings.phases(of: id) else { return shown }
        shown["phases"] = .array(phases.map(\.json))
        return shown
    }
}
