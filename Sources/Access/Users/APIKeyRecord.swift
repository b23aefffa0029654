public import JSON

/// An API key as the node keeps it: everything but the key.
public struct APIKeyRecord: Sendable, Hashable {
    /// What its owner calls it.
    public let name: String
    /// The user whose rights it has.
    public let owner: String
    /// How the key is checked; never shown.
    public let secretHash: String
    /// Milliseconds since 1970.
    public let created: Int64
    /// Milliseconds since 1970; nil: it does not end.
    public let expires: Int64?
    /// What the rights are narrowed to, as it was written; empty: not at all.
    public let roleDescriptors: JSONObject
    /// Facts that mean nothing to the server.
    public let metadata: JSONObject

    /// A new key.
    public init(
        name: String, owner: String, secretHash: String, created: Int64, expires: Int64? = nil,
        roleDescriptors: JSONObject = [:], metadata: JSONObject = [:]
    ) {
        self.name = name
        self.owner = owner
        self.secretHash = secretHash
        self.created = created
        self.expires = expires
        self.roleDescriptors = roleDescriptors
        self.metadata = metadata
    }

    /// Reads what was kept; nil if it is none.
    public init?(kept value: JSONValue?) {
        guard let object = value?.object, let name = object["name"]?.string, let owner = object["owner"]?.string,
            let hash = object["hash"]?.string, let created = object["created"]?.int
        else { return nil }
        self.init(
            name: name, owner: owner, secretHash: hash, created: Int64(created),
            expires: object["expires"]?.int.map { Int64($0) },
            roleDescriptors: object["role_descriptors"]?.object ?? [:], metadata: object["metadata"]?.object ?? [:])
    }

    /// The key as it is kept.
    public var kept: JSONValue {
        var object: JSONObject = [
            "name": .string(name), "owner": .string(owner), "hash": .string(secretHash),
            "created": .number(JSONNumber(Int(created))),
        ]
        if let expires { object["expires"] = .number(JSONNumber(Int(expires))) }
        object["role_descriptors"] = .object(roleDescriptors)
        object["metadata"] = .object(metadata)
        return .object(object)
    }

    /// The key as Elasticsearch's clients are shown it, without anything that opens the server.
    public func shown(id: String) -> JSONValue {
        var object: JSONObject = [
            "id": .string(id), "name": .string(name), "creation": .number(JSONNumber(Int(created))),
        ]
        if let expires { object["expiration"] = .number(JSONNumber(Int(expires))) }
        object["invalidated"] = false
        object["username"] = .string(owner)
        object["realm"] = "native"
        object["metadata"] = .object(metadata)
        object["role_descriptors"] = .object(roleDescriptors)
        return .object(object)
    }

    /// The rights that it is narrowed to; nil: it is not.
    ///
    /// - Throws: ``AccessError`` for privileges that are not known.
    public func limits() throws(AccessError) -> [Role]? { try Self.limits(of: roleDescriptors) }

    /// The rights that role descriptors name.
    ///
    /// Privileges are actions and action groups of OpenSearch, or the names that Elasticsearch has for the usual ones.
    public static func limits(of descriptors: JSONObject) throws(AccessError) -> [Role]? {
        guard !descriptors.isEmpty else { return nil }
        var roles: [Role] = []
        for (name, value) in descriptors {
            guard let object = value.object else { throw AccessError("[role_descriptors.\(name)] must be an object") }
            // Requests with many parts are no right of their own there.
            var role = Role(cluster: ["cluster_composite_ops"])
            for (key, value) in object {
                let path = "role_descriptors.\(name).\(key)"
                switch key {
                case "cluster":
                    for privilege in try Role.texts(value, path) {
                        role.clusterPermissions += try actions(of: privilege, onCluster, path)
                    }
                case "indices", "index":
                    guard let elements = value.array else { throw AccessError("[\(path)] must be an array") }
                    for element in elements { role.indexPermissions.append(try permission(element, path)) }
                case "metadata", "description": break
                default:
                    guard value.isNull || value.array?.isEmpty == true || value.object?.isEmpty == true else {
                        throw AccessError("[\(path)] is not supported; leave it out")
                    }
                }
            }
            roles.append(role)
        }
        return roles
    }

    private static func permission(_ element: JSONValue, _ path: String) throws(AccessError) -> Role.IndexPermission {
        guard let object = element.object else { throw AccessError("[\(path)] must be an array of objects") }
        var permission = Role.IndexPermission([], [])
        for (key, value) in object {
            switch key {
            case "names":
                if let name = value.string {
                    permission.patterns = [name]
                } else {
                    permission.patterns = try Role.texts(value, "\(path).names")
                }
            case "privileges":
                for privilege in try Role.texts(value, "\(path).privileges") {
                    permission.actions += try actions(of: privilege, onIndices, path)
                }
            case "allow_restricted_indices" where value.bool == false: break
            default: throw AccessError("[\(path).\(key)] is not supported: rights end at whole indices")
            }
        }
        return permission
    }

    private static func actions(
        of privilege: String, _ known: [String: [String]], _ path: String
    ) throws(AccessError) -> [String] {
        if let actions = known[privilege] { return actions }
        if privilege.contains(":") || ActionGroup.all[privilege] != nil { return [privilege] }
        throw AccessError(
            "[\(path)]: unknown privilege [\(privilege)]; use one of \(known.keys.sorted().joined(separator: ", ")), an "
                + "action group or an action")
    }

    private static let onCluster: [String: [String]] = [
        "all": ["*"], "none": [], "monitor": ["cluster:monitor/*"], "manage": ["cluster:*"],
        "manage_index_templates": ["cluster_manage_index_templates"], "manage_pipeline": ["cluster_manage_pipelines"],
        "manage_ingest_pipelines": ["cluster_manage_pipelines"], "manage_ml": ["cluster:admin/opensearch/ml/*"],
        "monitor_ml": ["cluster:admin/opensearch/ml/*/get", "cluster:admin/opensearch/ml/*/search"],
        "monitor_inference": [BuiltInRoles.predict], "manage_inference": ["cluster:admin/opensearch/ml/*"],
        "manage_own_api_key": [], "manage_api_key": [],
    ]

    private static let onIndices: [String: [String]] = [
        "all": ["*"], "none": [], "read": ["read"], "write": ["write"], "index": ["index"],
        "create": ["indices:data/write/index*", "indices:data/write/bulk*", "indices:admin/mapping/put"],
        "create_doc": ["indices:data/write/index*", "indices:data/write/bulk*", "indices:admin/mapping/put"],
        "delete": ["indices:data/write/delete*", "indices:data/write/bulk*"], "delete_index": ["indices:admin/delete"],
        "create_index": ["create_index", "indices:admin/auto_create"],
        "auto_configure": ["create_index", "indices:admin/auto_create"], "manage": ["manage"],
        "maintenance": ["indices:admin/refresh*", "indices:admin/flush*", "indices:admin/forcemerge*"],
        "monitor": ["indices_monitor"],
        "view_index_metadata": [
            "indices:admin/get", "indices:admin/mappings/*", "indices:admin/aliases/get",
            "indices:monitor/settings/get",
            "indices:admin/resolve/index", "indices:data/read/field_caps*",
        ],
    ]
}
