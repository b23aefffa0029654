import Access
import ClusterState
import Credentials
import Foundation
import JSON
import Synchronization
import TestSupport
import Testing

/// Who sends a request, by passwords and keys.
struct AuthenticatorTests {
    /// A clock that tests turn.
    final class Clock: Sendable {
        private let moment = Mutex(ContinuousClock.now)
        var now: ContinuousClock.Instant { moment.withLock { $0 } }
        func advance(by duration: Duration) { moment.withLock { $0 += duration } }
    }

    struct Setting {
        let metadata: MetadataStore
        let keeper = SecretKeeper(logRounds: 4)
        let clock = Clock()
        let authenticator: Authenticator

        init(_ folder: DataFolder) throws {
            metadata = try MetadataStore(folder)
            let clock = clock
            authenticator = Authenticator(metadata, secrets: keeper, now: { clock.now })
        }

        func add(_ user: String, _ password: String, roles: [String] = ["readall"]) async throws {
            let hash = await keeper.hash(ofPassword: password)
            try metadata.update { $0[.user, user] = UserRecord(passwordHash: hash, roles: roles).kept }
        }

        func verify(_ authorization: String, from client: String = "10.0.0.1") async -> Recognition {
            await authenticator.verify(authorization, from: client)
        }
    }

    static func basic(_ user: String, _ password: String) -> String {
        "Basic " + Data("\(user):\(password)".utf8).base64EncodedString()
    }

    private func with(_ body: (Setting) async throws -> Void) async throws {
        let path = NSTemporaryDirectory() + "credentials-\(UInt64.random(in: 0 ... .max))"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let folder = try DataFolder(path: path)
        let setting = try Setting(folder)
        try await body(setting)
        setting.metadata.close()
        folder.release()
    }

    @Test func passwordsOpenAndAreRememberedForAWhile() async throws {
        try await with { setting in
            try await setting.add("ada", "Devel:oper@123")
            let right = Self.basic("ada", "Devel:oper@123")
            #expect(setting.authenticator.recognise(right, from: "c") == .unknown)
            guard case .known(let caller) = await setting.verify(right) else {
                Issue.record("the password was not taken")
                return
            }
            #expect(caller.name == "ada")
            #expect(caller.roles == ["readall"])
            #expect(setting.authenticator.recognise(right, from: "another") == .known(caller))
            setting.clock.advance(by: .seconds(301))
            #expect(setting.authenticator.recognise(right, from: "c") == .unknown)
            for wrong in [
                Self.basic("ada", "Devel:oper@124"), Self.basic("bob", "Devel:oper@123"), Self.basic("ada", ""),
                Self.basic("", ""),
            ] {
                #expect(await setting.verify(wrong) == .refused(retryAfter: nil), "\(wrong)")
            }
        }
    }

    @Test(arguments: [
        "", "Basic", "Basic !!!", "Basic YWRh", "Digest abc", "Bearer abc", "ApiKey", "ApiKey /w==", "Basic \u{0}",
    ])
    func brokenFieldsAreRefusedAtOnce(_ field: String) async throws {
        try await with { setting in
            #expect(setting.authenticator.recognise(field, from: "c") == .refused(retryAfter: nil))
        }
    }

    @Test func changesHoldAtOnce() async throws {
        try await with { setting in
            try await setting.add("ada", "Developer@123")
            let right = Self.basic("ada", "Developer@123")
            _ = await setting.verify(right)
            try await setting.add("ada", "Developer@123", roles: ["write"])
            // The same password hashed anew is another hash: it has to be checked again.
            #expect(setting.authenticator.recognise(right, from: "c") == .unknown)
            guard case .known(let caller) = await setting.verify(right) else {
                Issue.record("refused")
                return
            }
            #expect(caller.roles == ["write"])
            try setting.metadata.update { metadata in
                var user = try #require(UserRecord(kept: metadata[.user, "ada"]))
                user.roles = ["readall"]
                metadata[.user, "ada"] = user.kept
            }
            guard case .known(let later) = setting.authenticator.recognise(right, from: "c") else {
                Issue.record("other roles need no other password")
                return
            }
            #expect(later.roles == ["readall"])
            try setting.metadata.update { $0[.user, "ada"] = nil }
            #expect(setting.authenticator.recognise(right, from: "c") == .unknown)
            #expect(await setting.verify(right) == .refused(retryAfter: nil))
        }
    }

