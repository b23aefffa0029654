import JSON
public import YAML

/// The value of a setting, whatever it is for.
public enum SettingValue: Sendable, Hashable {
    /// Nothing: what that means is the setting's to say.
    case unset
    /// A text, a path or a choice.
    case text(String)
    /// A count.
    case integer(Int)
    /// Yes or no.
    case boolean(Bool)
    /// A time span.
    case duration(Duration)
    /// A number of bytes.
    case bytes(Int)
    /// Several texts.
    case list([String])
}

/// The form that a setting's value has in a file, in the environment and in a flag.
public enum SettingType: Sendable, Hashable {
    /// Any text.
    case text
    /// A file or folder; in a configuration file, relative to the folder of that file.
    case path
    /// A whole number within bounds.
    case integer(ClosedRange<Int>)
    /// A number with a unit (`ms`, `s`, `min`, `h`) within bounds.
    case duration(ClosedRange<Duration>)
    /// A number of bytes, with or without a unit (`kB`, `MB`, `GB`; `KiB`, `MiB`, `GiB`), within bounds.
    case bytes(ClosedRange<Int>)
    /// `true` or `false`; `yes`, `no`, `on` and `off` are taken as well.
    case boolean
    /// One of some words.
    case choice([String])
    /// Texts: a sequence in a file, separated by commas elsewhere.
    case list

    /// What a value must be, for messages: "a whole number from 0 to 65535".
    public var wanted: String {
        switch self {
        case .text: "a text"
        case .path: "a path"
        case .integer(let range):
            range.upperBound == .max
                ? "a whole number of at least \(range.lowerBound)"
                : "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .duration(let range):
            "a duration with its unit, such as 30s or 500ms, from \(range.lowerBound.settingText) to "
                + range.upperBound.settingText
        case .bytes(let range):
            "a size, such as 64MiB or 65536, from \(Quantity.text(bytes: range.lowerBound)) to "
                + Quantity.text(bytes: range.upperBound)
        case .boolean: "true or false"
        case .choice(let words):
            words.count == 2 ? "\(words[0]) or \(words[1])" : "one of " + words.joined(separator: ", ")
        case .list: "a list of texts"
        }
    }

    /// The name of the form for tables in documents.
    public var name: String {
        switch self {
        case .text: "text"
        case .path: "path"
        case .integer: "integer"
        case .duration: "duration"
        case .bytes: "size"
        case .boolean: "boolean"
        case .choice(let words): words.joined(separator: " \\| ")
        case .list: "list"
        }
    }

    /// The value that a text of a flag or of the environment means; nil if it has another form.
    public func value(of text: String) -> SettingValue? {
        switch self {
        case .text, .path: return text.isEmpty ? nil : .text(text)
        case .integer(let range): return Int(text).flatMap { range.contains($0) ? .integer($0) : nil }
        case .duration(let range): return Quantity.duration(text).flatMap { range.contains($0) ? .duration($0) : nil }
        case .bytes(let range): return Quantity.bytes(text).flatMap { range.contains($0) ? .bytes($0) : nil }
        case .boolean:
            switch text.lowercased() {
            case "true", "yes", "on": return .boolean(true)
            case "false", "no", "off": return .boolean(false)
            default: return nil
            }
        case .choice(let words): return words.contains(text) ? .text(text) : nil
        case .list:
            return .list(
                text.split(separator: ",").map { String($0.trimmingSpaces()) }.filter { !$0.isEmpty })
        }
    }

    /// The value that a node of a configuration file means; nil if it has another form.
    public func value(of node: YAMLNode) -> SettingValue? {
        switch (self, node.content) {
        case (.integer, .scalar(.number(let number))), (.bytes, .scalar(.number(let number))):
            number.int.flatMap { value(of: "\($0)") }
        case (.boolean, .scalar(.bool(let value))): .boolean(value)
        // A number is no count if it is in quotes: it was meant as a text.
        case (.integer, _): nil
        case (.list, .sequence(let elements)):
            elements.allSatisfy { $0.json.string != nil } ? .list(elements.compactMap(\.json.string)) : nil
        case (.list, .scalar(.string(let text))): .list([text])
        case (_, .scalar(.string(let text))): value(of: text)
        default: nil
        }
    }
}

extension SettingValue {
    /// The value as it would be written in a configuration file.
    public var fileText: String {
        switch self {
        case .unset: "null"
        case .text(let text): Self.quotedIfNeeded(text)
        case .integer(let value): "\(value)"
        case .boolean(let value): "\(value)"
        case .duration(let value): value.settingText
        case .bytes(let value): Quantity.text(bytes: value)
        case .list(let texts): "[" + texts.map(Self.quotedIfNeeded).joined(separator: ", ") + "]"
        }
    }

    /// A text that reads back as itself.
    static func quotedIfNeeded(_ text: String) -> String {
        let isPlain =
            text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "_"),
                    UInt8(ascii: "-"):
                    true
                default: false
                }
            } && (try? YAMLNode(parsing: text))?.json == .string(text)
        return isPlain ? text : JSONValue.string(text).serialized()
    }
}

extension StringProtocol {
    /// The text without spaces and tabs at its ends.
    func trimmingSpaces() -> SubSequence {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" }
        guard let first = firstIndex(where: { !isSpace($0) }), let last = lastIndex(where: { !isSpace($0) }) else {
            return self[startIndex..<startIndex]
        }
        return self[first...last]
    }
}
