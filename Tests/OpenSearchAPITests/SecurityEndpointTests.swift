import Access
import ClusterState
import HTTPTypes
import JSON
import Testing

/// Users, roles and keys over their endpoints.
struct SecurityEndpointTests {
    let node: TestNode
    private let admin = TestNode.administrator
    private static let base = "/_plugins/_security/api"

    init() throws { node = try TestNode(secrets: PlainSecrets()) }

    private func caller(_ name: String) throws -> Caller {
        let metadata = node.metadata
        return try #require(
            AccessDirectory(
                users: metadata.all(.user), roles: metadata.all(.role), mappings: metadata.all(.roleMapping)
            ).caller(name))
    }

    private func make(_ name: String, _ more: String = "") async throws {
        let body = "{\"password\": \"Developer@123\"\(more)}"
        #expect(try await node.status(.put, Self.base + "/internalusers/\(name)", body, as: admin) == 201)
    }

    @Test func usersLive() async throws {
        let path = Self.base + "/internalusers/ada"
        let body =
            #"{"password": "Developer@123", "backend_roles": ["poets"], "attributes": {"team": "a"}, "description": "d"}"#
        let made = try await node.ask(.put, path, body, as: admin)
        #expect(made.status == 201)
        #expect(made.json == ["status": "CREATED", "message": "'ada' created."])
        let hash = try #require(UserRecord(kept: node.metadata[.user, "ada"])?.passwordHash)
        #expect(!hash.contains("Developer@123"))
        let shown = try await node.ask(.get, path, as: admin)
        #expect(
            shown.json == [
                "ada": [
                    "hash": "", "reserved": false, "hidden": false, "backend_roles": ["poets"],
                    "attributes": ["team": "a"], "description": "d", "opendistro_security_roles": [], "static": false,
                ]
            ])
        #expect(!shown.text.contains(hash))
        let all = try await node.ask(.get, Self.base + "/internalusers", as: admin)
        #expect(all["ada/hash"] == "")
        // Without a password the old one stays.
        let changed = try await node.ask(.put, path, #"{"backend_roles": ["readers"]}"#, as: admin)
        #expect(changed.json == ["status": "OK", "message": "'ada' updated."])
        #expect(UserRecord(kept: node.metadata[.user, "ada"])?.passwordHash == hash)
        #expect(try await node.ask(.delete, path, as: admin)["message"] == "'ada' deleted.")
        let gone = try await node.ask(.get, path, as: admin)
        #expect(gone.status == 404)
        #expect(gone.json == ["status": "NOT_FOUND", "message": "user 'ada' not found."])
    }

    @Test(arguments: [
        (#"{"password": "short"}"#, "Weak password"), (#"{"password": "alllowercase"}"#, "Weak password"),
        (#"{"password": "Password123"}"#, "Weak password"), (#"{"password": "1Adalovelace!"}"#, "user's name"),
        (#"{"password": 1}"#, "[password]"), ("{}", "specify [password]"),
        (#"{"password": "Developer@123", "hash": "$2y$12$abc"}"#, "[hash] is not supported"),
        (#"{"password": "Developer@123", "opendistro_security_roles": ["nothing"]}"#, "'nothing'"),
        (#"{"password": "Developer@123", "backend_rolez": []}"#, "[backend_rolez]"),
        (#"{"password": "Developer@123", "attributes": {"a": 1}}"#, "[attributes]"),
    ])
    func usersThatCannotBe(_ body: String, _ word: String) async throws {
        let answer = try await node.ask(.put, Self.base + "/internalusers/adalovelace", body, as: admin)
        #expect(answer.status == 400)
        #expect(answer["status"] == "error")
        #expect(answer["reason"].string?.contains(word) == true, "\(answer.text)")
        #expect(!answer.text.contains("alllowercase") && !answer.text.contains("Password123"))
        #expect(node.metadata.all(.user).isEmpty)
    }

    @Test func namesThatBasicAuthenticationCannotCarry() async throws {
        let answer = try await node.ask(
            .put, Self.base + "/internalusers/a%3Ab", #"{"password": "Developer@123"}"#, as: admin)
        #expect(answer.status == 400)
    }

    @Test func rolesAndMappingsGiveRights() async throws {
        try await make("ada", #", "backend_roles": ["poets"]"#)
        #expect(try caller("ada").roles == [])
        let role =
            #"{"cluster_permissions": ["cluster_monitor"], "index_permissions": [{"index_patterns": ["books-*"], "allowed_actions": ["read"]}]}"#
        #expect(try await node.status(.put, Self.base + "/roles/reader", role, as: admin) == 201)
        #expect(
            try await node.status(.put, Self.base + "/rolesmapping/reader", #"{"backend_roles": ["poet*"]}"#, as: admin)
                == 201)
        let ada = try caller("ada")
        #expect(ada.roles == ["reader"])
        #expect(ada.allows("indices:data/read/search", on: ["books-1"]))
        #expect(try await node.status(.get, "/_cluster/health", as: ada) == 200)
        #expect(try await node.status(.get, "/films/_search", as: ada) == 403)
        let shown = try await node.ask(.get, Self.base + "/rolesmapping/reader", as: admin)
        #expect(shown["reader/backend_roles"] == ["poet*"])
        #expect(try await node.status(.delete, Self.base + "/rolesmapping/reader", as: admin) == 200)
        #expect(try caller("ada").roles == [])
        #expect(try await node.ask(.get, Self.base + "/roles", as: admin)["all_access/reserved"] == true)
        for name in ["admin", "read", "write", "ml", "all_access", "readall", "ml_full_access", "ml_read_access"] {
            let answer = try await node.ask(.put, Self.base + "/roles/\(name)", "{}", as: admin)
            #expect(answer.status == 403, "\(name)")
            #expect(answer["message"].string == "Resource '\(name)' is reserved.")
        }
        let wrong = try await node.ask(
            .put, Self.base + "/roles/r", #"{"cluster_permissions": ["claster_monitor"]}"#, as: admin)
        #expect(wrong["reason"].string?.contains("claster_monitor") == true)
        let unknown = try await node.ask(.put, Self.base + "/rolesmapping/none", "{}", as: admin)
        #expect(unknown.status == 400)
    }

    @Test func backendRoleAdminIsAnAdministrator() async throws {
        try await make("grace", #", "backend_roles": ["admin"]"#)
        let grace = try caller("grace")
        #expect(grace.isAdministrator && grace.isUnlimited)
        #expect(try await node.status(.get, Self.base + "/internalusers", as: grace) == 200)
        let own = try await node.ask(.delete, Self.base + "/internalusers/grace", as: grace)
        #expect(own.status == 400, "nobody removes the account that they use")
    }

    @Test func oneChangesOnesOwnPassword() async throws {
        try await make("ada", #", "opendistro_security_roles": ["readall"]"#)
        let ada = try caller("ada")
        let shown = try await node.ask(.get, Self.base + "/account", as: ada)
        #expect(shown["user_name"] == "ada")
        #expect(shown["is_internal_user"] == true)
        #expect(shown["roles"] == ["readall"])
        let before = node.metadata[.user, "ada"]
        let wrong = try await node.ask(
            .put, Self.base + "/account", #"{"current_password": "nope", "password": "Another@456"}"#, as: ada)
        #expect(wrong.status == 400)
        #expect(wrong["message"] == "Could not validate your current password.")
        let weak = try await node.ask(
            .put, Self.base + "/account", #"{"current_password": "Developer@123", "password": "weak"}"#, as: ada)
        #expect(weak.status == 400)
        #expect(node.metadata[.user, "ada"] == before)
        let changed = try await node.ask(
            .put, Self.base + "/account", #"{"current_password": "Developer@123", "password": "Another@456"}"#, as: ada)
        #expect(changed.json == ["status": "OK", "message": "'ada' updated."])
        let hash = try #require(UserRecord(kept: node.metadata[.user, "ada"])?.passwordHash)
        #expect(await PlainSecrets().isPassword("Another@456", of: hash))
        #expect(UserRecord(kept: node.metadata[.user, "ada"])?.roles == ["readall"])
    }

    @Test func whoOneIs() async throws {
        try await make("ada", #", "backend_roles": ["poets"]"#)
        let answer = try await node.ask(.get, "/_plugins/_security/authinfo", as: try caller("ada"))
        #expect(answer["user_name"] == "ada")
        #expect(answer["user"] == "User [name=ada, backend_roles=[poets], requestedTenant=null]")
        #expect(answer["backend_roles"] == ["poets"])
        #expect(try await node.ask(.get, "/_plugins/_security/health")["status"] == "UP")
    }

    // MARK: Keys

    @Test func keysHaveTheRightsOfTheirOwners() async throws {
        try await make("ada", #", "opendistro_security_roles": ["readall"]"#)
        let ada = try caller("ada")
        let made = try await node.ask(
            .post, "/_security/api_key", #"{"name": "k", "expiration": "1d", "metadata": {"a": 1}}"#, as: ada)
        #expect(made.status == 200)
        let (id, secret) = (try #require(made["id"].string), try #require(made["api_key"].string))
        #expect(made["encoded"].string == "\(id):\(secret)".base64)
        #expect((made["expiration"].int ?? 0) > 1_700_000_000_000)
        let kept = try #require(APIKeyRecord(kept: node.metadata[.apiKey, id]))
        #expect(kept.owner == "ada")
        #expect(node.metadata[.apiKey, id]?.serialized().contains(secret) == false)
        let shown = try await node.ask(.get, "/_security/api_key?id=\(id)", as: ada)
        #expect(shown["api_keys/0/username"] == "ada")
        #expect(!shown.text.contains(secret) && !shown.text.contains(kept.secretHash))
        try await make("eve")
        let eve = try caller("eve")
        #expect(try await node.status(.get, "/_security/api_key?id=\(id)", as: eve) == 404)
        #expect(try await node.ask(.get, "/_security/api_key", as: eve)["api_keys"] == [])
        let theft = try await node.ask(.delete, "/_security/api_key", "{\"ids\": [\"\(id)\"]}", as: eve)
        #expect(theft["invalidated_api_keys"] == [])
        #expect(try await node.ask(.get, "/_security/api_key", as: admin)["api_keys/0/id"].string == id)
        let gone = try await node.ask(.delete, "/_security/api_key", "{\"ids\": [\"\(id)\"]}", as: ada)
        #expect(gone["invalidated_api_keys"].array == [.string(id)])
        #expect(node.metadata.all(.apiKey).isEmpty)
    }

    @Test func keysMakeNoKeysAndGoWithTheirOwners() async throws {
        try await make("ada", #", "opendistro_security_roles": ["readall"]"#)
        let ada = try caller("ada")
        let key = Caller(name: "ada", roles: [("readall", BuiltInRoles.all["readall"]!)], apiKeyID: "k")
        #expect(try await node.status(.post, "/_security/api_key", #"{"name": "k"}"#, as: key) == 403)
        #expect(try await node.status(.post, "/_security/api_key", #"{"name": "k"}"#, as: ada) == 200)
        #expect(try await node.status(.delete, Self.base + "/internalusers/ada", as: admin) == 200)
        #expect(node.metadata.all(.apiKey).isEmpty)
    }

    @Test(arguments: [
        #"{"name": "k", "role_descriptors": {"r": {"indices": [{"names": ["a"], "privileges": ["rule"]}]}}}"#,
        #"{"name": "k", "role_descriptors": {"r": {"indices": [{"names": ["a"], "privileges": ["read"], "query": {}}]}}}"#,
        #"{"name": "k", "role_descriptors": {"r": {"cluster": ["everything"]}}}"#, #"{"name": ""}"#, #"{}"#,
        #"{"name": "k", "expiration": 5}"#, #"{"name": "k", "other": 5}"#,
    ])
    func keysThatCannotBe(_ body: String) async throws {
        try await make("ada", #", "opendistro_security_roles": ["readall"]"#)
        #expect(try await node.status(.post, "/_security/api_key", body, as: try caller("ada")) == 400)
        #expect(node.metadata.all(.apiKey).isEmpty)
    }

    @Test func withoutAccessNothingIsAdministrated() async throws {
        let open = try TestNode()
        let answer = try await open.ask(.put, Self.base + "/internalusers/ada", #"{"password": "Developer@123"}"#)
        #expect(answer.status == 400)
        #expect(answer["error/reason"].string?.contains("access is not checked") == true)
        #expect(open.metadata.all(.user).isEmpty)
    }
}

extension String {
    fileprivate var base64: String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var (text, bits, count) = ("", 0, 0)
        for byte in utf8 {
            bits = bits << 8 | Int(byte)
            count += 8
            while count >= 6 {
                count -= 6
                text.append(letters[bits >> count & 63])
            }
            bits &= (1 << count) - 1
        }
        if count > 0 { text.append(letters[bits << (6 - count) & 63]) }
        while text.count % 4 != 0 { text.append("=") }
        return text
    }
}
