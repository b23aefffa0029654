import JSON

/// A Payload Template: JSON in which the fields whose names end in `.$` are computed.
indirect enum PayloadTemplate: Sendable, Hashable {
    case literal(JSONValue)
    case computed(Intrinsic)
    case object([Member])
    case array([PayloadTemplate])

    struct Member: Sendable, Hashable {
        var key: String
        var value: PayloadTemplate
    }

    /// The value that the template makes of data.
    func value(in data: StateData) throws(TaskFault) -> JSONValue {
        switch self {
        case .literal(let value): return value
        case .computed(let intrinsic): return try intrinsic.value(in: data)
        case .object(let members):
            var object = JSONObject()
            for member in members { object[member.key] = try member.value.value(in: data) }
            return .object(object)
        case .array(let templates):
            var elements: [JSONValue] = []
            for template in templates { elements.append(try template.value(in: data)) }
            return .array(elements)
        }
    }

    /// Reads a template; faults are told with the places of the fields.
    static func read(_ json: JSONValue, at place: String, _ fault: (String, String) -> Void) -> PayloadTemplate {
        switch json {
        case .array(let elements):
            return .array(elements.enumerated().map { read($1, at: "\(place)[\($0)]", fault) })
        case .object(let object):
            var members: [Member] = []
            for (key, value) in object {
                let inner = "\(place).\(key)"
                guard key.hasSuffix(".$") else {
                    members.append(Member(key: key, value: read(value, at: inner, fault)))
                    continue
                }
                let name = String(key.dropLast(2))
                if object[name] != nil { fault(inner, "the field '\(name)' stands here as well") }
                guard let text = value.string else {
                    fault(inner, "a path or an intrinsic function is expected as a string, not \(value.typeName)")
                    continue
                }
                if let intrinsic = Intrinsic.read(text, at: inner, fault) {
                    members.append(Member(key: name, value: .computed(intrinsic)))
                }
            }
            return .object(members)
        default:
            return .literal(json)
        }
    }
}

extension Intrinsic {
    /// Reads a path or a call; a fault is told with the place of the field.
    static func read(_ text: String, at place: String, _ fault: (String, String) -> Void) -> Intrinsic? {
        do throws(DataFault) {
            return text.hasPrefix("$") ? .path(try JSONPath(text)) : try .call(text)
        } catch {
            fault(place, error.reason)
            return nil
        }
    }
}
