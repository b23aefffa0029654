/// Why a server does not start.
public struct ServerError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong and what to do, as a sentence.
    public let description: String

    init(_ description: String) { self.description = description }
}
