import Inference
import Routing

extension APIFault {
    /// What an engine's refusal means to a dialect.
    init(_ error: InferenceError) {
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
        self.init(kind, error.message, setting: error.setting, retryAfter: isTransient ? 1 : nil)
    }
}
