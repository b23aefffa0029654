public import JSON

/// Who has a role: users by name and holders of backend roles, by patterns.
public struct RoleMapping: Sendable, Hashable {
    /// Patterns of users' names.
    public var users: [String]
    /// Patterns of backend roles, of which one is enough.
    public var backendRoles: [String]
    /// Patterns of backend roles, all of which are needed.
    public var allBackendRoles: [String]
    /// What it is for.
    public var description: String?
    /// Whether it came with the program.
    public let isBuiltIn: Bool

    /// A mapping.
    public init(users: [String] = [], backendRoles: [String] = []) {
        self.init(users, backendRoles, isBuiltIn: false)
    }

    private init(_ users: [String], _ backendRoles: [String], isBuiltIn: Bool) {
        self.users = users
        self.backendRoles = backendRoles
        allBackendRoles = []
        self.isBuiltIn = isBuiltIn
    }

    /// What holds unless somebody says otherwise: the backend role `admin` has everything, as in OpenSearch's own set-up.
    public static let builtIn: [String: RoleMapping] = [
        "all_access": RoleMapping([], ["admin"], isBuiltIn: true)
    ]

    /// Reads a mapping.
    ///
    /// - Throws: ``AccessError`` for members that are not known, of the wrong type, or whose promise could not be kept.
    public init(parsing document: JSONObject) throws(AccessError) {
        self.init()
        for (name, value) in document {
            switch name {
            case "users": users = try Role.texts(value, name)
            case "backend_roles": backendRoles = try Role.texts(value, name)
            case "and_backend_roles": allBackendRoles = try Role.texts(value, name)
            case "description": description = try Role.text(value, name)
            case "hosts":
                guard value.array?.isEmpty ?? value.isNull else {
                    throw AccessError("[hosts] is not supported: name users or backend roles")
                }
            case "reserved", "hidden": break
            default: throw AccessError("unknown member [\(name)] of a role mapping")
            }
        }
    }

    /// Whether it means a user.
    func fits(_ user: String, _ backendRoles: [String]) -> Bool {
        if users.contains(where: { WildcardPattern($0).fits(user) }) { return true }
        if self.backendRoles.contains(where: { pattern in
            let pattern = WildcardPattern(pattern)
            return backendRoles.contains { pattern.fits($0) }
        }) {
            return true
        }
        return !allBackendRoles.isEmpty
            && allBackendRoles.allSatisfy { pattern in
                let pattern = WildcardPattern(pattern)
                return backendRoles.contains { pattern.fits($0) }
            }
    }

    /// The mapping as it is kept and shown.
    public var document: JSONObject {
        func list(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
        var object: JSONObject = [
            "hosts": [], "users": list(users), "reserved": .bool(isBuiltIn), "hidden": false,
            "backend_roles": list(backendRoles), "and_backend_roles": list(allBackendRoles),
        ]
        if let description { object["description"] = .string(description) }
        return object
    }
}
