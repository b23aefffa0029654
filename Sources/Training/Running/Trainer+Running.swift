import JSON
import Losses
import Tensors
import TrainableEncoders

extension Trainer {
    /// Trains until the end, an early stop, or until asked to stop.
    ///
    /// - Parameters:
    ///   - resumption: where to begin.
    ///   - onEvent: told on the calling thread.
    /// - Throws: ``TrainingError``; the last checkpoint is kept.
    public func run(
        _ resumption: Resumption = .fresh, onEvent: (TrainingEvent) -> Void = { _ in }
    ) throws(TrainingError) -> TrainingResult {
        let start = ContinuousClock.now
        let plan = try RunPlan(configuration, sampler, evaluates: evaluator != nil)
        try checkpoints.make()
        // Locked: whatever else is unfinished there is not another run's.
        let log = try RunLogFile("\(configuration.output)/log.jsonl")
        try checkpoints.sweep()
        var warnings: [String] = []
        var state = try begin(resumption, plan, &warnings)
        var savedStep = state.step
        func tell(_ event: TrainingEvent) throws(TrainingError) {
            if let line = event.json(configuration) { try log.append(line) }
            onEvent(event)
        }
        try tell(.began(overview(plan, state)))
        for warning in warnings + setupWarnings { try tell(.warning(warning)) }

        var ending = TrainingResult.Ending.complete
        var pace = Pace()
        if state.step == 0, configuration.evaluatesFirst, state.baseline == nil {
            if let record = try evaluate(state, onEvent) {
                state.baseline = record
                try tell(.evaluated(record))
            }
        }
        while !isExhausted(state) {
            if !state.evaluationIsDue {
                guard state.step < plan.steps, !stop.isRequested else { break }
                let record = try takeStep(&state, plan, &pace)
                if state.step % plan.logEvery == 0 || state.step == plan.steps {
                    state.history.append(record.historyRow)
                    try tell(.step(record))
                } else {
                    onEvent(.step(record))
                }
            }
            let isLast = state.step == plan.steps
            var mustSave = state.step % plan.saveEvery == 0 || isLast
            if let every = plan.evaluateEvery, state.step % every == 0 || isLast {
                state.evaluationIsDue = true
                if let record = try evaluate(state, onEvent) {
                    note(record, in: &state)
                    state.evaluationIsDue = false
                    mustSave = mustSave || record.isBest
                    try tell(.evaluated(record))
                }
            }
            if mustSave || stop.isRequested || isExhausted(state) {
                try tell(.saved(checkpoint: try save(state)))
                savedStep = state.step
            }
            if state.evaluationIsDue { break }
        }
        // Asked to stop between the last look and here.
        if savedStep < state.step { try tell(.saved(checkpoint: try save(state))) }
        if isExhausted(state) {
            ending = .earlyStop
        } else if state.step < plan.steps || state.evaluationIsDue {
            ending = .stopped
        }
        var result = result(state, plan, ending, since: start)
        if ending != .stopped {
            if let warning = try takeBest(state) { try tell(.warning(warning)) }
            result.model = try writeModel(result)
        }
        try tell(.ended(result))
        return result
    }

    private func isExhausted(_ state: RunState) -> Bool {
        configuration.patience.map { state.evaluationsSinceBest >= $0 } ?? false
    }

    // MARK: A step

    /// Adds the gradients of the next batches and takes a step along them.
    private func takeStep(_ state: inout RunState, _ plan: RunPlan, _ pace: inout Pace) throws(TrainingError)
        -> StepRecord
    {
        let start = ContinuousClock.now
        // Without duplicates and incomplete batches, an order may have no batch at all.
        for _ in 0..<1_000 where batches(ofEpoch: state.epoch).isEmpty { state.epoch += 1 }
        let epoch = batches(ofEpoch: state.epoch)
        guard !epoch.isEmpty else {
            throw TrainingError(
                .badData, "no epoch has a batch of \(configuration.batchSize) examples",
                advice: "Take a smaller batch, or keep the last batch", setting: "batch_size")
        }
        let count = min(configuration.accumulation, epoch.count - state.offset)
        model.parameters.clearGradients()
        var record = StepRecord(
            step: state.step, epoch: 0, loss: 0, learningRate: plan.schedule.rate(at: state.step), gradientNorm: 0,
            tokens: 0, examples: 0, seconds: 0, peakMemory: 0, remainingSeconds: 0, activeEntries: nil)
        for number in state.offset..<state.offset + count {
            let batch = epoch[number].map { examples.examples[$0] }
            let outcome = try batches.run(
                batch, labels: try labels(of: batch),
                at: BatchPlace(
                    step: state.step, steps: plan.steps, counter: state.batches,
                    dropout: configuration.dropout == 0
                        ? nil
                        : DropoutDraw(
                            seed: UInt64(configuration.seed), step: UInt32(truncatingIfNeeded: state.batches))),
                share: 1 / Float(count))
            guard outcome.loss.isFinite else { throw notFinite("the loss", state, batch) }
            record.loss += outcome.loss / Double(count)
            record.tokens += outcome.tokens
            record.examples += batch.count
            if let active = outcome.activeEntries {
                let before = record.activeEntries ?? active.map { _ in 0 }
                record.activeEntries = zip(before, active).map { $0 + $1 / Double(count) }
            }
            state.batches += 1
        }
        record.gradientNorm = model.parameters.gradientNorm(pool: pool)
        guard record.gradientNorm.isFinite else { throw notFinite("the gradient", state, []) }
        optimizer.step(
            state.step + 1, rate: record.learningRate,
            ownRates: queryTable?.parameter.map { [$0: plan.queryTokenSchedule.rate(at: state.step)] } ?? [:],
            gradientScale: clippingFactor(norm: record.gradientNorm, maximum: configuration.maximumGradientNorm),
            pool: pool)
        model.parametersChanged()

        state.step += 1
        state.offset += count
        state.passes = Double(state.epoch) + Double(state.offset) / Double(epoch.count)
        if state.offset == epoch.count { (state.epoch, state.offset) = (state.epoch + 1, 0) }
        state.examples += record.examples
        state.tokens += record.tokens
        state.loss = record.loss
        record.epoch = state.passes
        record.seconds = (ContinuousClock.now - start).seconds
        record.peakMemory = ProcessMemory.peak
        record.remainingSeconds = pace.note(record.seconds) * Double(plan.steps - state.step)
        return record
    }

