internal import Access
internal import ClusterState
internal import Indices

/// The rights under which a request is carried out; there is none where access is not checked.
///
/// ``Endpoint`` asks for what the operation's ``Privilege`` says before the handler runs, and keeps the authorization beside the task, so that
/// the few places that turn names into indices ask again with what they found.
struct Authorization: Sendable {
    /// Of the request that the task works for.
    @TaskLocal static var current: Authorization?

    let caller: Caller
    /// Nil: the operation declares none, and is for administrators.
    let privilege: Privilege?

    // MARK: Before the handler

    /// Refuses an operation that the caller may not ask for.
    func admit(_ request: RestRequest, _ metadata: ClusterMetadata) throws(OpenSearchError) {
        guard let privilege else {
            guard caller.isUnlimited, caller.isAdministrator else { throw .forbidden(["*"], caller) }
            return
        }
        let actions = privilege.actions
        switch privilege.scope {
        case .anybody, .everybody: break
        case .administrators:
            guard caller.isAdministrator, caller.isUnlimited else { throw .forbidden(["restapi:admin/*"], caller) }
        case _ where caller.isUnlimited: return
        case .cluster, .body: try require(actions.filter { !caller.allows($0) })
        case .found: try require(actions.filter { !caller.allowsSomewhere($0) })
        case .indices(let parameters, let noneMeansAll):
            let given = parameters.lazy.compactMap { request.list($0) }.first
            guard given != nil || noneMeansAll else { break }
            let isOnData = actions.allSatisfy { $0.hasPrefix("indices:data/") }
            var options = try (isOnData ? IndicesOptions.search : .administration).overridden(by: request)
            // Patterns of aliases reach hidden indices, too.
            if actions.contains(where: { $0.hasPrefix("indices:admin/aliases") }) { options.expandsToHidden = true }
            try check(actions, given ?? [], options, metadata)
        }
        for parameter in privilege.names {
            for name in request.list(parameter) ?? [] {
                try check(actions, on: [try DateMathName.resolve(name, now: Clock.milliseconds)])
            }
        }
    }

    // MARK: Where names become indices

    /// Refuses a use of what an expression means.
    func check(
        _ use: IndexUse, _ expressions: [String], _ options: IndicesOptions, _ metadata: ClusterMetadata
    ) throws(OpenSearchError) {
        try check([action(of: use)], expressions, options, metadata)
    }

    /// Refuses a use of an index.
    func check(_ use: IndexUse, _ index: IndexMetadata) throws(OpenSearchError) {
        try check([action(of: use)], on: index.names)
    }

    /// Refuses actions on what an expression means; nothing about whether it is there.
    func check(
        _ actions: [String], _ expressions: [String], _ options: IndicesOptions, _ metadata: ClusterMetadata
    ) throws(OpenSearchError) {
        guard !caller.isUnlimited else { return }
        // What is plainly the name of an index needs no catalog.
        if !expressions.isEmpty, expressions.allSatisfy({ metadata.indices[$0] != nil }) {
            for name in expressions { try check(actions, on: metadata.indices[name]?.names ?? [name]) }
            return
        }
        let catalog = metadata.catalog
        var lenient = options
        (lenient.ignoresUnavailable, lenient.allowsNone, lenient.forbidsClosed) = (true, true, false)
        var asked = expressions
        if !actions.allSatisfy({ $0.hasPrefix("indices:data/") }) {
            // Administration reads some expressions by rules of its own, without exclusions or by aliases alone: asked is for all that
            // they can mean. What reads and writes documents resolves them as it is done here.
            (lenient.expandsToOpen, lenient.expandsToClosed, lenient.expandsToHidden) = (true, true, true)
            asked = Self.withoutExclusions(expressions)
        }
        var found: Set<String> = []
        for name in try catalog.resolve(asked, lenient) where found.insert(name).inserted {
            try check(actions, on: metadata.indices[name]?.names ?? [name])
        }
        // Names of nothing are asked for as they are, so that the answer does not tell whether they are there.
        for written in Self.withoutExclusions(expressions) where !Wildcard.isPattern(written) && written != "_all" {
            let name = try DateMathName.resolve(written, now: catalog.now)
            if catalog.indices[name] == nil, catalog.aliases[name] == nil, catalog.streams[name] == nil {
                try check(actions, on: [name])
            }
        }
        if found.isEmpty { try require(actions.filter { !caller.allowsSomewhere($0) }) }
    }

    /// The elements of an expression that add something: behind a pattern, a hyphen excludes.
    private static func withoutExclusions(_ expressions: [String]) -> [String] {
        var hadPattern = false
        return expressions.filter { written in
            if hadPattern, written.hasPrefix("-") { return false }
            hadPattern = hadPattern || Wildcard.isPattern(written) || written == "_all"
            return true
        }
    }

    /// Refuses actions on an index of some names: its own, its aliases', its data stream's.
    func check(_ actions: [String], on names: [String]) throws(OpenSearchError) {
        try require(actions.filter { !caller.allows($0, on: names) })
    }

    /// Whether a use of an index is allowed.
    func allows(_ use: IndexUse, _ index: IndexMetadata) -> Bool {
        caller.allows(action(of: use), on: index.names)
    }

    private func action(of use: IndexUse) -> String {
        switch privilege?.scope {
        case .indices, .found:
            privilege?.actions.first.flatMap { use.isCovered(by: $0) ? $0 : nil } ?? use.action
        default: use.action
        }
    }

    private func require(_ missing: [String]) throws(OpenSearchError) {
        guard missing.isEmpty else { throw .forbidden(missing, caller) }
    }
}

extension IndexMetadata {
    /// Its name and those of its aliases and its data stream: a right on one of them is a right on the index.
    var names: [String] {
        var names = [name] + aliases.keys
        if let stream = dataStreamName { names.append(stream) }
        return names
    }
}

extension OpenSearchError {
    /// What a caller may not do, as OpenSearch's security plugin says it.
    static func forbidden(_ actions: [String], _ caller: Caller) -> OpenSearchError {
        OpenSearchError(
            403, "security_exception",
            "no permissions for [\(actions.joined(separator: ", "))] and User [name=\(caller.name), "
                + "backend_roles=[\(caller.backendRoles.joined(separator: ", "))], requestedTenant=null]")
    }
}
