/// Makes and checks what stands for secrets, so that nobody has to keep them.
public protocol SecretKeeping: Sendable {
    /// What is kept of a password; takes a good part of a second by intent.
    func hash(ofPassword password: String) async -> String

    /// Whether a password is the one that a hash was made of.
    func isPassword(_ password: String, of hash: String) async -> Bool

    /// A new API key: its id, the secret, which is shown once, and what is kept of it.
    func makeAPIKey() -> (id: String, secret: String, hash: String)
}
