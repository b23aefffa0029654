internal import Access
internal import ClusterState
internal import HTTPTypes
internal import JSON

/// Who one is, and one's own password.
struct SecurityEndpoints {
    let node: OpenSearchNode

    /// The beginnings that the security plugin's paths have.
    static let prefixes = ["/_plugins/_security", "/_opendistro/_security"]

    static func paths(_ rest: String) -> [String] { prefixes.map { $0 + rest } }

    var endpoints: [Endpoint] {
        [
            Endpoint("security.health", [.get, .post], Self.paths("/health"), ["mode"]) { request in
                RestResponse(["message": .null, "mode": .string(request.text("mode") ?? "strict"), "status": "UP"])
            },
            Endpoint("security.authinfo", [.get, .post], Self.paths("/authinfo"), ["auth_type", "verbose"]) { request in
                RestResponse(.object(authentication(request)))
            },
            Endpoint("security.account.get", [.get], Self.paths("/api/account")) { request in
                RestResponse(.object(try account(request)))
            },
            Endpoint("security.account.put", [.put], Self.paths("/api/account")) { request in
                try await changePassword(request)
            },
        ]
    }

    // MARK: Reading

    private func authentication(_ request: RestRequest) -> JSONObject {
        let caller = request.caller
        var body: JSONObject = [:]
        if let caller {
            body["user"] = .string(
                "User [name=\(caller.name), backend_roles=[\(caller.backendRoles.joined(separator: ", "))], "
                    + "requestedTenant=null]")
        }
        body["user_name"] = caller.map { .string($0.name) } ?? .null
        body["user_requested_tenant"] = .null
        body["backend_roles"] = .array((caller?.backendRoles ?? []).map { .string($0) })
        body["custom_attribute_names"] = .array(attributeNames(caller))
        body["roles"] = .array((caller?.roles ?? []).map { .string($0) })
        body["tenants"] = [:]
        body["principal"] = .null
        body["peer_certificates"] = "0"
        body["sso_logout_url"] = .null
        return body
    }

    private func account(_ request: RestRequest) throws(OpenSearchError) -> JSONObject {
        guard let caller = request.caller else { throw OpenSearchNode.accessIsOff }
        return [
            "user_name": .string(caller.name), "is_reserved": false, "is_hidden": false,
            "is_internal_user": .bool(node.directory.user(caller.name) != nil), "user_requested_tenant": .null,
            "backend_roles": .array(caller.backendRoles.map { .string($0) }),
            "custom_attribute_names": .array(attributeNames(caller)), "tenants": [:],
            "roles": .array(caller.roles.map { .string($0) }),
        ]
    }

    private func attributeNames(_ caller: Caller?) -> [JSONValue] {
        let attributes = caller.flatMap { node.directory.user($0.name)?.attributes }
        return attributes?.keys.map { .string("attr.internal.\($0)") } ?? []
    }

    // MARK: One's own password

    private func changePassword(_ request: RestRequest) async throws -> RestResponse {
        guard let caller = request.caller, let secrets = node.secrets else { throw OpenSearchNode.accessIsOff }
        guard let user = node.directory.user(caller.name), caller.apiKeyID == nil else {
            return .told(
                .badRequest, "'\(caller.name)' came with a key; a password is changed by who shows it.")
        }
        let body = try request.requiredObject()
        for key in body.keys where !["current_password", "password"].contains(key) {
            return .invalid("Invalid configuration: unknown member [\(key)]; send current_password and password")
        }
        guard let current = body["current_password"]?.string, let password = body["password"]?.string else {
            return .invalid("Invalid configuration: current_password and password are needed")
        }
        guard await secrets.isPassword(current, of: user.passwordHash) else {
            return .told(.badRequest, "Could not validate your current password.")
        }
        if let fault = PasswordRule.fault(in: password, of: caller.name) { return .invalid(fault) }
        let hash = await secrets.hash(ofPassword: password)
        try node.metadata.update { metadata in
            guard var user = UserRecord(kept: metadata[.user, caller.name]) else {
                throw OpenSearchError.resourceNotFound("user '\(caller.name)'")
            }
            user.passwordHash = hash
            metadata[.user, caller.name] = user.kept
        }
        return .told(.ok, "'\(caller.name)' updated.")
    }
}

extension OpenSearchNode {
    /// Users, roles and mappings as of now.
    var directory: AccessDirectory {
        let metadata = metadata.current
        return AccessDirectory(
            users: metadata.all(.user), roles: metadata.all(.role), mappings: metadata.all(.roleMapping))
    }

    /// What users and roles are told as while nobody is asked for a name.
    static let accessIsOff = OpenSearchError(
        400, "security_exception",
        "access is not checked: the server was started with --insecure. Start it without, and users and roles hold"
    )
}

extension OpenSearchError {
    /// A thing with a name that is not there.
    static func resourceNotFound(_ what: String) -> OpenSearchError {
        OpenSearchError(404, "resource_not_found_exception", "\(what) not found")
    }
}

extension RestResponse {
    /// What the security plugin's operations say when they are done or refused: a status in words and a sentence.
    static func told(_ status: HTTPResponse.Status, _ message: String) -> RestResponse {
        let words = status.reasonPhrase.uppercased().split(separator: " ").joined(separator: "_")
        return RestResponse(
            ["status": .string(words), "message": .string(message)], status: status.code)
    }

    /// What they say of a body that cannot be used.
    static func invalid(_ reason: String) -> RestResponse {
        RestResponse(["status": "error", "reason": .string(reason)], status: 400)
    }
}
