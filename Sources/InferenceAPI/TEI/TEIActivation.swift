import Encoders
import Inference
import Routing

/// The words of `activation`: what makes scores of logits.
enum TEIActivation: String, CaseIterable {
    case model
    case identity
    case sigmoid
    case softmax

    /// What a request asks for.
    ///
    /// TEI makes probabilities whatever the model's own activation is: the logistic function for one label, softmax for
    /// several (`Infer::predict` in `core/src/infer.rs`).
    static func read(_ call: TEICall, model: ModelStatus) throws(APIFault) -> ScoreActivation? {
        let isRaw = try call.fields.bool("raw_scores") ?? false
        switch try call.fields.choice("activation", TEIActivation.self) {
        case .model: return nil
        case .identity: return .identity
        case .sigmoid: return .sigmoid
        case .softmax: return .softmax
        case nil:
            if isRaw { return .identity }
            return (model.facts?.labels.count ?? 1) > 1 ? .softmax : .sigmoid
        }
    }
}