    @Test func guessingGetsSlow() async throws {
        try await with { setting in
            try await setting.add("ada", "Developer@123")
            let (right, wrong) = (Self.basic("ada", "Developer@123"), Self.basic("ada", "guess"))
            for _ in 0..<5 { #expect(await setting.verify(wrong) == .refused(retryAfter: nil)) }
            guard case .refused(let wait?) = await setting.verify(wrong) else {
                Issue.record("nobody waits")
                return
            }
            #expect(wait >= 1)
            guard case .refused(_?) = await setting.verify(right) else {
                Issue.record("a right guess would show that it is right")
                return
            }
            // Others, and the user elsewhere, are not kept out.
            guard case .known = await setting.verify(right, from: "10.0.0.2") else {
                Issue.record("locked out from elsewhere")
                return
            }
            setting.clock.advance(by: .seconds(70))
            guard case .known = await setting.verify(right) else {
                Issue.record("still locked")
                return
            }
            #expect(await setting.verify(wrong) == .refused(retryAfter: nil), "a right password begins the count again")
        }
    }

    @Test func keysOpenUntilTheyEnd() async throws {
        try await with { setting in
            try await setting.add("ada", "Developer@123", roles: ["write"])
            let key = setting.keeper.makeAPIKey()
            func put(expires: Int64?) throws {
                let record = APIKeyRecord(
                    name: "k", owner: "ada", secretHash: key.hash, created: 1, expires: expires,
                    roleDescriptors: ["r": ["indices": [["names": ["a"], "privileges": ["read"]]]]])
                try setting.metadata.update { $0[.apiKey, key.id] = record.kept }
            }
            try put(expires: nil)
            let encoded = Data("\(key.id):\(key.secret)".utf8).base64EncodedString()
            for field in [
                "ApiKey \(encoded)", "apikey \(encoded)", "Bearer \(encoded)", Self.basic(key.id, key.secret),
            ] {
                guard case .known(let caller) = setting.authenticator.recognise(field, from: "c") else {
                    Issue.record("\(field.prefix(6)) is not taken")
                    continue
                }
                #expect(caller.name == "ada")
                #expect(caller.apiKeyID == key.id)
                #expect(caller.allows("indices:data/read/search", on: ["a"]))
                #expect(!caller.allows("indices:data/write/index", on: ["a"]))
            }
            let field = "ApiKey \(encoded)"
            let wrong = "ApiKey " + Data("\(key.id):\(key.secret)x".utf8).base64EncodedString()
            #expect(setting.authenticator.recognise(wrong, from: "c") == .refused(retryAfter: nil))
            try put(expires: 1000)
            #expect(setting.authenticator.recognise(field, from: "c") == .refused(retryAfter: nil))
            try put(expires: nil)
            guard case .known = setting.authenticator.recognise(field, from: "c") else {
                Issue.record("refused")
                return
            }
            try setting.metadata.update { $0[.user, "ada"] = nil }
            #expect(setting.authenticator.recognise(field, from: "c") == .refused(retryAfter: nil), "the owner is gone")
            try await setting.add("ada", "Developer@123")
            try setting.metadata.update { $0[.apiKey, key.id] = nil }
            #expect(setting.authenticator.recognise(field, from: "c") == .refused(retryAfter: nil))
        }
    }

    @Test func theFirstUserIsMadeOnce() async throws {
        try await with { setting in
            let made = try await AdministratorAccount.makeIfFirst(
                in: setting.metadata, initial: nil, secrets: setting.keeper)
            let password = try #require(made)
            guard case .known(let caller) = await setting.verify(Self.basic("admin", password)) else {
                Issue.record("refused")
                return
            }
            #expect(caller.isAdministrator && caller.isUnlimited)
            #expect(caller.roles.contains("all_access"))
            #expect(caller.backendRoles == ["admin"])
            let again = try await AdministratorAccount.makeIfFirst(
                in: setting.metadata, initial: "Developer@123", secrets: setting.keeper)
            #expect(again == nil)
            #expect(await setting.verify(Self.basic("admin", "Developer@123")) == .refused(retryAfter: nil))
            try await AdministratorAccount.set(
                "Developer@123", of: "admin", in: setting.metadata, secrets: setting.keeper)
            guard case .known = await setting.verify(Self.basic("admin", "Developer@123")) else {
                Issue.record("refused")
                return
            }
            #expect(await setting.verify(Self.basic("admin", password)) == .refused(retryAfter: nil))
            await #expect(throws: AccessError.self) {
                try await AdministratorAccount.set(
                    "Developer@123", of: "nobody", in: setting.metadata, secrets: setting.keeper)
            }
        }
    }

    @Test func weakFirstPasswordsAreRefused() async throws {
        try await with { setting in
            let error = await #expect(throws: AccessError.self) {
                try await AdministratorAccount.makeIfFirst(
                    in: setting.metadata, initial: "admin", secrets: setting.keeper)
            }
            #expect(error?.reason.hasPrefix("Weak password") == true)
            #expect(setting.metadata.current.all(.user).isEmpty)
        }
    }
}
