public import JSON

/// Users, roles and mappings as of one moment, and what follows from them.
public struct AccessDirectory: Sendable {
    private let users: [String: JSONValue]
    private let ownRoles: [String: JSONValue]
    private let ownMappings: [String: JSONValue]

    /// A directory over what the node keeps, by name.
    public init(users: [String: JSONValue], roles: [String: JSONValue], mappings: [String: JSONValue]) {
        self.users = users
        ownRoles = roles
        ownMappings = mappings
    }

    /// The names of all users, in order.
    public var userNames: [String] { users.keys.sorted() }

    /// A user; nil if there is none.
    public func user(_ name: String) -> UserRecord? { UserRecord(kept: users[name]) }

    /// A role; those that come with the program win.
    public func role(_ name: String) -> Role? {
        BuiltInRoles.all[name] ?? ownRoles[name]?.object.flatMap { try? Role(parsing: $0) }
    }

    /// All roles by name.
    public var roles: [String: Role] {
        var roles = BuiltInRoles.all
        for name in ownRoles.keys where roles[name] == nil { roles[name] = role(name) }
        return roles
    }

    /// All mappings by the name of their role.
    public var mappings: [String: RoleMapping] {
        var mappings = RoleMapping.builtIn
        for (name, value) in ownMappings {
            if let mapping = value.object.flatMap({ try? RoleMapping(parsing: $0) }) { mappings[name] = mapping }
        }
        return mappings
    }

    /// A user with the rights that they have now; nil if there is none.
    public func caller(_ name: String) -> Caller? {
        user(name).map { caller(name, $0, limits: nil, apiKeyID: nil) }
    }

    /// The holder of an API key with the rights that they have now; nil if the owner is gone or what narrows the key cannot be understood.
    public func caller(_ key: APIKeyRecord, id: String) -> Caller? {
        guard let owner = user(key.owner) else { return nil }
        do {
            return caller(key.owner, owner, limits: try key.limits(), apiKeyID: id)
        } catch {
            return nil
        }
    }

    private func caller(_ name: String, _ user: UserRecord, limits: [Role]?, apiKeyID: String?) -> Caller {
        var names = user.roles
        for (role, mapping) in mappings.sorted(by: { $0.key < $1.key })
        where !names.contains(role) && mapping.fits(name, user.backendRoles) {
            names.append(role)
        }
        return Caller(
            name: name, backendRoles: user.backendRoles,
            roles: names.compactMap { name in role(name).map { (name, $0) } }, limits: limits, apiKeyID: apiKeyID)
    }
}
