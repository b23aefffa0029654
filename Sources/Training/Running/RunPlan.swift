/// How many steps a run has, and when it does what.
struct RunPlan {
    /// Steps of the run.
    let steps: Int
    /// Steps of the first epoch.
    let stepsPerEpoch: Int
    /// The learning rate of each step.
    let schedule: LearningRateSchedule
    /// The learning rate of the weights of query tokens.
    let queryTokenSchedule: LearningRateSchedule
    /// Steps between evaluations; nil for none.
    let evaluateEvery: Int?
    /// Steps between checkpoints.
    let saveEvery: Int
    /// Steps between lines of the log.
    let logEvery: Int

    init(_ configuration: TrainingConfiguration, _ sampler: BatchSampler, evaluates: Bool) throws(TrainingError) {
        func steps(_ batches: Int) -> Int { (batches + configuration.accumulation - 1) / configuration.accumulation }
        let first = sampler.batches(epoch: 0).count
        guard first > 0 else {
            throw TrainingError(
                .badData, "there is not one batch of \(configuration.batchSize) examples",
                advice: "Take a smaller batch, or keep the last batch", setting: "batch_size")
        }
        stepsPerEpoch = steps(first)
        if let maximum = configuration.maximumSteps {
            self.steps = maximum
        } else {
            // Without duplicates, the number of batches depends on the order.
            let whole = Int(configuration.epochs)
            var total = 0
            for epoch in 0..<whole {
                total += epoch == 0 || sampler.texts == nil ? stepsPerEpoch : steps(sampler.batches(epoch: epoch).count)
            }
            let rest = configuration.epochs - Double(whole)
            self.steps = max(1, total + Int((rest * Double(stepsPerEpoch)).rounded(.up)))
        }
        let total = self.steps
        schedule = LearningRateSchedule(
            peak: configuration.learningRate, choice: configuration.schedule,
            warmup: configuration.warmupSteps ?? Int((configuration.warmupRatio * Double(total)).rounded(.up)),
            steps: total)
        var own = schedule
        own.peak = configuration.queryTokenRate ?? configuration.learningRate
        queryTokenSchedule = own
        let tenth = max(1, (total + 9) / 10)
        evaluateEvery = evaluates ? configuration.evaluateEvery ?? tenth : nil
        saveEvery = configuration.saveEvery ?? evaluateEvery ?? tenth
        logEvery = configuration.logEvery ?? max(1, total / 5_000)
    }
}
