public import Access
public import ClusterState
internal import Crypto
import Synchronization

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// Finds out who sends a request, by users' passwords and by API keys.
///
/// A password that was right is remembered for some minutes as a keyed digest, so that a client pays scrypt once and not with every
/// request. What it remembers ends as soon as the user's password or the key changes; rights are looked up anew whenever anything of
/// the node's metadata changed.
public final class Authenticator: Authenticating {
    private struct Entry {
        enum Source {
            case user(String, hash: String)
            case apiKey(String, hash: String)
        }

        let source: Source
        let expires: ContinuousClock.Instant
        var caller: Caller
        /// Of the metadata that the caller's rights come from.
        var version: Int
    }

    private struct State {
        var entries: [[UInt8]: Entry] = [:]
        var attempts = FailedAttempts()
        var waiting = 0
    }

    /// How long a right password is remembered.
    private static let memory: Duration = .seconds(300)
    private static let capacity = 10_000
    /// Passwords that may wait to be checked; each takes a good part of a second.
    private static let queueCapacity = 64

    private let metadata: MetadataStore
    private let secrets: SecretKeeper
    private let digestKey = SymmetricKey(size: .bits256)
    private let state = Mutex(State())
    private let now: @Sendable () -> ContinuousClock.Instant

    /// An authenticator over what a node keeps.
    public convenience init(_ metadata: MetadataStore, secrets: SecretKeeper) {
        self.init(metadata, secrets: secrets, now: { .now })
    }

    /// With a clock of its own, for tests.
    package init(
        _ metadata: MetadataStore, secrets: SecretKeeper, now: @escaping @Sendable () -> ContinuousClock.Instant
    ) {
        self.metadata = metadata
        self.secrets = secrets
        self.now = now
    }

    // MARK: At once

    /// Says at once who shows a key, or a password that was right not long ago.
    public func recognise(_ authorization: String, from client: String) -> Recognition {
        let digest = digest(of: authorization)
        let now = now()
        let current = metadata.current
        if let caller = remembered(digest, current, now) { return .known(caller) }
        guard let shown = ShownCredentials(authorization) else { return .refused(retryAfter: nil) }
        switch shown {
        case .apiKey(let id, let secret):
            return recognise(id, secret, current, digest, now)
        case .password(let user, let password):
            // An API key may come as a password, too: clients that know no other field send its id as the name.
            if current[.user, user] == nil, current[.apiKey, user] != nil {
                return recognise(user, password, current, digest, now)
            }
            if let wait = state.withLock({ $0.attempts.wait(for: user, from: client, at: now) }) {
                return .refused(retryAfter: wait)
            }
            return .unknown
        }
    }

    private func recognise(
        _ id: String, _ secret: String, _ current: ClusterMetadata, _ digest: [UInt8], _ now: ContinuousClock.Instant
    ) -> Recognition {
        guard let key = APIKeyRecord(kept: current[.apiKey, id]), secrets.isSecret(secret, of: key.secretHash),
            key.expires.map({ $0 > Self.milliseconds }) ?? true,
            let caller = AccessDirectory(current).caller(key, id: id)
        else { return .refused(retryAfter: nil) }
        remember(digest, .apiKey(id, hash: key.secretHash), caller, current.version, now)
        return .known(caller)
    }

    /// Somebody who was right before, with the rights of now.
    private func remembered(
        _ digest: [UInt8], _ current: ClusterMetadata, _ now: ContinuousClock.Instant
    ) -> Caller? {
        guard let entry = state.withLock({ $0.entries[digest] }) else { return nil }
        guard entry.expires > now else {
            state.withLock { $0.entries[digest] = nil }
            return nil
        }
        var caller: Caller? = entry.caller
        switch entry.source {
        case .user(let name, let hash):
            guard entry.version != current.version else { return caller }
            let directory = AccessDirectory(current)
            caller = directory.user(name)?.passwordHash == hash ? directory.caller(name) : nil
        case .apiKey(let id, let hash):
            guard let key = APIKeyRecord(kept: current[.apiKey, id]), key.secretHash == hash,
                key.expires.map({ $0 > Self.milliseconds }) ?? true
            else {
                caller = nil
                break
            }
            guard entry.version != current.version else { return caller }
            caller = AccessDirectory(current).caller(key, id: id)
        }
        state.withLock { state in
            guard let caller else { return state.entries[digest] = nil }
            state.entries[digest]?.caller = caller
            state.entries[digest]?.version = current.version
        }
        return caller
    }

    // MARK: With work

    /// Checks a password; refuses when too many wait already.
    public func verify(_ authorization: String, from client: String) async -> Recognition {
        let known = recognise(authorization, from: client)
        guard case .unknown = known, case .password(let name, let password)? = ShownCredentials(authorization) else {
            return known
        }
        let isRoom = state.withLock { state in
            guard state.waiting < Self.queueCapacity else { return false }
            state.waiting += 1
            return true
        }
        guard isRoom else { return .refused(retryAfter: 5) }
        defer { state.withLock { $0.waiting -= 1 } }
        let current = metadata.current
        let directory = AccessDirectory(current)
        guard let user = directory.user(name) else {
            await secrets.spend(on: password)
            state.withLock { $0.attempts.fail(name, from: client, at: now()) }
            return .refused(retryAfter: nil)
        }
        let isRight = await secrets.isPassword(password, of: user.passwordHash)
        guard isRight, let caller = directory.caller(name) else {
            state.withLock { $0.attempts.fail(name, from: client, at: now()) }
            return .refused(retryAfter: nil)
        }
        state.withLock { $0.attempts.succeed(name, from: client) }
        remember(
            digest(of: authorization), .user(name, hash: user.passwordHash), caller, current.version, now())
        return .known(caller)
    }

    // MARK: Memory

    private func remember(
        _ digest: [UInt8], _ source: Entry.Source, _ caller: Caller, _ version: Int, _ now: ContinuousClock.Instant
    ) {
        state.withLock { state in
            if state.entries.count >= Self.capacity { state.entries = state.entries.filter { $0.value.expires > now } }
            if state.entries.count >= Self.capacity { state.entries.removeAll() }
            state.entries[digest] = Entry(
                source: source, expires: now + Self.memory, caller: caller, version: version)
        }
    }

    /// What stands for a field in memory: nobody who reads the memory's tables finds the field in them.
    private func digest(of authorization: String) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array(authorization.utf8), using: digestKey))
    }

    private static var milliseconds: Int64 {
        Int64(Date().timeIntervalSince1970 * 1000)
    }
}
