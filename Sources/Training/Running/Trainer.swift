/// Trains a model: reads data, takes steps, evaluates, saves, and writes the model at the end.
///
/// The same configuration, data and seed give the same weights to the last bit, on any number of threads, and whether the run was
/// interrupted and resumed or not.
public final class Trainer {
    /// What was asked for.
    public let configuration: TrainingConfiguration
    private let writer: any ModelWriter
    private let stop: StopSignal

    /// Sets a run up: reads and checks the data and loads the model.
    ///
    /// - Parameters:
    ///   - writer: what writes the model at the end.
    ///   - stop: asked behind each step.
    /// - Throws: ``TrainingError`` that names the setting, or file and line.
    public init(
        _ configuration: TrainingConfiguration, writer: any ModelWriter, stop: StopSignal = StopSignal()
    ) throws(TrainingError) {
        self.configuration = configuration
        self.writer = writer
        self.stop = stop
    }

    /// Trains until the end, an early stop, or until asked to stop.
    ///
    /// - Parameters:
    ///   - resumption: where to begin.
    ///   - onEvent: told on the calling thread.
    /// - Throws: ``TrainingError``; the last checkpoint is kept.
    public func run(
        _ resumption: Resumption = .fresh, onEvent: (TrainingEvent) -> Void = { _ in }
    ) throws(TrainingError) -> TrainingResult {
        throw TrainingError(.model, "training is not built in yet", advice: "Wait for the next version")
    }
}
