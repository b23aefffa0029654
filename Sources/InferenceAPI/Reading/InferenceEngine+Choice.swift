import Inference
import Routing

extension InferenceEngine {
    /// The model that a name or an alias means; nil if there is none.
    func status(named name: String) -> ModelStatus? {
        let models = models
        return models.first { $0.declaration.name == name }
            ?? models.first { $0.declaration.aliases.contains(name) }
    }

    /// The name to ask the engine for when texts are to be ranked.
    ///
    /// Classifiers with several labels are cross-encoders as well, but have no score to rank by: without a name, the first
    /// model with one label is meant. Names that are unknown or not ready are left to the engine, which says so.
    ///
    /// - Throws: ``APIFault/Kind/wrongModelKind`` if the name means a classifier with several labels.
    func reranker(_ name: String?) throws(APIFault) -> String? {
        guard let name else {
            return models.first { $0.state == .ready && $0.facts?.labels.count == 1 }?.declaration.name
        }
        guard let status = status(named: name), let labels = status.facts?.labels, labels.count > 1 else { return name }
        throw APIFault(
            .wrongModelKind,
            "The model '\(name)' has \(labels.count) labels (\(labels.prefix(5).joined(separator: ", "))), so it classifies "
                + "and does not rank. Use a model with one label, or POST /predict.", field: "model")
    }
}
