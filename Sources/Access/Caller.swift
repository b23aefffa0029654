/// Who sends a request, and what they may do.
///
/// It holds the rights of the moment at which the request was let in; a change of roles is seen by the next request.
public struct Caller: Sendable, Hashable {
    /// The user's name; for an API key the name of its owner.
    public let name: String
    /// Roles as an outside directory knows them; model groups are shared with them.
    public let backendRoles: [String]
    /// The names of the roles whose rights hold.
    public let roles: [String]
    /// The id of the API key that was shown; nil: a password was, or a key of the server's settings.
    public let apiKeyID: String?
    private let grants: [Grants]
    /// Whether nothing is forbidden, so that nobody need look.
    public let isUnlimited: Bool

    /// A caller with roles.
    ///
    /// - Parameters:
    ///   - roles: by name, with what each allows.
    ///   - limits: what an API key was narrowed to: an action must be allowed by the roles and by these, too; nil: not narrowed.
    ///   - apiKeyID: the id of the API key that was shown.
    public init(
        name: String, backendRoles: [String] = [], roles: [(name: String, role: Role)], limits: [Role]? = nil,
        apiKeyID: String? = nil
    ) {
        self.name = name
        self.backendRoles = backendRoles
        self.roles = roles.map(\.name)
        self.apiKeyID = apiKeyID
        grants = [Grants(roles.map(\.role), user: name)] + (limits.map { [Grants($0, user: name)] } ?? [])
        isUnlimited = grants.allSatisfy(\.areUnlimited)
    }

    /// Somebody who may do everything: who starts the server, and holders of its configured keys.
    public static func administrator(_ name: String) -> Caller {
        Caller(name: name, roles: [(BuiltInRoles.administrator, BuiltInRoles.all[BuiltInRoles.administrator]!)])
    }

    /// Whether they may do everything, users and roles included: whether they have the role `all_access` or `admin`, and their key was not narrowed.
    public var isAdministrator: Bool {
        grants.count == 1 && roles.contains { BuiltInRoles.administrators.contains($0) }
    }

    /// Whether an action that is about no index is allowed.
    public func allows(_ action: String) -> Bool { grants.allSatisfy { $0.allows(action) } }

    /// Whether an action on an index is allowed.
    ///
    /// - Parameter names: the index's name, its aliases and its data stream; a right on one of them is a right on the index.
    public func allows(_ action: String, on names: [String]) -> Bool {
        grants.allSatisfy { $0.allows(action, on: names) }
    }

    /// Whether there are names of indices on which an action is allowed.
    public func allowsSomewhere(_ action: String) -> Bool { grants.allSatisfy { $0.allowsSomewhere(action) } }
}
