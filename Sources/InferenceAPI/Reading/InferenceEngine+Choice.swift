import Inference

extension InferenceEngine {
    /// The model that a name or an alias means; nil if there is none.
    func status(named name: String) -> ModelStatus? {
        let models = models
        return models.first { $0.declaration.name == name }
            ?? models.first { $0.declaration.aliases.contains(name) }
    }
}
