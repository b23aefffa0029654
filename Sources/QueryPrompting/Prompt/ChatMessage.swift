/// A message to a language model.
public struct ChatMessage: Sendable, Hashable {
    /// Who speaks.
    public enum Role: String, Sendable, Hashable {
        /// The instructions, which hold for all that follows.
        case system
        /// The question.
        case user
    }

    /// Who speaks.
    public let role: Role
    /// What is said.
    public let text: String

    /// A message.
    public init(_ role: Role, _ text: String) {
        self.role = role
        self.text = text
    }
}
