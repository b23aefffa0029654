package import JSON

/// Where a run is: what a checkpoint says beside its tensors, in the field names of transformers' `trainer_state.json`.
package struct RunState: Sendable, Hashable {
    /// Steps that were taken.
    package var step = 0
    /// Steps of the run.
    package var steps = 0
    /// The epoch that the next batch is of, from 0.
    package var epoch = 0
    /// Batches of that epoch that were taken.
    package var offset = 0
    /// Passes over the data, in parts of an epoch.
    package var passes = 0.0
    /// Batches that were taken in all: what dropout and random negatives depend on.
    package var batches = 0
    /// The seed of all of it.
    package var seed = 0
    /// Examples that were trained on.
    package var examples = 0
    /// Tokens that were trained on.
    package var tokens = 0
    /// The loss of the last step.
    package var loss = 0.0
    /// The figures before the first step.
    package var baseline: EvaluationRecord?
    /// The figures of the best evaluation behind a step.
    package var best: EvaluationRecord?
    /// Evaluations since then.
    package var evaluationsSinceBest = 0
    /// Whether the step was taken and not evaluated yet, because the run was asked to stop.
    package var evaluationIsDue = false
    /// The digest of the training data.
    package var dataHash = ""
    /// The settings that decide the result, by name.
    package var settings = JSONObject()
    /// Steps and evaluations so far, as transformers logs them.
    package var history: [JSONValue] = []

    /// A run that has not begun.
    package init() {}
}

extension RunState {
    /// The document of `trainer_state.json`.
    func json(batchSize: Int, digests: [String: String]) -> JSONValue {
        var own = JSONObject()
        own["data_hash"] = .string(dataHash)
        own["settings"] = .object(settings)
        own["sampler"] = [
            "seed": .number(JSONNumber(seed)), "epoch": .number(JSONNumber(epoch)),
            "offset": .number(JSONNumber(offset)),
        ]
        own["dropout_counter"] = .number(JSONNumber(batches))
        own["examples"] = .number(JSONNumber(examples))
        own["tokens"] = .number(JSONNumber(tokens))
        own["loss"] = .number(JSONNumber(loss))
        own["evaluation_is_due"] = .bool(evaluationIsDue)
        own["baseline"] = baseline?.json ?? .null
        own["best"] = best?.json ?? .null
        own["digests"] = .object(
            JSONObject(digests.sorted { $0.key < $1.key }.map { (key: $0.key, value: .string($0.value)) }))
        let metric = settings["best_metric"]?.string ?? ""
        return [
            "best_global_step": best.map { .number(JSONNumber($0.step)) } ?? .null,
            "best_model_checkpoint": best.map { .string("checkpoint-\($0.step)") } ?? .null,
            "best_metric": best?.metrics[metric].map { .number(JSONNumber($0)) } ?? .null,
            "epoch": .number(JSONNumber(passes)),
            "global_step": .number(JSONNumber(step)),
            "is_hyper_param_search": false,
            "is_local_process_zero": true,
            "is_world_process_zero": true,
            "log_history": .array(history),
            "max_steps": .number(JSONNumber(steps)),
            "stateful_callbacks": [
                "EarlyStoppingCallback": [
                    "attributes": ["early_stopping_patience_counter": .number(JSONNumber(evaluationsSinceBest))]
                ]
            ],
            "total_flos": 0,
            "train_batch_size": .number(JSONNumber(batchSize)),
            "needletail": .object(own),
        ]
    }

    /// Reads what ``json(batchSize:digests:)`` wrote; nil for anything else.
    init?(json: JSONValue) {
        guard let own = json["needletail"], let step = json["global_step"]?.int, let steps = json["max_steps"]?.int,
            let passes = json["epoch"]?.double, let epoch = own["sampler"]?["epoch"]?.int,
            let offset = own["sampler"]?["offset"]?.int, let seed = own["sampler"]?["seed"]?.int,
            let batches = own["dropout_counter"]?.int, let hash = own["data_hash"]?.string,
            let settings = own["settings"]?.object, let examples = own["examples"]?.int,
            let tokens = own["tokens"]?.int, let history = json["log_history"]?.array,
            step >= 0, steps >= step, epoch >= 0, offset >= 0, batches >= 0, batches <= UInt32.max
        else { return nil }
        self.step = step
        self.steps = steps
        self.passes = passes
        self.epoch = epoch
        self.offset = offset
        self.seed = seed
        self.batches = batches
        dataHash = hash
        self.settings = settings
        self.examples = examples
        self.tokens = tokens
        self.history = history
        loss = own["loss"]?.double ?? .nan
        baseline = own["baseline"].flatMap(EvaluationRecord.init(json:))
        best = own["best"].flatMap(EvaluationRecord.init(json:))
        evaluationIsDue = own["evaluation_is_due"]?.bool ?? false
        evaluationsSinceBest =
            json["stateful_callbacks"]?["EarlyStoppingCallback"]?["attributes"]?["early_stopping_patience_counter"]?
            .int ?? 0
    }
}
