/// What came back for one question.
public enum RecordedAnswer: Sendable, Hashable {
    /// What the model wrote; `isCut` if it was stopped by its limit of tokens.
    case text(String, isCut: Bool)
    /// Why it wrote nothing: a code that is counted (`400`, `content_filtered`), and what the service said.
    case failure(code: String, message: String)
}