    /// The batches of an epoch; the last one asked for is kept.
    private func batches(ofEpoch epoch: Int) -> [[Int]] {
        if let drawn, drawn.epoch == epoch { return drawn.batches }
        let batches = sampler.batches(epoch: epoch)
        drawn = (epoch, batches)
        return batches
    }

    private func labels(of batch: [TrainingExample]) throws(TrainingError) -> [[Float]] {
        switch examples.labels {
        case .none: return batch.map { _ in [] }
        case .data: return batch.map(\.labels)
        case .teacher: return try teacher?.scores(of: batch, texts: data.texts) ?? batch.map { _ in [] }
        }
    }

    private func notFinite(_ what: String, _ state: RunState, _ batch: [TrainingExample]) -> TrainingError {
        let lines = batch.prefix(8).map { String($0.line) }.joined(separator: ", ")
        let place = batch.isEmpty ? "" : ", of the examples of lines \(lines)\(batch.count > 8 ? ", ..." : "")"
        let last = checkpoints.steps().last.map { "checkpoint-\($0) is kept" } ?? "there is no checkpoint yet"
        return TrainingError(
            .notFinite,
            "\(what) of batch \(state.offset) of epoch \(state.epoch)\(place) is infinite or not a number; \(last)",
            advice: "Take a lower learning_rate, a longer warm-up, or precision fp32", path: data.linesPath,
            step: state.step)
    }

    private func overview(_ plan: RunPlan, _ state: RunState) -> TrainingOverview {
        TrainingOverview(
            examples: examples.examples.count, exampleKind: data.kind.rawValue, loss: chosen.kind.name,
            parameterCount: model.parameters.count, firstStep: state.step, stepCount: plan.steps,
            stepsPerEpoch: plan.stepsPerEpoch, threads: pool.threads, dataHash: dataHash,
            configurationHash: configuration.hash)
    }

    private func result(
        _ state: RunState, _ plan: RunPlan, _ ending: TrainingResult.Ending, since start: ContinuousClock.Instant
    ) -> TrainingResult {
        TrainingResult(
            ending: ending, steps: state.step, plannedSteps: plan.steps, epochs: state.passes, loss: state.loss,
            baseline: state.baseline, best: state.best, model: nil,
            checkpoint: checkpoints.steps().last.map { checkpoints.path(step: $0) },
            seconds: (ContinuousClock.now - start).seconds, examples: state.examples, tokens: state.tokens,
            peakMemory: ProcessMemory.peak, dataSize: examples.examples.count, dataHash: dataHash)
    }
}

/// The seconds of the last steps.
private struct Pace {
    private var seconds: [Double] = []

    /// Adds a step; the mean of the last twenty.
    mutating func note(_ value: Double) -> Double {
        if seconds.count == 20 { seconds.removeFirst() }
        seconds.append(value)
        return seconds.reduce(0, +) / Double(seconds.count)
    }
}

extension Duration {
    /// As a number.
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}

extension StepRecord {
    /// The step as transformers logs it, whose steps count from 1.
    fileprivate var historyRow: JSONValue {
        [
            "epoch": .number(JSONNumber(epoch)), "grad_norm": .number(JSONNumber(gradientNorm)),
            "learning_rate": .number(JSONNumber(learningRate)), "loss": .number(JSONNumber(loss)),
            "step": .number(JSONNumber(step + 1)),
        ]
    }
}
