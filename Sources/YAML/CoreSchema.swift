import JSON

/// What scalars mean in the core schema.
///
/// Unlike YAML 1.1, `yes`, `on` and `1:30` are strings and `017` is seventeen.
///
/// Source: YAML 1.2.2, section 10.3.2.
enum CoreSchema {
    private static let prefix = "tag:yaml.org,2002:"

    /// The value of a scalar; nil if the tag is unknown or does not fit the text.
    static func value(_ text: String, isPlain: Bool, tag: String?) -> JSONValue? {
        guard let tag, tag != "!" || isPlain == false else {
            return tag == "!" || !isPlain ? .string(text) : plain(text)
        }
        switch tag {
        case "!", prefix + "str": return .string(text)
        case prefix + "null": return isNull(text) ? .null : nil
        case prefix + "bool": return bool(text).map { .bool($0) }
        case prefix + "int": return integer(text).map { .number($0) }
        case prefix + "float": return (integer(text)?.double ?? real(text)).map { .number(JSONNumber($0)) }
        default: return nil
        }
    }

    /// Whether a tag may stand before a sequence or mapping of the kind `name`: `seq` or `map`.
    static func allows(tag: String?, name: String) -> Bool {
        tag == nil || tag == "!" || tag == prefix + name
    }

    private static func plain(_ text: String) -> JSONValue {
        if isNull(text) { return .null }
        if let value = bool(text) { return .bool(value) }
        if let value = integer(text) { return .number(value) }
        if let value = real(text) { return .number(JSONNumber(value)) }
        return .string(text)
    }

    private static func isNull(_ text: String) -> Bool { ["", "~", "null", "Null", "NULL"].contains(text) }

    private static func bool(_ text: String) -> Bool? {
        switch text {
        case "true", "True", "TRUE": true
        case "false", "False", "FALSE": false
        default: nil
        }
    }

    /// Decimal, `0o17` or `0x1F`; what does not fit 64 bits becomes a double, as in JSON.
    private static func integer(_ text: String) -> JSONNumber? {
        for (mark, radix) in [("0o", 8), ("0x", 16)] where text.hasPrefix(mark) {
            let digits = text.dropFirst(2)
            guard digits.first.map({ $0 != "-" && $0 != "+" }) == true else { return nil }
            return Int(digits, radix: radix).map { JSONNumber($0) }
        }
        let digits =
            text.utf8.first.map { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") } == true
            ? text.utf8.dropFirst() : text.utf8[...]
        guard !digits.isEmpty, digits.allSatisfy(isDigit) else { return nil }
        if let value = Int(text) { return JSONNumber(value) }
        return Double(text).map { JSONNumber($0) }
    }

    private static func real(_ text: String) -> Double? {
        let unsigned = text.hasPrefix("-") || text.hasPrefix("+") ? text.dropFirst() : text[...]
        switch unsigned {
        case ".inf", ".Inf", ".INF": return text.hasPrefix("-") ? -.infinity : .infinity
        case ".nan", ".NaN", ".NAN": return unsigned.count == text.count ? .nan : nil
        default: break
        }
        // What Swift reads as a number beyond the schema's form: "inf", "nan", "0x1p3".
        var rest = unsigned.utf8[...]
        let whole = rest.prefix(while: isDigit).count
        rest = rest.dropFirst(whole)
        var fraction = 0
        if rest.first == UInt8(ascii: ".") {
            fraction = rest.dropFirst().prefix(while: isDigit).count
            rest = rest.dropFirst(1 + fraction)
        }
        guard whole + fraction > 0 else { return nil }
        if let mark = rest.first {
            guard mark | 0x20 == UInt8(ascii: "e") else { return nil }
            rest = rest.dropFirst()
            if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
            guard !rest.isEmpty, rest.allSatisfy(isDigit) else { return nil }
        }
        return Double(text)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
