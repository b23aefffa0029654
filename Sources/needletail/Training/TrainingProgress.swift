import Training
import TrainingReport

/// What a training shows on standard error: one line for the steps, and a table of evaluations that grows.
final class TrainingProgress {
    private let isSilent: Bool
    private let deciding: String
    private let steps = ProgressLine("training", plainAfter: .seconds(10))
    private let evaluation = ProgressLine("evaluating", plainAfter: .seconds(30))
    private var overview: TrainingOverview?
    private var loss: Double?
    private var metrics: [String]?

    /// - Parameters:
    ///   - deciding: the figure that decides, which is shown first.
    ///   - isSilent: shows nothing but warnings.
    init(deciding: String, isSilent: Bool) {
        self.deciding = deciding
        self.isSilent = isSilent
    }

    func show(_ event: TrainingEvent) {
        if case .warning(let text) = event { return say("needletail: warning: \(text)") }
        guard !isSilent else { return }
        switch event {
        case .began(let overview): began(overview)
        case .step(let record): step(record)
        case .evaluating(let completed, let total): evaluation.show(completed, of: total)
        case .evaluated(let record): evaluated(record)
        case .saved, .warning: break
        case .ended: finish()
        }
    }

    private func finish() {
        steps.finish()
        evaluation.finish()
    }

    private func say(_ text: String) {
        finish()
        StandardError.write(text + "\n")
    }

    private func began(_ overview: TrainingOverview) {
        self.overview = overview
        say(
            "\(Numbers.grouped(overview.examples)) \(overview.exampleKind), \(overview.loss): "
                + "\(Numbers.counted(overview.stepCount, "step")), \(Numbers.grouped(overview.stepsPerEpoch)) an epoch; "
                + "\(Numbers.counted(overview.parameterCount, "weight")), \(Numbers.counted(overview.threads, "thread"))"
        )
        if overview.firstStep > 0 { say("goes on after step \(Numbers.grouped(overview.firstStep))") }
    }

    private func step(_ record: StepRecord) {
        // A mean over about the last twenty steps: single ones say little.
        let loss = self.loss.map { 0.95 * $0 + 0.05 * record.loss } ?? record.loss
        self.loss = loss
        let noun = overview?.exampleKind == "pairs" ? "pairs" : "examples"
        steps.show(
            record.step + 1, of: overview?.stepCount ?? record.step + 1,
            left: Figures.duration(record.remainingSeconds),
            note: ", loss \(Figures.significant(loss, 3)), rate \(Figures.significant(record.learningRate, 3)), "
                + "\(Numbers.grouped(Int(record.tokensPerSecond))) tokens/s, "
                + "\(Figures.significant(record.examplesPerSecond, 3)) \(noun)/s")
    }

    private func evaluated(_ record: EvaluationRecord) {
        if metrics == nil {
            let names = record.metrics.keys.sorted { place($0) < place($1) }
            metrics = names
            say("  step  epoch" + names.map { Self.right(Figures.metric($0), Self.width($0)) }.joined())
        }
        let figures = (metrics ?? []).map { name in
            let text = record.metrics[name].map { name.contains("@") ? Figures.fixed($0, 4) : Figures.significant($0) }
            return Self.right(text ?? "-", Self.width(name))
        }
        say(
            Self.right("\(record.step)", 6) + Self.right(Figures.fixed(record.epoch, 2), 7) + figures.joined()
                + (record.isBest ? "  best" : ""))
    }

    private func place(_ name: String) -> (Int, String) { (name == deciding ? 0 : name.contains("@") ? 1 : 2, name) }

    private static func width(_ name: String) -> Int { max(10, Figures.metric(name).count + 2) }

    private static func right(_ text: String, _ width: Int) -> String {
        DisplayWidth.padded(text, to: width, right: true)
    }
}
