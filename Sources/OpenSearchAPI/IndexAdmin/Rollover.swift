internal import ClusterState
internal import JSON
internal import Querying

/// `_rollover`: a new index for an alias or a data stream when the old one is old or large enough.
struct Rollover {
    let node: OpenSearchNode

    func response(_ request: RestRequest) throws -> RestResponse {
        let alias = request.path("index")
        let body = try request.object()
        let isDry = try request.flag("dry_run")
        let metadata = node.metadata.current
        if let stream = metadata.dataStream(alias) { return try rollOver(stream, request, body, isDry: isDry) }
        let holders = metadata.indices.values.filter { $0.aliases[alias] != nil }
        guard !holders.isEmpty else {
            throw OpenSearchError.illegalArgument(
                metadata.indices[alias] != nil
                    ? "rollover target is a [concrete_index] but one of [alias,data_stream] was expected"
                    : "rollover target [\(alias)] does not exist")
        }
        let writers = holders.filter { $0.aliases[alias]?["is_write_index"]?.bool == true }
        guard let old = writers.first ?? (holders.count == 1 ? holders[0] : nil) else {
            throw OpenSearchError.illegalArgument("rollover target [\(alias)] does not point to a write index")
        }
        let new =
            try request.text("new_index").map { name throws(OpenSearchError) in
                try DateMathName.resolve(name, now: Clock.milliseconds)
            } ?? Self.next(after: old.name)
        try IndexName.validate(new)
        if let there = metadata.indices[new] { throw OpenSearchError.indexExists(new, uuid: there.uuid) }
        return try answer(old, new, body, isDry: isDry) { try rollOver(alias, old, new, body) }
    }

    /// Rolls over if a condition is met, and tells what was found.
    private func answer(
        _ old: IndexMetadata, _ new: String, _ body: JSONObject, isDry: Bool, _ rollOver: () throws -> Void
    ) throws -> RestResponse {
        let conditions = try evaluate(body["conditions"]?.object ?? [:], old)
        let isDue = conditions.isEmpty || conditions.contains { $0.value }
        if isDue, !isDry { try rollOver() }
        let met = conditions.map { (key: "[\($0.key)]", value: JSONValue.bool($0.value)) }
        return RestResponse([
            "acknowledged": .bool(isDue && !isDry), "shards_acknowledged": .bool(isDue && !isDry),
            "old_index": .string(old.name),
            "new_index": .string(new), "rolled_over": .bool(isDue && !isDry), "dry_run": .bool(isDry),
            "conditions": .object(JSONObject(met)),
        ])
    }

    private func rollOver(
        _ stream: DataStream, _ request: RestRequest, _ body: JSONObject, isDry: Bool
    ) throws -> RestResponse {
        guard request.text("new_index") == nil else {
            throw OpenSearchError.illegalArgument("new index name may not be specified when rolling over a data stream")
        }
        guard body["aliases"] == nil, body["mappings"] == nil, body["settings"] == nil else {
            throw OpenSearchError.illegalArgument(
                "aliases, mappings, and index settings may not be specified when rolling over a data stream")
        }
        let next = stream.generation + 1
        return try answer(
            stream.writeIndex, DataStream.indexName(stream.name, generation: next), body, isDry: isDry
        ) {
            try node.addIndex(toStream: stream.name, generation: next, timestampField: stream.timestampField)
        }
    }

    /// `logs-000001` becomes `logs-000002`.
    private static func next(after name: String) throws(OpenSearchError) -> String {
        let digits = name.reversed().prefix { $0.isNumber }.reversed()
        guard !digits.isEmpty, name.dropLast(digits.count).hasSuffix("-"), let number = Int(String(digits)) else {
            throw .illegalArgument("index name [\(name)] does not match pattern '^.*-\\d+$'")
        }
        let (following, isOver) = number.addingReportingOverflow(1)
        guard !isOver else {
            throw .illegalArgument("the number of [\(name)] is the highest there is; name the next index in the path")
        }
        let next = "\(following)"
        return name.dropLast(digits.count) + String(repeating: "0", count: max(0, 6 - next.count)) + next
    }

    private func evaluate(
        _ conditions: JSONObject, _ index: IndexMetadata
    ) throws(OpenSearchError) -> [(key: String, value: Bool)] {
        let statistics = node.statistics(of: index)
        var result: [(key: String, value: Bool)] = []
        for (name, value) in conditions {
            let text = value.string ?? value.serialized()
            let isMet: Bool
            switch name {
            case "max_age":
                let age = Duration.milliseconds(Clock.milliseconds - index.createdAt)
                isMet = age >= (try TimeValue.read(text, setting: "max_age"))
            case "max_docs": isMet = statistics.documents >= (value.int ?? Int(text) ?? .max)
            case "max_size":
                guard let size = ByteSize.parse(text) else {
                    throw .illegalArgument("failed to parse setting [max_size] with value [\(text)] as a size in bytes")
                }
                isMet = statistics.storeBytes >= size
            default:
                throw OpenSearchError(400, "x_content_parse_exception", "[1:1] [conditions] unknown field [\(name)]")
            }
            result.append(("\(name): \(text)", isMet))
        }
        return result
    }

    private func rollOver(_ alias: String, _ old: IndexMetadata, _ new: String, _ body: JSONObject) throws {
        var content = JSONObject()
        for key in ["settings", "mappings", "aliases"] { if let value = body[key] { content[key] = value } }
        try node.createIndex(new, try IndexDefinition(content))
        try node.metadata.update { metadata in
            guard var from = metadata.indices[old.name], var to = metadata.indices[new] else { return }
            var definition = from.aliases[alias] ?? [:]
            if definition["is_write_index"]?.bool == true {
                // An explicit write index stays a reader of the alias.
                definition["is_write_index"] = true
                to.aliases[alias] = definition
                from.aliases[alias]?["is_write_index"] = false
            } else {
                to.aliases[alias] = definition
                from.aliases[alias] = nil
            }
            from.aliasesVersion += 1
            to.aliasesVersion += 1
            metadata.put(from)
            metadata.put(to)
        }
    }
}
