public import Access
internal import Crypto
internal import Dispatch

/// Passwords through scrypt, one after the other on a thread of their own; keys through SHA-256.
///
/// A password is short and has to be made expensive to guess; a key has 256 random bits, which nobody guesses.
public final class SecretKeeper: SecretKeeping {
    private let queue = DispatchQueue(label: "needletail.passwords")
    private let cost: ScryptHash.Cost

    /// The usual cost.
    public init() { cost = .standard }

    /// A cost of 2^logRounds, for tests.
    package init(logRounds: Int) { cost = .init(logRounds: logRounds, blockSize: 8, parallelism: 1) }

    /// What is kept of a password; waits for those that came before.
    public func hash(ofPassword password: String) async -> String {
        await withCheckedContinuation { continuation in
            queue.async { [cost] in continuation.resume(returning: ScryptHash(password: password, cost: cost).text) }
        }
    }

    /// Whether a password is the one that a hash was made of; waits for those that came before.
    public func isPassword(_ password: String, of hash: String) async -> Bool {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: ScryptHash(hash)?.fits(password) ?? false) }
        }
    }

    /// Does what checking a password of somebody unknown would take, so that the time does not tell who is known.
    func spend(on password: String) async {
        _ = await hash(ofPassword: password)
    }

    /// A key of 43 letters and digits.
    public func makeAPIKey() -> (id: String, secret: String, hash: String) {
        let secret = RandomText.make(count: 43)
        return (RandomText.make(count: 20), secret, Self.digest(of: secret))
    }

    /// Whether a secret is the one of a key.
    func isSecret(_ secret: String, of hash: String) -> Bool {
        SameBytes.areSame(Array(Self.digest(of: secret).utf8), Array(hash.utf8))
    }

    private static func digest(of secret: String) -> String {
        "sha256:"
            + SHA256.hash(data: Array(secret.utf8)).map { byte in
                let text = String(byte, radix: 16)
                return text.count == 1 ? "0" + text : text
            }.joined()
    }
}
