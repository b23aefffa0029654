import JSON

extension IntrinsicFunction {
    static func text(_ value: JSONValue, most: Int = mostCharacters) throws(DataFault) -> String {
        guard let text = value.string else { throw DataFault("a string is expected, not \(value.typeName)") }
        guard text.utf16.count <= most else {
            throw DataFault("the string has \(text.utf16.count) characters; \(most) are the most")
        }
        return text
    }

    static func elements(_ value: JSONValue) throws(DataFault) -> [JSONValue] {
        guard let elements = value.array else { throw DataFault("an array is expected, not \(value.typeName)") }
        return elements
    }

    /// A number as an integer; a fraction is rounded to the nearest one.
    static func integer(_ value: JSONValue) throws(DataFault) -> Int {
        if let integer = value.int { return integer }
        guard let number = value.double else { throw DataFault("a number is expected, not \(value.typeName)") }
        guard let rounded = Int(exactly: number.rounded()) else {
            throw DataFault("the number does not fit an integer")
        }
        return rounded
    }

    static func json(_ text: String) throws(DataFault) -> JSONValue {
        do throws(JSONError) { return try JSONValue(parsing: text) } catch {
            throw DataFault("the string is no JSON: \(error.reason)")
        }
    }

    static func range(_ start: Int, _ end: Int, by step: Int) throws(DataFault) -> JSONValue {
        guard step != 0 else { throw DataFault("the step is not zero") }
        var numbers: [JSONValue] = []
        for number in stride(from: start, through: end, by: step) {
            guard numbers.count < longestRange else {
                throw DataFault("the range has more than \(longestRange) numbers")
            }
            numbers.append(.number(JSONNumber(number)))
        }
        return .array(numbers)
    }

    /// Members of the second object over those of the first, as Step Functions has it: shallow only.
    static func merge(_ first: JSONValue, _ second: JSONValue, deeply: JSONValue) throws(DataFault) -> JSONValue {
        guard var merged = first.object, let members = second.object else {
            throw DataFault("two objects are expected, not \(first.typeName) and \(second.typeName)")
        }
        guard deeply.bool == false else {
            throw DataFault("the third argument is false; Step Functions has no deep merge")
        }
        for member in members { merged[member.key] = member.value }
        return .object(merged)
    }

    /// What is hashed: a string itself, of anything else its JSON text.
    static func hashed(_ value: JSONValue) throws(DataFault) -> [UInt8] {
        try Array(text(.string(value.string ?? value.serialized())).utf8)
    }

    /// The template with `{}` replaced by the arguments behind it: strings as they are, everything else as JSON text.
    static func format(_ arguments: [JSONValue]) throws(DataFault) -> String {
        let template = Array(try text(arguments[0], most: .max).unicodeScalars)
        var rest = arguments.dropFirst()
        var made = ""
        var position = 0
        while position < template.count {
            let next = template[position]
            let following = position + 1 < template.count ? template[position + 1] : nil
            if next == "\\", let following, "{}\\".unicodeScalars.contains(following) {
                made.unicodeScalars.append(following)
                position += 2
            } else if next == "{", following == "}" {
                guard let value = rest.popFirst() else { throw DataFault("there are more '{}' than arguments") }
                made += value.string ?? value.serialized()
                position += 2
            } else {
                made.unicodeScalars.append(next)
                position += 1
            }
        }
        guard rest.isEmpty else { throw DataFault("there are more arguments than '{}'") }
        return made
    }

    /// A random UUID (version 4 of RFC 9562) of 128 bits.
    static func uuid(_ high: UInt64, _ low: UInt64) -> String {
        let high = high & ~0xF000 | 0x4000
        let low = low & ~(0b11 << 62) | 0b10 << 62
        func digits(_ value: UInt64, _ count: Int) -> String {
            let text = String(value, radix: 16)
            return String(repeating: "0", count: count - text.count) + text
        }
        return digits(high >> 32, 8) + "-" + digits(high >> 16 & 0xFFFF, 4) + "-" + digits(high & 0xFFFF, 4) + "-"
            + digits(low >> 48, 4) + "-" + digits(low & 0xFFFF_FFFF_FFFF, 12)
    }
}
