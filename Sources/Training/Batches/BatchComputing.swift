import TrainableEncoders

/// Computes the loss of a batch and adds its gradients to those of the model's parameters.
protocol BatchComputing {
    /// The loss of some examples, and its gradients.
    ///
    /// - Parameters:
    ///   - batch: the examples.
    ///   - labels: the numbers of each, or empty lists.
    ///   - place: where in the run it is.
    ///   - share: what the gradients are multiplied with: one over the batches of a step.
    func run(_ batch: [TrainingExample], labels: [[Float]], at place: BatchPlace, share: Float) throws(TrainingError)
        -> BatchOutcome
}

/// Where in a run a batch is.
struct BatchPlace {
    /// Steps before this one.
    var step: Int
    /// Steps of the run.
    var steps: Int
    /// Batches before this one: what dropout and random negatives depend on.
    var counter: Int
    /// What dropout draws; nil for no dropout.
    var dropout: DropoutDraw?
}
