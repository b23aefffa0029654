public import JSON

/// A user as the node keeps it.
public struct UserRecord: Sendable, Hashable {
    /// How the password is checked, in the format of whoever made it; never shown.
    public var passwordHash: String
    /// Names by which role mappings and model groups know the user.
    public var backendRoles: [String]
    /// Roles that hold without a mapping.
    public var roles: [String]
    /// Facts that mean nothing to the server.
    public var attributes: JSONObject
    /// Who it is.
    public var description: String?

    /// A user.
    public init(
        passwordHash: String, backendRoles: [String] = [], roles: [String] = [], attributes: JSONObject = [:],
        description: String? = nil
    ) {
        self.passwordHash = passwordHash
        self.backendRoles = backendRoles
        self.roles = roles
        self.attributes = attributes
        self.description = description
    }

    /// Reads what was kept; nil if it is none.
    public init?(kept value: JSONValue?) {
        guard let object = value?.object, let hash = object["hash"]?.string else { return nil }
        self.init(passwordHash: hash)
        try? read(object)
    }

    /// Reads what a client says of a user; the password is left to the caller.
    ///
    /// - Throws: ``AccessError`` for members that are not known or of the wrong type.
    public mutating func read(_ document: JSONObject) throws(AccessError) {
        for (name, value) in document {
            switch name {
            case "backend_roles": backendRoles = try Role.texts(value, name)
            case "opendistro_security_roles": roles = try Role.texts(value, name)
            case "description": description = try Role.text(value, name)
            case "attributes":
                guard let object = value.object, object.allSatisfy({ $0.value.string != nil }) else {
                    throw AccessError("[attributes] must be an object of strings")
                }
                attributes = object
            // What a user shows of itself when it is read.
            case "reserved", "hidden", "static", "hash", "password": break
            default: throw AccessError("unknown member [\(name)] of a user")
            }
        }
    }

    /// The user as it is kept.
    public var kept: JSONValue {
        var object = shown
        object["hash"] = .string(passwordHash)
        return .object(object)
    }

    /// The user as it is shown: with an empty `hash`, as OpenSearch does.
    public var shown: JSONObject {
        func list(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
        var object: JSONObject = [
            "hash": "", "reserved": false, "hidden": false, "backend_roles": list(backendRoles),
            "attributes": .object(attributes),
        ]
        if let description { object["description"] = .string(description) }
        object["opendistro_security_roles"] = list(roles)
        object["static"] = false
        return object
    }

    /// Why a text cannot be a user's name; nil if it can.
    ///
    /// A colon ends the name in basic authentication.
    public static func fault(inName name: String) -> String? {
        if name.isEmpty || name.utf8.count > 200 { return "a user's name has 1 to 200 bytes" }
        if name.contains(where: { ":/\\*?,\"<>| ".contains($0) })
            || name.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F })
        {
            return "a user's name has no spaces and none of : / \\ * ? , \" < > |"
        }
        return nil
    }
}
