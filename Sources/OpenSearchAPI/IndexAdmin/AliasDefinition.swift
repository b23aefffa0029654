internal import JSON

/// What an alias of one index says.
struct AliasDefinition: Sendable {
    /// The query that restricts what is seen through it.
    var filter: JSONValue?
    var indexRouting: String?
    var searchRouting: String?
    /// Whether writes through the alias go to this index.
    var isWriteIndex: Bool?
    var isHidden: Bool?

    /// Reads the object of an alias.
    init(_ object: JSONObject) throws(OpenSearchError) {
        for (key, value) in object {
            switch key {
            case "filter": filter = value.isNull ? nil : value
            case "routing":
                indexRouting = indexRouting ?? Self.text(value)
                searchRouting = searchRouting ?? Self.text(value)
            case "index_routing", "indexRouting", "index-routing": indexRouting = Self.text(value)
            case "search_routing", "searchRouting", "search-routing": searchRouting = Self.text(value)
            case "is_write_index": isWriteIndex = try Self.flag(value)
            case "is_hidden": isHidden = try Self.flag(value)
            default: throw .illegalArgument("Unknown field [\(key)] in alias")
            }
        }
    }

    private static func text(_ value: JSONValue) -> String? {
        switch value {
        case .string(let text): text
        case .number(let number): number.description
        default: nil
        }
    }

    private static func flag(_ value: JSONValue) throws(OpenSearchError) -> Bool? {
        switch value {
        case .bool(let flag): flag
        case .string(let text): try RestRequest.boolean(text)
        case .null: nil
        default:
            throw .illegalArgument(
                "Failed to parse value [\(value.serialized())] as only [true] or [false] are allowed.")
        }
    }

    /// The alias as it is told.
    var document: JSONObject {
        var object = JSONObject()
        if let filter { object["filter"] = filter }
        if let indexRouting { object["index_routing"] = .string(indexRouting) }
        if let searchRouting { object["search_routing"] = .string(searchRouting) }
        if let isWriteIndex { object["is_write_index"] = .bool(isWriteIndex) }
        if let isHidden { object["is_hidden"] = .bool(isHidden) }
        return object
    }
}
