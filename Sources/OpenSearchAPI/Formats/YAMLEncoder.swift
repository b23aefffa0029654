package import JSON

/// Writes documents as YAML.
///
/// Strings are always quoted, so that nothing in them can mean something else.
package enum YAMLEncoder {
    /// The document, with its marker.
    package static func encode(_ value: JSONValue) -> [UInt8] {
        var text = "---"
        write(value, indent: 0, into: &text, isInSequence: false)
        text += "\n"
        return Array(text.utf8)
    }

    private static func write(_ value: JSONValue, indent: Int, into text: inout String, isInSequence: Bool) {
        let margin = "\n" + String(repeating: " ", count: indent)
        switch value {
        case .object(let members) where !members.isEmpty:
            for (index, member) in members.enumerated() {
                text += (isInSequence && index == 0) ? " " : margin
                text += key(member.key) + ":"
                write(member.value, indent: indent + 2, into: &text, isInSequence: false)
            }
        case .array(let elements) where !elements.isEmpty:
            for (index, element) in elements.enumerated() {
                text += (isInSequence && index == 0) ? " -" : margin + "-"
                write(element, indent: indent + 2, into: &text, isInSequence: true)
            }
        default: text += " " + value.serialized()
        }
    }

    private static func key(_ key: String) -> String {
        let isPlain =
            !key.isEmpty
            && key.utf8.allSatisfy { byte in
                (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z") || byte == UInt8(ascii: "_")
                    || byte == UInt8(ascii: ".")
            } && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(key.lowercased())
            && key.utf8.first != UInt8(ascii: ".")
        return isPlain ? key : JSONValue.string(key).serialized()
    }
}
