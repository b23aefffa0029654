/// Translates regular expressions of `java.util.regex` to PCRE2's syntax.
///
/// The two agree on most; what differs is rewritten: nested classes and intersections, `\uXXXX`, names of properties. Flags are those of
/// OpenSearch's settings.
struct JavaPattern {
    private var source: [UInt32]
    private var position = 0
    private var output = ""
    private var depth = 0

    /// Classes within classes; what is nested deeper is refused.
    private static let maxDepth = 100

    /// The pattern in PCRE2's syntax; throws what is not a pattern.
    static func translate(_ pattern: String) throws(AnalysisError) -> String {
        var translator = JavaPattern(source: pattern.unicodeScalars.map(\.value))
        try translator.run()
        return translator.output
    }

    private init(source: [UInt32]) { self.source = source }

    private mutating func run() throws(AnalysisError) {
        while position < source.count {
            switch source[position] {
            case 0x5C:
                let piece = try escape(inClass: false)
                output += piece.hasPrefix("\u{1}") ? "[" + piece.dropFirst() + "]" : piece
            case 0x5B: output += try readClass().expression
            default: append(source[position])
            }
        }
    }

    private mutating func append(_ scalar: UInt32) {
        output.unicodeScalars.append(Unicode.Scalar(scalar) ?? "\u{FFFD}")
        position += 1
    }

    /// A backslash and what follows it.
    private mutating func escape(inClass: Bool) throws(AnalysisError) -> String {
        position += 1
        guard position < source.count else {
            throw AnalysisError("Unexpected internal error near index \(position): \\")
        }
        let letter = source[position]
        position += 1
        switch Unicode.Scalar(letter) {
        case "u":
            var value = try hexadecimal(4)
            if value & 0xFC00 == 0xD800, position + 1 < source.count, source[position] == 0x5C,
                source[position + 1] == 0x75
            {
                position += 2
                value = 0x10000 + (value & 0x3FF) << 10 + (try hexadecimal(4)) & 0x3FF
            }
            return "\\x{" + String(value, radix: 16) + "}"
        case "p", "P": return try property(negated: letter == 0x50)
        case "Q":
            var quoted = "\\Q"
            while position < source.count {
                if source[position] == 0x5C, position + 1 < source.count, source[position + 1] == 0x45 {
                    position += 2
                    break
                }
                quoted.unicodeScalars.append(Unicode.Scalar(source[position]) ?? "\u{FFFD}")
                position += 1
            }
            return quoted + "\\E"
        case "0":
            var value: UInt32 = 0
            var digits = 0
            while digits < 3, position < source.count, 0x30...0x37 ~= source[position] {
                value = value * 8 + source[position] - 0x30
                position += 1
                digits += 1
            }
            return "\\x{" + String(value, radix: 16) + "}"
        case "Z": return "(?=\\R?\\z)"
        default:
            var text = "\\"
            text.unicodeScalars.append(Unicode.Scalar(letter) ?? "\u{FFFD}")
            return text
        }
    }

    private mutating func hexadecimal(_ count: Int) throws(AnalysisError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<count {
            guard position < source.count, let digit = Character(Unicode.Scalar(source[position]) ?? " ").hexDigitValue
            else { throw AnalysisError("Illegal Unicode escape sequence near index \(position)") }
            value = value * 16 + UInt32(digit)
            position += 1
        }
        return value
    }

    private static let posix: [String: String] = [
        "Lower": "a-z", "Upper": "A-Z", "ASCII": "\\x00-\\x7F", "Alpha": "a-zA-Z", "Digit": "0-9", "Alnum": "a-zA-Z0-9",
        "Punct": "!-\\/:-@\\[-`{-~", "Graph": "!-~", "Print": "\\x20-~", "Blank": "\\x20\\t",
        "Cntrl": "\\x00-\\x1F\\x7F", "XDigit": "0-9a-fA-F", "Space": "\\x20\\t\\n\\x0B\\f\\r",
    ]

    private static let binary: [String: String] = [
        "javaLowerCase": "\\p{Ll}", "javaUpperCase": "\\p{Lu}", "javaWhitespace": "\\s", "javaLetter": "\\p{L}",
        "javaDigit": "\\p{Nd}", "javaLetterOrDigit": "\\p{Xan}", "IsAlphabetic": "\\p{L}", "IsLetter": "\\p{L}",
        "IsDigit": "\\p{Nd}", "IsLowercase": "\\p{Ll}", "IsUppercase": "\\p{Lu}", "IsPunctuation": "\\p{P}",
        "IsWhite_Space": "\\p{Xsp}", "IsIdeographic": "\\p{Han}", "L1": "\\x00-\\xFF", "all": "\\x{0}-\\x{10FFFF}",
        "LC": "\\p{L&}",
    ]

