internal import JSON

/// A template while it is filled in.
struct MustacheRendering {
    private(set) var output: [UInt8] = []
    /// The values in whose sections we are, outermost first.
    private var scopes: [JSONValue]
    private var steps = 0

    /// Tags that one template may visit; sections over lists visit theirs again and again.
    private static let maximumSteps = 1_000_000

    init(_ parameters: JSONValue) { scopes = [parameters] }

    /// Writes pieces.
    mutating func write(_ nodes: [MustacheNode]) throws(MustacheError) {
        for node in nodes {
            steps += 1
            guard steps <= Self.maximumSteps, output.count <= MustacheTemplate.maximumOutputBytes else {
                throw MustacheError(
                    "what the template becomes is longer than \(MustacheTemplate.maximumOutputBytes) bytes or visits more than \(Self.maximumSteps) tags"
                )
            }
            switch node {
            case .text(let bytes): output += bytes
            case .variable(let path, let isEscaped):
                guard let value = value(path) else { continue }
                let text = Self.text(value)
                if isEscaped { appendEscaped(text) } else { output += text.utf8 }
            case .section(let path, let inner): try section(value(path) ?? .null, inner)
            case .inverted(let path, let inner): if !Self.isShown(value(path) ?? .null) { try write(inner) }
            case .json(let path):
                guard let value = value(path), !value.isNull else { continue }
                switch value {
                case .array, .object: output += value.serializedBytes()
                default: output += Self.text(value).utf8
                }
            case .join(let path, let delimiter):
                guard let value = value(path), !value.isNull else { continue }
                let elements = value.array ?? [value]
                appendEscaped(elements.map { Self.text($0) }.joined(separator: delimiter))
            case .url(let inner):
                let start = output.count
                try write(inner)
                let plain = output[start...]
                let encoded = Self.percentEncoded(plain)
                output.replaceSubrange(start..., with: encoded)
            }
        }
    }

    private mutating func section(_ value: JSONValue, _ inner: [MustacheNode]) throws(MustacheError) {
        guard Self.isShown(value) else { return }
        for scope in value.array ?? [value] {
            scopes.append(scope)
            try write(inner)
            scopes.removeLast()
        }
    }

    /// Whether a section over a value writes anything: not for what is missing, false or empty.
    private static func isShown(_ value: JSONValue) -> Bool {
        switch value {
        case .null: false
        case .bool(let flag): flag
        case .string(let text): !text.isEmpty
        case .array(let elements): !elements.isEmpty
        case .number, .object: true
        }
    }

    // MARK: Values

    /// The value of a name: of the innermost section that knows its first part.
    private func value(_ path: [String]) -> JSONValue? {
        guard let first = path.first else { return scopes.last }
        for scope in scopes.reversed() {
            guard var found = Self.member(scope, first) else { continue }
            for name in path.dropFirst() {
                guard let next = Self.member(found, name) else { return nil }
                found = next
            }
            return found
        }
        return nil
    }

    private static func member(_ value: JSONValue, _ name: String) -> JSONValue? {
        switch value {
        case .object(let object): return object[name]
        case .array(let elements):
            if name == "size" { return .number(JSONNumber(elements.count)) }
            guard let index = Int(name), elements.indices.contains(index) else { return nil }
            return elements[index]
        default: return nil
        }
    }

    /// A value as text; lists and objects look as Java prints them.
    private static func text(_ value: JSONValue) -> String {
        switch value {
        case .null: ""
        case .bool(let flag): flag ? "true" : "false"
        case .number(let number): number.description
        case .string(let text): text
        case .array(let elements): "[\(elements.map { $0.isNull ? "null" : text($0) }.joined(separator: ", "))]"
        case .object(let object):
            "{\(object.map { "\($0.key)=\($0.value.isNull ? "null" : text($0.value))" }.joined(separator: ", "))}"
        }
    }

    /// Appends a text as it stands inside of a JSON string.
    private mutating func appendEscaped(_ text: String) {
        output += JSONValue.string(text).serializedBytes().dropFirst().dropLast()
    }

    /// As Java's `URLEncoder` does it.
    private static func percentEncoded(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        var result: [UInt8] = []
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "*"),
                UInt8(ascii: "_"):
                result.append(byte)
            case 0x20: result.append(UInt8(ascii: "+"))
            default: result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return result
    }
}
