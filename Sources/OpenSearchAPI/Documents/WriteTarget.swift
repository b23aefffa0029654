internal import Access
internal import ClusterState
internal import JSON

extension OpenSearchNode {
    /// The index that a write through a name goes to, made if it is not there and may be.
    ///
    /// - Parameters:
    ///   - routing: gets the routing of an alias that has one.
    ///   - kind: what is to be done there, which the caller must be allowed.
    func writeTarget(
        _ name: String, requiresAlias: Bool = false, routing: inout String?, for kind: WriteRequest.Kind = .index
    ) throws -> IndexMetadata {
        let name = try DateMathName.resolve(name, now: Clock.milliseconds)
        guard let authorization = Authorization.current, !authorization.caller.isUnlimited else {
            return try unguardedWriteTarget(name, requiresAlias: requiresAlias, routing: &routing)
        }
        let metadata = self.metadata.current
        if metadata.indices[name] == nil, metadata.dataStream(name) == nil,
            !metadata.indices.values.contains(where: { $0.aliases[name] != nil })
        {
            // It is made if it may be.
            try authorization.check([IndexUse.write(kind).action], on: [name])
            if !authorization.caller.allows("indices:admin/auto_create", on: [name]) {
                try authorization.check(["indices:admin/create"], on: [name])
            }
        }
        let index: IndexMetadata
        do {
            index = try unguardedWriteTarget(name, requiresAlias: requiresAlias, routing: &routing)
        } catch {
            // What is wrong with an index is for those who may write to it.
            try authorization.check(.write(kind), [name], .administration, self.metadata.current)
            throw error
        }
        try authorization.check(.write(kind), index)
        return index
    }

    private func unguardedWriteTarget(
        _ name: String, requiresAlias: Bool, routing: inout String?
    ) throws -> IndexMetadata {
        let metadata = self.metadata.current
        if let index = metadata.indices[name] {
            if requiresAlias { throw Self.notAnAlias(name) }
            try Self.checkWritable(index)
            return index
        }
        let holders = metadata.indices.values.filter { $0.aliases[name] != nil }
        guard !holders.isEmpty else {
            if requiresAlias { throw Self.notAnAlias(name) }
            if let stream = metadata.dataStream(name) {
                try Self.checkWritable(stream.writeIndex)
                return stream.writeIndex
            }
            try checkAutomaticCreation(of: name)
            try createIndexAutomatically(name)
            let made = self.metadata.current
            guard let index = made.indices[name] ?? made.dataStream(name)?.writeIndex else {
                throw OpenSearchError.indexNotFound(name)
            }
            return index
        }
        let writers = holders.filter { $0.aliases[name]?["is_write_index"]?.bool == true }
        guard let index = writers.first ?? (holders.count == 1 ? holders[0] : nil),
            writers.count == 1 || index.aliases[name]?["is_write_index"]?.bool != false
        else {
            throw OpenSearchError.illegalArgument(
                "no write index is defined for alias [\(name)]. The write index may be explicitly disabled using "
                    + "is_write_index=false or the alias points to multiple indices without one being designated as a write index"
            )
        }
        if let own = index.aliases[name]?["index_routing"]?.string {
            if let routing, routing != own {
                throw OpenSearchError.illegalArgument(
                    "Alias [\(name)] has index routing associated with it [\(own)], and was provided with routing value "
                        + "[\(routing)], rejecting operation")
            }
            routing = own
        }
        try Self.checkWritable(index)
        return index
    }

    private static func notAnAlias(_ name: String) -> OpenSearchError {
        OpenSearchError(
            404, "index_not_found_exception",
            "no such index [\(name)] and [require_alias] request flag is [true] and [\(name)] is not an alias",
            [("index", .string(name)), ("index_uuid", "_na_")])
    }

    /// Refuses writes to indices that are closed or blocked.
    static func checkWritable(_ index: IndexMetadata) throws(OpenSearchError) {
        guard index.isOpen else { throw closed(index) }
        try checkBlocks(index, ["read_only", "read_only_allow_delete", "write"])
    }

    /// A closed index, when an open one is needed.
    static func closed(_ index: IndexMetadata) -> OpenSearchError {
        OpenSearchError(
            400, "index_closed_exception", "closed",
            [("index", .string(index.name)), ("index_uuid", .string(index.uuid))])
    }

    /// The block of indices that find no room.
    static let diskBlock =
        "TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has read-only-allow-delete block"

    /// Refuses what the blocks of an index forbid.
    static func checkBlocks(_ index: IndexMetadata, _ blocks: [String]) throws(OpenSearchError) {
        let names = [
            "read_only": "FORBIDDEN/5/index read-only (api)", "read": "FORBIDDEN/7/index read (api)",
            "write": "FORBIDDEN/8/index write (api)", "metadata": "FORBIDDEN/9/index metadata (api)",
            "read_only_allow_delete": diskBlock,
        ]
        for block in blocks where index.settings["index.blocks.\(block)"]?.string == "true" {
            let name = names[block] ?? block
            throw .blocked(by: name, block == "read_only_allow_delete" ? 429 : 403, index)
        }
    }

    /// Refuses to make an index by writing to it where `action.auto_create_index` says no.
    private func checkAutomaticCreation(of name: String) throws(OpenSearchError) {
        let metadata = self.metadata.current
        let setting = metadata.clusterSetting("action.auto_create_index") ?? "true"
        switch setting {
        case "true": return
        case "false":
            var error = OpenSearchError.indexNotFound(name)
            error.reason = "no such index [\(name)] and [action.auto_create_index] is [false]"
            throw error
        default:
            for pattern in setting.split(separator: ",").map({ String($0.trimmed) }) {
                let isRefusal = pattern.hasPrefix("-")
                let bare = pattern.hasPrefix("+") || isRefusal ? String(pattern.dropFirst()) : pattern
                guard Wildcard.matches(bare, name) else { continue }
                if !isRefusal { return }
                var error = OpenSearchError.indexNotFound(name)
                error.reason =
                    "no such index [\(name)] and [action.auto_create_index] contains [\(pattern)] which forbids automatic creation of the index"
                throw error
            }
            var error = OpenSearchError.indexNotFound(name)
            error.reason = "no such index [\(name)] and [action.auto_create_index] ([\(setting)]) doesn't match"
            throw error
        }
    }
}
