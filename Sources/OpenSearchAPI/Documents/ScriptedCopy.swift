internal import DocumentStore
internal import JSON

/// A document as the script of a change by query left it.
///
/// Source: OpenSearch's `AbstractAsyncBulkByScrollAction`.
struct ScriptedCopy {
    var source: [UInt8]
    /// `_index`, `_id`, `_version` and `_routing`, where the script changed them; null for those that it took away.
    var changed: [(name: String, value: JSONValue)] = []

    /// What a script changed of a document's metadata.
    ///
    /// - Throws: ``OpenSearchError`` for members that mean nothing.
    static func changes(
        from before: JSONObject, to after: JSONObject
    ) throws(OpenSearchError) -> [(name: String, value: JSONValue)] {
        let names = ["_index", "_id", "_version", "_routing"]
        let others = after.keys.filter { !names.contains($0) }
        guard others.isEmpty else {
            throw .illegalArgument("Invalid fields added to context [\(others.joined(separator: ","))]")
        }
        return names.compactMap { name in
            let value = after[name] ?? .null
            return value == before[name] ?? .null ? nil : (name, value)
        }
    }

    /// Sends a copy where the script says.
    ///
    /// - Throws: ``OpenSearchError`` for values that mean nothing.
    func apply(to request: inout WriteRequest) throws(OpenSearchError) {
        for (name, value) in changed {
            switch (name, value) {
            case ("_index", .string(let index)): request.target = index
            case ("_id", .null): request.id = nil
            case ("_id", .string(let id)): request.id = id
            case ("_routing", .null): request.routing = nil
            case ("_routing", .string(let routing)): request.routing = routing
            case ("_version", .null): request.version = .next
            case ("_version", .number(let number)) where number.isInteger && number.int != nil:
                request.version = .external(Int64(number.int ?? 0))
            case ("_index", .null):
                throw OpenSearchError(400, "null_pointer_exception", "Can't reindex without a destination index!")
            default:
                throw .illegalArgument("\(name) may only be set to a text or a whole number, not [\(value.typeName)]")
            }
        }
    }
}
