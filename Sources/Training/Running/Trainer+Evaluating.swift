import JSON

extension Trainer {
    /// The figures of the model as it is; nil without an evaluation set, and if the run was asked to stop meanwhile.
    func evaluate(_ state: RunState, _ onEvent: (TrainingEvent) -> Void) throws(TrainingError) -> EvaluationRecord? {
        guard let evaluator else { return nil }
        let start = ContinuousClock.now
        let metrics = try evaluator.evaluate { completed, total in
            onEvent(.evaluating(completed: completed, of: total))
            return !stop.isRequested
        }
        guard let metrics else { return nil }
        let best = state.best?.metrics[configuration.bestMetric] ?? -.infinity
        return EvaluationRecord(
            step: state.step, epoch: state.passes, metrics: metrics, queries: evaluator.set.queries.count,
            seconds: (ContinuousClock.now - start).seconds,
            isBest: state.step > 0 && metrics[configuration.bestMetric] ?? 0 > best)
    }

    /// Takes an evaluation behind a step into account: the best one, and the patience with those that are not.
    func note(_ record: EvaluationRecord, in state: inout RunState) {
        let value = record.metrics[configuration.bestMetric] ?? 0
        let best = state.best?.metrics[configuration.bestMetric] ?? -.infinity
        state.evaluationsSinceBest =
            value > best + configuration.improvementThreshold ? 0 : state.evaluationsSinceBest + 1
        if record.isBest { state.best = record }
        var row = JSONObject([("epoch", .number(JSONNumber(record.epoch)))])
        for (name, value) in record.metrics.sorted(by: { $0.key < $1.key }) {
            row["eval_" + name] = .number(JSONNumber(value))
        }
        row["eval_runtime"] = .number(JSONNumber(record.seconds))
        row["step"] = .number(JSONNumber(record.step))
        state.history.append(.object(row))
    }
}
