/// What a caller must be allowed for an operation, by the names of OpenSearch's actions.
struct Privilege: Sendable {
    /// What the actions are about, and where that is looked up.
    enum Scope: Sendable, Hashable {
        /// The cluster: nothing of one index.
        case cluster
        /// The indices of an expression in the parameters: names, aliases, patterns. Several parameters: the first that was given. None given means all
        /// indices, unless `noneMeansAll` is false.
        case indices(parameters: [String], noneMeansAll: Bool)
        /// Indices that only the body or a cursor names. The actions are asked of the cluster here; where the names are read, each is asked for with the action of its use.
        case body
        /// Indices that the handler finds by name, pattern, alias or cursor; each is asked for there, with the action of the operation or of the use. Here only
        /// whether there can be any.
        case found
        /// Nothing, not even a name.
        case anybody
        /// Nothing: who is known may.
        case everybody
        /// Users and roles: administrators.
        case administrators
    }

    /// All of them are needed.
    let actions: [String]
    let scope: Scope
    /// Parameters with names that need not be there yet; the actions are asked of each.
    var names: [String] = []

    static func cluster(_ actions: String...) -> Privilege { Privilege(actions: actions, scope: .cluster) }

    static func indices(
        _ actions: String..., from parameters: [String] = ["index"], noneMeansAll: Bool = true, names: [String] = []
    ) -> Privilege {
        Privilege(
            actions: actions, scope: .indices(parameters: parameters, noneMeansAll: noneMeansAll), names: names)
    }

    static func names(_ actions: String..., in parameters: [String] = ["index"]) -> Privilege {
        Privilege(actions: actions, scope: .everybody, names: parameters)
    }

    static func body(_ actions: String...) -> Privilege { Privilege(actions: actions, scope: .body) }

    static func found(_ action: String) -> Privilege { Privilege(actions: [action], scope: .found) }

    static let anybody = Privilege(actions: [], scope: .anybody)

    static let everybody = Privilege(actions: [], scope: .everybody)

    static let administrators = Privilege(actions: [], scope: .administrators)
}
