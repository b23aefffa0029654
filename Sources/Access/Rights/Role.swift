public import JSON

/// What some users may do: actions on the cluster, and actions on indices whose names fit patterns.
///
/// The JSON is that of OpenSearch's security plugin. Rights on parts of documents (`dls`, `fls`, `masked_fields`) are refused
/// rather than ignored.
public struct Role: Sendable, Hashable {
    /// Actions on some indices.
    public struct IndexPermission: Sendable, Hashable {
        /// Patterns of the names of indices, aliases and data streams; `${user.name}` stands for the user's name.
        public var patterns: [String]
        /// Patterns of actions, and names of action groups.
        public var actions: [String]

        /// Actions on the indices of some patterns.
        public init(_ patterns: [String], _ actions: [String]) {
            self.patterns = patterns
            self.actions = actions
        }
    }

    /// What it is for.
    public var description: String?
    /// Patterns of actions, and names of action groups.
    public var clusterPermissions: [String]
    /// Rights on indices.
    public var indexPermissions: [IndexPermission]
    /// Whether it came with the program, and cannot be changed.
    public let isBuiltIn: Bool

    /// A role.
    public init(description: String? = nil, cluster: [String] = [], indices: [IndexPermission] = []) {
        self.init(description, cluster, indices, isBuiltIn: false)
    }

    init(_ description: String?, _ cluster: [String], _ indices: [IndexPermission], isBuiltIn: Bool) {
        self.description = description
        clusterPermissions = cluster
        indexPermissions = indices
        self.isBuiltIn = isBuiltIn
    }

    /// Reads a role.
    ///
    /// - Throws: ``AccessError`` for members that are not known, of the wrong type, or whose promise could not be kept.
    public init(parsing document: JSONObject) throws(AccessError) {
        self.init()
        for (name, value) in document {
            switch name {
            case "description": description = try Self.text(value, name)
            case "cluster_permissions": clusterPermissions = try Self.texts(value, name)
            case "index_permissions":
                guard let elements = value.array else { throw AccessError("[\(name)] must be an array") }
                indexPermissions = try Self.permissions(elements)
            case "tenant_permissions":
                guard value.array?.isEmpty ?? value.isNull else {
                    throw AccessError("[\(name)] is not supported: there are no tenants; leave it out")
                }
            // What a role shows of itself when it is read.
            case "reserved", "hidden", "static": break
            default: throw AccessError("unknown member [\(name)] of a role")
            }
        }
    }

    private static func permissions(_ elements: [JSONValue]) throws(AccessError) -> [IndexPermission] {
        var permissions: [IndexPermission] = []
        for (place, element) in elements.enumerated() {
            let path = "index_permissions[\(place)]"
            guard let object = element.object else { throw AccessError("[\(path)] must be an object") }
            var permission = IndexPermission([], [])
            for (name, value) in object {
                switch name {
                case "index_patterns":
                    permission.patterns = try texts(value, "\(path).\(name)")
                    for pattern in permission.patterns where pattern.hasPrefix("/") {
                        throw AccessError(
                            "[\(path).\(name)]: [\(pattern)] is a regular expression, which is not supported; use * and ?"
                        )
                    }
                case "allowed_actions": permission.actions = try texts(value, "\(path).\(name)")
                case "dls", "fls", "masked_fields":
                    guard value.isNull || value.string == "" || value.array?.isEmpty == true else {
                        throw AccessError(
                            "[\(path).\(name)] is not supported: rights end at whole indices. Keep what others may not see in "
                                + "an index of its own")
                    }
                default: throw AccessError("unknown member [\(path).\(name)] of a role")
                }
            }
            permissions.append(permission)
        }
        return permissions
    }

    static func text(_ value: JSONValue, _ name: String) throws(AccessError) -> String? {
        if value.isNull { return nil }
        guard let text = value.string else { throw AccessError("[\(name)] must be a string") }
        return text
    }

    static func texts(_ value: JSONValue, _ name: String) throws(AccessError) -> [String] {
        guard let elements = value.array else { throw AccessError("[\(name)] must be an array of strings") }
        var texts: [String] = []
        for element in elements {
            guard let text = element.string, !text.isEmpty else {
                throw AccessError("[\(name)] must be an array of strings that are not empty")
            }
            texts.append(text)
        }
        return texts
    }

    /// The role as it is kept and shown.
    public var document: JSONObject {
        func list(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
        var object: JSONObject = ["reserved": .bool(isBuiltIn), "hidden": false]
        if let description { object["description"] = .string(description) }
        object["cluster_permissions"] = list(clusterPermissions)
        object["index_permissions"] = .array(
            indexPermissions.map {
                [
                    "index_patterns": list($0.patterns), "fls": [], "masked_fields": [],
                    "allowed_actions": list($0.actions),
                ]
            })
        object["tenant_permissions"] = []
        object["static"] = .bool(isBuiltIn)
        return object
    }
}
