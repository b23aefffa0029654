package import Losses
import TrainableEncoders

/// The loss of a run, by its configuration or by custom.
package struct ChosenLoss: Sendable {
    /// What it is called and which parameters it has.
    package let kind: LossKind
    /// The loss.
    package let loss: any Loss

    /// Makes the loss that was asked for, or the usual one for task and data.
    ///
    /// Scores of tuples are not learned by custom: they may be those of the model that mined them.
    ///
    /// - Parameter labels: outputs of a cross-encoder.
    package init(
        _ configuration: TrainingConfiguration, _ kind: ExampleKind, hasTeacher: Bool, labels: Int = 1
    ) throws(TrainingError) {
        let name: String
        var parameters = configuration.lossParameters
        if let asked = configuration.loss {
            name = asked
        } else {
            let usual = Self.usual(configuration.task, kind, hasTeacher: hasTeacher, labels: labels)
            name = usual.name
            if let inner = usual.inner, parameters["loss"] == nil { parameters["loss"] = .text(inner) }
        }
        do throws(LossError) {
            self.kind = try LossKind.named(name, for: LossKind.Model(configuration.task))
            loss = try self.kind.make(parameters)
        } catch {
            throw TrainingError(
                .badConfiguration, "the loss \(name): \(error.reason)", advice: error.advice,
                setting: error.parameter == nil ? "loss" : "loss_parameters")
        }
    }

    /// Whether the loss asks another model, its guide, about the texts.
    package var needsGuide: Bool { (loss as? any EmbeddingLoss)?.needsGuide == true }

    /// Whether the loss sets a query's documents against those of the batch's other queries.
    package var ranksBatch: Bool { loss.input.labels == .none && !(loss is Triplet) }

    private static func usual(
        _ task: TrainingTask, _ kind: ExampleKind, hasTeacher: Bool, labels: Int
    ) -> (name: String, inner: String?) {
        switch task {
        case .dense, .sparse:
            let name =
                switch kind {
                case .labelledPairs: "cosent"
                case .scoredLists: "kl"
                case .tuples where hasTeacher: "margin-mse"
                case .tuples, .pairs: "mnrl"
                }
            return task == .dense ? (name, nil) : ("splade", name)
        case .crossEncoder:
            switch kind {
            case .scoredLists: return ("listnet", nil)
            case .tuples where hasTeacher: return ("margin-mse", nil)
            case .labelledPairs where labels > 1: return ("cross-entropy", nil)
            case .labelledPairs, .tuples: return ("bce", nil)
            case .pairs: return ("ce-mnrl", nil)
            }
        }
    }
}

extension LossKind.Model {
    /// The kind of model that is trained for a task.
    init(_ task: TrainingTask) {
        switch task {
        case .dense: self = .dense
        case .sparse: self = .sparse
        case .crossEncoder: self = .crossEncoder
        }
    }
}
