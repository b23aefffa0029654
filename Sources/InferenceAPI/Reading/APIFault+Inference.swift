import Inference
import Routing

extension APIFault {
    /// What an engine's refusal means to a dialect.
    ///
    /// - Parameter texts: the field of the request that holds the texts, for faults of one of them.
    init(_ error: InferenceError, texts: String? = nil) {
        let kind: Kind =
            switch error.code {
            case .emptyInput: .emptyInput
            case .tooManyTexts: .tooManyTexts
            case .tooManyTokens: .tooManyTokens
            case .invalidValue: .invalidValue
            case .noModel: .noModel
            case .wrongModelKind: .wrongModelKind
            case .modelNotReady: .modelNotReady
            case .tokenizer: .tokenizer
            case .backend: .backend
            case .overloaded: .overloaded
            case .queueTimeout: .queueTimeout
            case .stopping: .stopping
            case .cancelled: .cancelled
            }
        let isTransient = error.code == .overloaded || error.code == .queueTimeout || error.code == .modelNotReady
        let field: String? =
            switch error.code {
            case .noModel, .wrongModelKind, .modelNotReady: "model"
            default: texts.map { texts in error.textIndex.map { "\(texts)[\($0)]" } ?? texts }
            }
        self.init(kind, error.message, field: field, setting: error.setting, retryAfter: isTransient ? 1 : nil)
    }
}
