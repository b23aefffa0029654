/// Finds out who sends a request.
public protocol Authenticating: Sendable {
    /// Says at once who shows an `Authorization` field, if that is known; does not block.
    ///
    /// - Parameter client: the client's address.
    func recognise(_ authorization: String, from client: String) -> Recognition

    /// Finds out who shows an `Authorization` field; never ``Recognition/unknown``.
    func verify(_ authorization: String, from client: String) async -> Recognition
}

/// What is known of who sends a request.
public enum Recognition: Sendable, Hashable {
    /// Somebody.
    case known(Caller)
    /// Nobody, or somebody who has to wait for some seconds because of wrong passwords.
    case refused(retryAfter: Int?)
    /// It takes work to find out.
    case unknown
}
