import JSON

extension MLCommons {
    /// Ends what cannot go on and starts what can, in one change of the state.
    func recover() throws -> [String] {
        var notes: [String] = []
        var resumed: [String] = []
        var redeployed: [(model: String, task: String, last: Int)] = []
        try state.update { draft in
            let settings = draft.settings
            for (id, task) in draft.all(.task) where !(Self.state(of: task)?.isOver ?? false) {
                if task.text("task_type") == TaskType.fineTuning.rawValue {
                    if recoverFineTuning(task, id, &draft) { resumed.append(id) }
                } else if task.text("task_type") == TaskType.registerModel.rawValue {
                    if let model = task.own["model"]?.string {
                        draft.removeUnregistered(model, content: task.own["content"]?.string)
                    }
                    draft.end(
                        task: id, .failed,
                        error:
                            "The server stopped while the model was being registered. Send the registration again: what was fetched is kept."
                    )
                    notes.append("registration \(id) was interrupted and has failed")
                } else if task.text("model_id").flatMap({ draft[.model, $0] })?.own["deploy_task"]?.string != id {
                    draft.end(
                        task: id, .failed,
                        error: Self.nodeError(
                            nodeID, "The server stopped before the model was deployed. Deploy it again."))
                }
            }
            for (id, model) in draft.all(.model) {
                switch Self.modelState(of: model) {
                case .registering where model.own["upload"] == nil:
                    draft.removeUnregistered(id, content: model.own["content"]?.string)
                case .deployed, .deploying:
                    let task = model.own["deploy_task"]?.string.flatMap { draft[.task, $0] == nil ? nil : $0 }
                    let tries = model.source["auto_redeploy_retry_times"]?.int ?? 0
                    guard settings.flag(MLSetting.redeploys), settings.flag(MLSetting.runsLocalModels),
                        tries < settings.integer(MLSetting.redeployAttempts)
                    else {
                        draft.markUndeployed(id, as: .deployFailed)
                        if let task {
                            draft.end(
                                task: task, .failed,
                                error: Self.nodeError(
                                    nodeID, "Models are not deployed again after a restart. Deploy it."))
                        }
                        notes.append("model \(id) is not deployed again: the settings or earlier failures forbid it")
                        continue
                    }
                    var model = model
                    model.source["model_state"] = .string(ModelState.deploying.rawValue)
                    model.source["auto_redeploy_retry_times"] = .number(JSONNumber(tries + 1))
                    let ticket = task ?? DocumentID.next()
                    model.own["deploy_task"] = .string(ticket)
                    draft[.model, id] = model
                    redeployed.append((id, ticket, model.source["last_deployed_time"]?.int ?? 0))
                default: break
                }
            }
        }
        let kept = state.all(.model).compactMap { $0.document.own["content"]?.string }
        notes += contents.removeOrphans(keeping: Set(kept))
        // One after the other, so that no two take the memory that loading needs at once.
        var previous: String?
        for (model, task, _) in redeployed.sorted(by: { ($0.last, $0.model) < ($1.last, $1.model) }) {
            notes.append("model \(model) is deployed again")
            startDeployment(of: model, task: task, after: previous)
            previous = model
        }
        for task in resumed {
            notes.append("the fine-tuning of task \(task) goes on")
            startFineTuning(task)
        }
        return notes
    }
}
