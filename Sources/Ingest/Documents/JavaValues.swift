import JSON
import Mappings

extension JSONValue {
    /// The class of the value in OpenSearch's documents; it shows in its texts.
    var javaClass: String {
        switch self {
        case .null: "null"
        case .bool: "java.lang.Boolean"
        case .number(let number):
            if !number.isInteger {
                "java.lang.Double"
            } else if let value = number.int {
                Int32(exactly: value) == nil ? "java.lang.Long" : "java.lang.Integer"
            } else {
                "java.math.BigInteger"
            }
        case .string: "java.lang.String"
        case .array: "java.util.ArrayList"
        case .object: "java.util.HashMap"
        }
    }

    /// The value as Java's `toString` writes it.
    var javaText: String {
        switch self {
        case .null: "null"
        case .bool(let flag): flag ? "true" : "false"
        case .number(let number): number.isInteger ? number.description : JavaNumbers.text(number.double)
        case .string(let text): text
        case .array(let elements): "[" + elements.map(\.javaText).joined(separator: ", ") + "]"
        case .object(let object):
            "{" + object.map { "\($0.key)=\($0.value.javaText)" }.joined(separator: ", ") + "}"
        }
    }

    /// How many lists and objects lie inside one another at most.
    var depth: Int {
        switch self {
        case .array(let elements): 1 + (elements.map(\.depth).max() ?? 0)
        case .object(let object): 1 + (object.map(\.value.depth).max() ?? 0)
        default: 0
        }
    }
}
