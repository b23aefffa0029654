import JSON
import Mappings

/// The parameters of one aggregation: each is asked for once, and what nobody asked for is an error.
struct AggregationBody {
    let type: String
    let name: String
    private var members: JSONObject

    init(type: String, name: String, _ members: JSONObject) {
        self.type = type
        self.name = name
        self.members = members
    }

    mutating func take(_ key: String) -> JSONValue? {
        guard let value = members[key] else { return nil }
        members[key] = nil
        return value.isNull ? nil : value
    }

    /// Forgets parameters that change nothing here.
    mutating func ignore(_ keys: String...) {
        for key in keys { members[key] = nil }
    }

    mutating func string(_ key: String) throws -> String? {
        guard let value = take(key) else { return nil }
        switch value {
        case .string(let text): return text
        case .number, .bool: return value.serialized()
        default: throw unexpected(key, value)
        }
    }

    mutating func int(_ key: String) throws -> Int? {
        guard let number = try long(key) else { return nil }
        guard Int32(exactly: number) != nil else {
            throw SearchError.illegalArgument(
                "Numeric value (\(number)) out of range of int (-2147483648 - 2147483647)")
        }
        return number
    }

    /// A number of 64 bits.
    mutating func long(_ key: String) throws -> Int? {
        guard let value = take(key) else { return nil }
        guard let number = value.int ?? value.string.flatMap({ Int($0) }) else { throw unexpected(key, value) }
        return number
    }

    mutating func double(_ key: String) throws -> Double? {
        guard let value = take(key) else { return nil }
        guard let number = value.double ?? value.string.flatMap({ Double($0) }) else { throw unexpected(key, value) }
        return number
    }

    mutating func bool(_ key: String) throws -> Bool? {
        guard let value = take(key) else { return nil }
        switch value {
        case .bool(let bool): return bool
        case .string("true"): return true
        case .string("false"): return false
        default: throw unexpected(key, value)
        }
    }

    mutating func object(_ key: String) throws -> JSONObject? {
        guard let value = take(key) else { return nil }
        guard case .object(let members) = value else { throw unexpected(key, value) }
        return members
    }

    /// Refuses the parameters that are left.
    func finish() throws {
        guard let key = members.keys.first else { return }
        throw SearchError(type: "x_content_parse_exception", reason: "[\(type)] unknown field [\(key)]")
    }

    func unexpected(_ key: String, _ value: JSONValue) -> SearchError {
        SearchError(
            type: "x_content_parse_exception",
            reason: "[\(type)] \(key) doesn't support values of type: \(Self.tokenName(value))")
    }

    static func tokenName(_ value: JSONValue) -> String {
        switch value {
        case .null: "VALUE_NULL"
        case .bool: "VALUE_BOOLEAN"
        case .number: "VALUE_NUMBER"
        case .string: "VALUE_STRING"
        case .array: "START_ARRAY"
        case .object: "START_OBJECT"
        }
    }

    // MARK: Common parameters

    /// `field` (or a script that only reads one), `missing`, `format`, `time_zone`.
    mutating func values(needsField: Bool = true) throws -> ValuesSpecification {
        ignore("value_type")
        var field = try string("field")
        if let script = take("script") {
            guard field == nil, let name = Self.fieldOfScript(script) else {
                throw SearchError.illegalArgument(
                    "[\(name)] scripts are not supported in aggregations, except doc['field'].value: use [field]")
            }
            field = name
        }
        guard let field else {
            throw SearchError.illegalArgument(
                "Required one of fields [field, script], but none were specified. ")
        }
        return ValuesSpecification(
            field: field, missing: take("missing"), format: try string("format"), timeZone: try string("time_zone"))
    }

    /// The field of `doc['field'].value`.
    private static func fieldOfScript(_ script: JSONValue) -> String? {
        guard let source = script.string ?? script["source"]?.string else { return nil }
        let text = source.filter { $0 != " " && $0 != ";" }
        for quote in ["'", "\""] {
            let start = "doc[" + quote
            let end = quote + "].value"
            if text.hasPrefix(start), text.hasSuffix(end), text.count > start.count + end.count {
                let name = String(text.dropFirst(start.count).dropLast(end.count))
                return name.contains(quote) ? nil : name
            }
        }
        return nil
    }

    mutating func order() throws -> [BucketOrder]? {
        guard let value = take("order") else { return nil }
        let entries = value.array ?? [value]
        var orders: [BucketOrder] = []
        for entry in entries {
            guard case .object(let members) = entry else { throw unexpected("order", entry) }
            for (key, direction) in members {
                let ascending: Bool
                switch direction.string?.lowercased() {
                case "asc": ascending = true
                case "desc": ascending = false
                default:
                    throw SearchError(
                        type: "parsing_exception",
                        reason: "Unknown order direction [\(direction.string ?? direction.serialized())]")
                }
                switch key {
                case "_count": orders.append(BucketOrder(target: .count, ascending: ascending))
                case "_key", "_term", "_time": orders.append(BucketOrder(target: .key, ascending: ascending))
                default: orders.append(BucketOrder(target: .path(key), ascending: ascending))
                }
            }
        }
        return orders
    }
}
