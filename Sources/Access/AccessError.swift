/// Why a user, a role, a mapping or a password is not taken, in words for the one who sent it.
public struct AccessError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong and what to do; never a secret.
    public let reason: String

    /// An error with its reason.
    public init(_ reason: String) { self.reason = reason }

    /// The reason.
    public var description: String { reason }
}
