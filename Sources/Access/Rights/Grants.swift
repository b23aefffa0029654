/// The rights of several roles together, ready to be asked.
struct Grants: Sendable, Hashable {
    private struct OnIndices: Sendable, Hashable {
        let names: [WildcardPattern]
        let actions: ActionSet
    }

    private let cluster: ActionSet
    private let indices: [OnIndices]

    init(_ roles: [Role], user: String) {
        cluster = ActionSet(roles.flatMap(\.clusterPermissions))
        indices = roles.flatMap(\.indexPermissions).map { permission in
            OnIndices(
                names: permission.patterns.map { WildcardPattern($0.replacing("${user.name}", with: user)) },
                actions: ActionSet(permission.actions))
        }
    }

    /// Whether everything is allowed.
    var areUnlimited: Bool {
        cluster.allowsEverything
            && indices.contains { $0.actions.allowsEverything && $0.names.contains(where: \.fitsEverything) }
    }

    func allows(_ action: String) -> Bool { cluster.allows(action) }

    func allows(_ action: String, on names: [String]) -> Bool {
        indices.contains { grant in
            grant.actions.allows(action) && names.contains { name in grant.names.contains { $0.fits(name) } }
        }
    }

    func allowsSomewhere(_ action: String) -> Bool {
        indices.contains { $0.actions.allows(action) && !$0.names.isEmpty }
    }
}