    /// \p{...}: in a class by itself, so that it works in and out of one.
    private mutating func property(negated: Bool) throws(AnalysisError) -> String {
        guard position < source.count else {
            throw AnalysisError("Unknown character property name near index \(position)")
        }
        var name = ""
        if source[position] == 0x7B {
            position += 1
            while position < source.count, source[position] != 0x7D {
                name.unicodeScalars.append(Unicode.Scalar(source[position]) ?? "\u{FFFD}")
                position += 1
            }
            position += 1
        } else {
            name.unicodeScalars.append(Unicode.Scalar(source[position]) ?? "\u{FFFD}")
            position += 1
        }
        let letter = negated ? "\\P" : "\\p"
        if let range = Self.posix[name] {
            return negated ? "\u{1}^" + range : "\u{1}" + range
        }
        if let known = Self.binary[name] {
            if known.hasPrefix("\\p") { return letter + known.dropFirst(2) }
            return negated ? "\u{1}^" + known : "\u{1}" + known
        }
        for prefix in ["script=", "sc=", "general_category=", "gc=", "blk=", "block=", "Is", "In"]
        where name.hasPrefix(prefix) {
            return letter + "{" + name.dropFirst(prefix.count) + "}"
        }
        return letter + "{" + name + "}"
    }

    /// A character class on its way: what it may hold, and what PCRE2 expression stands for it.
    private struct ClassExpression {
        /// What stands between brackets, if it can be one class.
        var items: String?
        /// The whole as an expression for one character.
        var expression: String
    }

    private mutating func readClass() throws(AnalysisError) -> ClassExpression {
        let start = position
        position += 1
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maxDepth else {
            throw AnalysisError("character classes are nested deeper than \(Self.maxDepth) near index \(start)")
        }
        var negated = false
        if position < source.count, source[position] == 0x5E {
            negated = true
            position += 1
        }
        // Operands of &&; each a list of plain items and of other expressions to unite.
        var operands: [(items: String, others: [String])] = [("", [])]
        var isFirst = true
        while true {
            guard position < source.count else {
                throw AnalysisError("Unclosed character class near index \(source.count - 1)")
            }
            let scalar = source[position]
            if scalar == 0x5D, !isFirst || operands.count > 1 || !operands[0].others.isEmpty {
                position += 1
                break
            }
            isFirst = false
            let last = operands.count - 1
            if scalar == 0x5B {
                let inner = try readClass()
                if let items = inner.items {
                    operands[last].items += items
                } else {
                    operands[last].others.append(inner.expression)
                }
            } else if scalar == 0x26, position + 1 < source.count, source[position + 1] == 0x26 {
                position += 2
                operands.append(("", []))
            } else if scalar == 0x5C {
                let piece = try escape(inClass: true)
                if piece.hasPrefix("\u{1}^") {
                    operands[last].others.append("[^" + piece.dropFirst(2) + "]")
                } else if piece.hasPrefix("\u{1}") {
                    operands[last].items += piece.dropFirst()
                } else if piece.hasPrefix("\\Q") {
                    for character in piece.dropFirst(2).dropLast(2).unicodeScalars {
                        operands[last].items += "\\x{" + String(character.value, radix: 16) + "}"
                    }
                } else {
                    operands[last].items += piece
                }
            } else {
                operands[last].items.unicodeScalars.append(Unicode.Scalar(scalar) ?? "\u{FFFD}")
                position += 1
            }
        }
        if start >= position { throw AnalysisError("Unclosed character class near index \(start)") }
        let nonEmpty = operands.filter { !$0.items.isEmpty || !$0.others.isEmpty }
        if nonEmpty.count <= 1 {
            let only = nonEmpty.first ?? ("", [])
            if only.others.isEmpty {
                return ClassExpression(
                    items: negated ? nil : only.items, expression: (negated ? "[^" : "[") + only.items + "]")
            }
        }
        let parts = nonEmpty.map { operand -> String in
            var choices = operand.others
            if !operand.items.isEmpty { choices.append("[" + operand.items + "]") }
            return choices.count == 1 ? choices[0] : "(?:" + choices.joined(separator: "|") + ")"
        }
        let checks = parts.dropLast().map { "(?=" + $0 + ")" }.joined()
        let positive = "(?:" + checks + (parts.last ?? "(?!)") + ")"
        return ClassExpression(items: nil, expression: negated ? "(?:(?!" + positive + ")[\\s\\S])" : positive)
    }
}
