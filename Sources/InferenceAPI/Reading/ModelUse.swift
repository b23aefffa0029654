import Inference
import ModelFiles
import Routing

/// What a request wants a model for; it decides which model is meant when none is named.
enum ModelUse: Sendable {
    /// One score for a pair of texts: a cross-encoder with one label.
    case reranking
    /// Scores of labels: any cross-encoder.
    case classification
    /// Dense vectors.
    case embedding
    /// Weights of vocabulary entries.
    case expansion
    /// Only its tokenizer, or whatever it is good for.
    case anything

    /// What a model must be, in words.
    var requirement: String {
        switch self {
        case .reranking: "a cross-encoder with one label"
        case .classification: "a cross-encoder"
        case .embedding: "a dense encoder"
        case .expansion: "a sparse encoder"
        case .anything: "a model"
        }
    }

    /// Whether a model can do it; one that is still loading is believed to have the labels that it needs.
    func fits(_ status: ModelStatus) -> Bool {
        switch (self, status.declaration.task) {
        case (.anything, _), (.classification, .crossEncoder), (.embedding, .dense), (.expansion, .sparse),
            (.expansion, .sparseQuery):
            true
        case (.reranking, .crossEncoder): status.facts.map { $0.labels.count == 1 } ?? true
        default: false
        }
    }
}

extension InferenceEngine {
    /// The ready model that a request means.
    ///
    /// - Parameters:
    ///   - name: a name or an alias; nil means the first ready model that fits.
    ///   - use: what it is wanted for.
    /// - Throws: ``APIFault/Kind/noModel`` for an unknown name, ``APIFault/Kind/wrongModelKind`` if the named one, or all
    ///   of them, do not fit, ``APIFault/Kind/modelNotReady``.
    func model(_ name: String?, for use: ModelUse) throws(APIFault) -> ModelStatus {
        let models = models
        guard let name else {
            let fitting = models.filter(use.fits)
            if let ready = fitting.first(where: { $0.state == .ready }) { return ready }
            if let first = fitting.first(where: { $0.state == .loading }) ?? fitting.first {
                throw .notReady(first)
            }
            throw APIFault(
                .wrongModelKind,
                "No served model can do this: it takes \(use.requirement). Declare one under 'inference'.")
        }
        guard let found = status(named: name) else {
            let known = models.map { "'\($0.declaration.name)'" }.joined(separator: ", ")
            throw APIFault(
                .noModel, "There is no model named '\(name)'; served: \(known.isEmpty ? "none" : known).",
                field: "model")
        }
        guard use.fits(found) else {
            let labels = found.facts.map(\.labels.count) ?? 0
            throw APIFault(
                .wrongModelKind,
                "The model '\(name)' is a \(found.declaration.task.name)\(labels > 1 ? " with \(labels) labels" : ""); this "
                    + "takes \(use.requirement).", field: "model")
        }
        guard found.state == .ready else { throw .notReady(found) }
        return found
    }
}

extension APIFault {
    /// The fault of asking a model that is loading or could not be loaded; the reason stays in the server's log.
    static func notReady(_ status: ModelStatus) -> APIFault {
        let name = status.declaration.name
        return status.state == .loading
            ? APIFault(.modelNotReady, "The model '\(name)' is still loading; ask again soon.", retryAfter: 1)
            : APIFault(.modelNotReady, "The model '\(name)' could not be loaded; the server's log says why.")
    }
}
