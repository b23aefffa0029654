import Access
import JSON
import Testing

/// Users, mappings, keys and passwords.
struct DirectoryTests {
    private func object(_ text: String) throws -> JSONObject { try #require(try JSONValue(parsing: text).object) }

    private func directory(_ user: UserRecord, _ mapping: String = "{}") throws -> AccessDirectory {
        let role = Role(cluster: ["cluster_monitor"], indices: [.init(["a*"], ["read"])])
        return AccessDirectory(
            users: ["ada": user.kept], roles: ["own": .object(role.document)],
            mappings: ["own": .object(try RoleMapping(parsing: try object(mapping)).document)])
    }

    @Test(arguments: [
        (#"{"users": ["ada"]}"#, true), (#"{"users": ["a*"]}"#, true), (#"{"users": ["bob"]}"#, false),
        (#"{"backend_roles": ["x", "poets"]}"#, true), (#"{"backend_roles": ["poet"]}"#, false),
        (#"{"and_backend_roles": ["poets", "x"]}"#, false), (#"{"and_backend_roles": ["poets", "math*"]}"#, true),
        ("{}", false),
    ])
    func mappingsMeanUsers(_ mapping: String, _ isMeant: Bool) throws {
        let user = UserRecord(passwordHash: "h", backendRoles: ["poets", "mathematicians"])
        #expect(try directory(user, mapping).caller("ada")?.roles == (isMeant ? ["own"] : []))
        #expect(try directory(user, mapping).caller("bob") == nil)
    }

    @Test func hashesAreKeptAndNotShown() throws {
        let user = UserRecord(passwordHash: "the hash", roles: ["own"], attributes: ["a": "b"], description: "d")
        #expect(UserRecord(kept: user.kept) == user)
        #expect(!JSONValue.object(user.shown).serialized().contains("the hash"))
        let key = APIKeyRecord(name: "k", owner: "ada", secretHash: "the hash", created: 1, expires: 2)
        #expect(APIKeyRecord(kept: key.kept) == key)
        #expect(!key.shown(id: "i").serialized().contains("the hash"))
    }

    @Test func builtInRolesCannotBeReplaced() throws {
        let directory = AccessDirectory(
            users: [:], roles: ["readall": .object(Role(cluster: ["*"]).document)], mappings: [:])
        #expect(directory.role("readall") == BuiltInRoles.all["readall"])
        #expect(directory.roles["readall"] == BuiltInRoles.all["readall"])
    }

    @Test func keysAreNarrowed() throws {
        let user = UserRecord(passwordHash: "h", roles: ["all_access"])
        let descriptors =
            #"{"r": {"cluster": ["monitor"], "indices": [{"names": ["a-*"], "privileges": ["read", "create_doc"]}]}}"#
        let key = APIKeyRecord(
            name: "k", owner: "ada", secretHash: "h", created: 1, roleDescriptors: try object(descriptors))
        let caller = try #require(try directory(user).caller(key, id: "i"))
        #expect(caller.apiKeyID == "i")
        #expect(!caller.isAdministrator && !caller.isUnlimited)
        #expect(caller.allows("indices:data/read/search", on: ["a-1"]))
        #expect(caller.allows("indices:data/write/index", on: ["a-1"]))
        #expect(!caller.allows("indices:data/write/delete", on: ["a-1"]))
        #expect(!caller.allows("indices:data/read/search", on: ["b"]))
        #expect(caller.allows("cluster:monitor/health") && !caller.allows("cluster:admin/settings/update"))
        #expect(caller.allows("indices:data/write/bulk"))
        let whole = APIKeyRecord(name: "k", owner: "ada", secretHash: "h", created: 1)
        #expect(try directory(user).caller(whole, id: "i")?.isUnlimited == true)
        let gone = APIKeyRecord(name: "k", owner: "bob", secretHash: "h", created: 1)
        #expect(try directory(user).caller(gone, id: "i") == nil)
    }

    @Test func passwords() {
        for good in ["Developer@123", "aB3!aB3!", "correct horse battery", "Zo3mt-kx0Qw"] {
            #expect(PasswordRule.fault(in: good, of: "admin") == nil, "\(good)")
        }
        for weak in [
            "", "aB3!", "abcdefgh", "ABCDEFGH1", "12345678", "Password123", "P@ssw0rd1admin", "Aa1!Aa1!Aa1!\u{0}",
            "aaaaaaaaaaaaaaaaaaa",
            String(repeating: "aB3!", count: 26), "xAdmin1!x",
        ] {
            let fault = PasswordRule.fault(in: weak, of: "admin")
            #expect(fault?.hasPrefix("Weak password") == true, "\(weak)")
            if weak.count > 8 { #expect(fault?.contains(weak) == false) }
        }
    }
}
