internal import Access
internal import ClusterState
internal import HTTPTypes
internal import JSON
internal import Routing

/// Users, roles, and who has a role: for administrators.
struct UserEndpoints {
    let node: OpenSearchNode

    /// A kind of thing that is kept by name.
    private struct Collection: Sendable {
        let path: String
        /// As messages call one.
        let word: String
        let kind: ClusterMetadata.Kind
        /// All as they are shown.
        let all: @Sendable (OpenSearchNode) -> [String: JSONObject]
        /// Whether one came with the program.
        let isBuiltIn: @Sendable (String) -> Bool
        /// What is kept of a body.
        let read: @Sendable (OpenSearchNode, _ name: String, JSONObject) async throws -> JSONValue
    }

    private static let collections = [
        Collection(
            path: "internalusers", word: "user", kind: .user,
            all: { node in
                node.metadata.current.all(.user).compactMapValues { UserRecord(kept: $0)?.shown }
            }, isBuiltIn: { _ in false }, read: { try await user($0, $1, $2) }),
        Collection(
            path: "roles", word: "role", kind: .role, all: { $0.directory.roles.mapValues(\.document) },
            isBuiltIn: { BuiltInRoles.all[$0] != nil }, read: { .object(try Role(parsing: $2).kept($0)) }),
        Collection(
            path: "rolesmapping", word: "rolesmapping", kind: .roleMapping,
            all: { $0.directory.mappings.mapValues(\.document) }, isBuiltIn: { _ in false },
            read: { node, name, body in
                guard node.directory.role(name) != nil else {
                    throw AccessError("Role '\(name)' is not available for role-mapping.")
                }
                return .object(try RoleMapping(parsing: body).document)
            }),
    ]

    var endpoints: [Endpoint] {
        Self.collections.map { collection in
            Endpoint(
                "security.\(collection.kind == .user ? "users" : collection.path)", [.get, .put, .delete, .patch],
                SecurityEndpoints.paths("/api/\(collection.path)").flatMap { [$0, "\($0)/{name}"] }
            ) { request in
                guard node.secrets != nil else { throw OpenSearchNode.accessIsOff }
                return switch request.http.method {
                case .get: get(collection, request)
                case .put: try await put(collection, request)
                case .delete: try delete(collection, request)
                default:
                    throw OpenSearchError.unsupported(
                        "changing parts of a \(collection.word)", "PUT the whole of it")
                }
            }
        } + [
            Endpoint(
                "security.actiongroups", [.get], SecurityEndpoints.paths("/api/actiongroups")
            ) { _ in
                let groups = ActionGroup.all.sorted { $0.key < $1.key }.map { name, actions in
                    (
                        key: name,
                        value: JSONValue.object([
                            "reserved": true, "hidden": false,
                            "allowed_actions": .array(actions.map { .string($0) }), "static": true,
                        ])
                    )
                }
                return RestResponse(.object(JSONObject(groups)))
            }
        ]
    }

    private func get(_ collection: Collection, _ request: RestRequest) -> RestResponse {
        let all = collection.all(node)
        guard let name = request.text("name") else {
            return RestResponse(
                .object(JSONObject(all.sorted { $0.key < $1.key }.map { (key: $0.key, value: .object($0.value)) })))
        }
        guard let one = all[name] else { return .told(.notFound, "\(collection.word) '\(name)' not found.") }
        return RestResponse(.object([name: .object(one)]))
    }

    private func put(_ collection: Collection, _ request: RestRequest) async throws -> RestResponse {
        guard let name = request.text("name") else {
            throw OpenSearchError.illegalArgument("name the \(collection.word) in the path")
        }
        if collection.isBuiltIn(name) { return .told(.forbidden, "Resource '\(name)' is reserved.") }
        let value: JSONValue
        do {
            let body = try request.requiredObject()
            if let fault = UserRecord.fault(inName: name) { throw AccessError(fault) }
            value = try await collection.read(node, name, body)
        } catch let error as AccessError {
            return .invalid(error.reason)
        }
        let isNew = try node.metadata.update { metadata in
            let isNew = metadata[collection.kind, name] == nil
            metadata[collection.kind, name] = value
            return isNew
        }
        return isNew ? .told(.created, "'\(name)' created.") : .told(.ok, "'\(name)' updated.")
    }

    private func delete(_ collection: Collection, _ request: RestRequest) throws -> RestResponse {
        guard let name = request.text("name") else {
            throw OpenSearchError.illegalArgument("name the \(collection.word) in the path")
        }
        if collection.isBuiltIn(name) { return .told(.forbidden, "Resource '\(name)' is reserved.") }
        if collection.kind == .user, name == request.caller?.name {
            return .told(.badRequest, "'\(name)' is you; another administrator can remove you.")
        }
        let wasThere = try node.metadata.update { metadata in
            guard metadata[collection.kind, name] != nil else { return false }
            metadata[collection.kind, name] = nil
            // A key goes with its owner: it must not come back with the name.
            if collection.kind == .user {
                for (id, key) in metadata.all(.apiKey) where APIKeyRecord(kept: key)?.owner == name {
                    metadata[.apiKey, id] = nil
                }
            }
            return true
        }
        return wasThere
            ? .told(.ok, "'\(name)' deleted.") : .told(.notFound, "\(collection.word) '\(name)' not found.")
    }

    /// A user of a body, with what was kept of the password if none is given.
    private static func user(_ node: OpenSearchNode, _ name: String, _ body: JSONObject) async throws -> JSONValue {
        guard let secrets = node.secrets else { throw OpenSearchNode.accessIsOff }
        let there = node.directory.user(name)
        var user = UserRecord(passwordHash: there?.passwordHash ?? "")
        try user.read(body)
        for role in user.roles where node.directory.role(role) == nil {
            throw AccessError("Role '\(role)' is not available: make it before users get it.")
        }
        if let hash = body["hash"]?.string, !hash.isEmpty {
            throw AccessError("[hash] is not supported: the server makes its own; send [password]")
        }
        switch body["password"] {
        case .string(let password)? where !password.isEmpty:
            if let fault = PasswordRule.fault(in: password, of: name) { throw AccessError(fault) }
            user.passwordHash = await secrets.hash(ofPassword: password)
        case nil, .null?, .string?:
            guard there != nil else {
                throw AccessError("Please specify [password] when creating a new internal user.")
            }
        default: throw AccessError("[password] must be a string")
        }
        return user.kept
    }
}

extension Role {
    /// The role as it is kept, if all that it names is known.
    fileprivate func kept(_ node: OpenSearchNode) throws(AccessError) -> JSONObject {
        for action in clusterPermissions + indexPermissions.flatMap(\.actions)
        where action != "*" && !action.contains(":") && !action.contains("*") && ActionGroup.all[action] == nil {
            throw AccessError(
                "[\(action)] is neither an action nor one of the action groups "
                    + ActionGroup.all.keys.sorted().joined(separator: ", "))
        }
        return document
    }
}
