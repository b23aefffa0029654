internal import ClusterState
internal import JSON

/// One step of a change of aliases.
struct AliasAction {
    private enum Kind {
        case add(AliasDefinition)
        case remove(mustExist: Bool?)
        case removeIndex
    }

    private let kind: Kind
    private let indices: [String]
    private let aliases: [String]

    /// Reads `add`, `remove` or `remove_index`.
    init(_ name: String, _ body: JSONObject) throws(OpenSearchError) {
        var definition = JSONObject()
        var mustExist: Bool?
        var indices: [String] = []
        var aliases: [String] = []
        for (key, value) in body {
            switch key {
            case "index", "indices": indices += Self.names(value)
            case "alias", "aliases": aliases += Self.names(value)
            case "must_exist" where name != "add": mustExist = value.bool
            case _ where name == "add": definition[key] = value
            default: throw OpenSearchError(400, "x_content_parse_exception", "[1:1] [\(name)] unknown field [\(key)]")
            }
        }
        guard !indices.isEmpty else { throw .illegalArgument("One of [index] or [indices] is required") }
        switch name {
        case "add": kind = .add(try AliasDefinition(definition))
        case "remove": kind = .remove(mustExist: mustExist)
        case "remove_index": kind = .removeIndex
        default: throw .illegalArgument("alias action [\(name)] is unknown: use add, remove or remove_index")
        }
        if name == "remove_index" {
            guard aliases.isEmpty else { throw .illegalArgument("[alias] is unsupported for [remove_index]") }
        } else if aliases.isEmpty {
            throw .illegalArgument("One of [alias] or [aliases] is required")
        }
        self.indices = indices
        self.aliases = aliases
    }

    private static func names(_ value: JSONValue) -> [String] {
        switch value {
        case .string(let text): text.split(separator: ",").map(String.init)
        case .array(let elements): elements.compactMap(\.string)
        default: []
        }
    }

    /// Makes the change; the names of indices that are to be deleted come back.
    func apply(to metadata: inout ClusterMetadata) throws(OpenSearchError) -> [String] {
        var options = IndicesOptions.administration
        options.allowsNone = false
        if let authorization = Authorization.current {
            var wide = options
            wide.expandsToHidden = true
            var actions = ["indices:admin/aliases"]
            if case .removeIndex = kind { actions.append("indices:admin/delete") }
            try authorization.check(actions, indices, wide, metadata)
            // Who may not use an alias's name could gain or give rights with it.
            if case .add = kind { for alias in aliases { try authorization.check(actions, on: [alias]) } }
        }
        let names = try metadata.catalog.resolve(indices, options)
        switch kind {
        case .removeIndex:
            for name in indices where metadata.indices[name] == nil && metadata.catalog.aliases[name] != nil {
                throw .illegalArgument(
                    "The provided expression [\(name)] matches an alias, specify the corresponding concrete indices instead."
                )
            }
            return names
        case .add(let definition):
            for alias in aliases {
                try IndexName.validateAlias(alias)
                if metadata.indices[alias] != nil || metadata.dataStream(alias) != nil {
                    throw OpenSearchError(
                        400, "invalid_alias_name_exception",
                        "Invalid alias name [\(alias)]: an index or data stream exists with the same name as the alias")
                }
                for name in names {
                    guard var index = metadata.indices[name] else { continue }
                    index.aliases[alias] = definition.document
                    index.aliasesVersion += 1
                    metadata.put(index)
                }
                try Self.checkWriteIndex(alias, metadata)
            }
        case .remove(let mustExist):
            var removed = 0
            for name in names {
                guard var index = metadata.indices[name] else { continue }
                for alias in index.aliases.keys
                where aliases.contains(where: { Wildcard.matches($0, alias) || $0 == "_all" }) {
                    index.aliases[alias] = nil
                    removed += 1
                }
                index.aliasesVersion += 1
                metadata.put(index)
            }
            if removed == 0, mustExist != false {
                throw OpenSearchError(
                    404, "aliases_not_found_exception", "aliases [\(aliases.joined(separator: ", "))] missing",
                    [("resource.type", "aliases"), ("resource.id", .string(aliases.joined(separator: ", ")))])
            }
        }
        return []
    }

    private static func checkWriteIndex(_ alias: String, _ metadata: ClusterMetadata) throws(OpenSearchError) {
        let writers = metadata.indices.values.filter { $0.aliases[alias]?["is_write_index"]?.bool == true }.map(\.name)
        if writers.count > 1 {
            throw OpenSearchError(
                500, "illegal_state_exception",
                "alias [\(alias)] has more than one write index [\(writers.sorted().joined(separator: ","))]")
        }
    }
}
