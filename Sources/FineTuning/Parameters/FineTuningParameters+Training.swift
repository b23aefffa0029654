import JSON
import Losses
import TrainableEncoders
import Training

extension FineTuningParameters {
    /// What the model is trained for.
    var trainingTask: TrainingTask {
        switch modelType {
        case .dense: .dense
        case .sparse: .sparse
        case .crossEncoder: .crossEncoder
        }
    }

    /// Queries that judge the models, at most.
    var heldOutQueries: Int { evaluation.maximumQueries ?? (modelType == .crossEncoder ? 300 : 2_000) }

    /// Queries that choose the best checkpoint, at most.
    var devQueries: Int { evaluation.devQueries ?? (modelType == .crossEncoder ? 100 : 300) }

    /// The configuration of the trainer without its files: the recipe's defaults, then what was given.
    ///
    /// - Throws: ``TrainingError`` for a setting that the trainer does not take.
    func trainingConfiguration() throws(TrainingError) -> TrainingConfiguration {
        var configuration = TrainingConfiguration()
        configuration.task = trainingTask
        configuration.seed = seed
        configuration.threads = threads
        configuration.epochs = 1
        configuration.queryLength = modelType == .crossEncoder ? 192 : 64
        if modelType != .crossEncoder { configuration.documentLength = 128 }
        if !distillation.teachers.isEmpty {
            configuration.loss = modelType == .sparse ? "splade" : modelType == .dense ? "kl" : "listnet"
            switch modelType {
            // Cosines differ by tenths, logits by units.
            case .dense:
                configuration.lossParameters = [
                    "student_temperature": .number(0.05), "teacher_temperature": .number(1),
                ]
            case .sparse: configuration.lossParameters = ["loss": .text("kl")]
            case .crossEncoder: break
            }
        }
        for (name, value) in training {
            guard let setting = TrainingSetting.named(name) else { continue }
            if name == "loss", training["loss_parameters"] == nil { configuration.lossParameters = [:] }
            try setting.set(value, in: &configuration)
        }
        return configuration
    }
}
