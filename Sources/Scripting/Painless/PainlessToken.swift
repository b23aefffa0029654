/// A word of a program.
enum PainlessToken: Equatable {
    case name(String)
    case number(String)
    case text(String)
    case symbol(String)

    /// Symbols of more than one character, longest first.
    private static let symbols = [
        "===", "!==", "==", "!=", "<=", ">=", "&&", "||", "?.", "?:", "+=", "-=", "*=", "/=", "%=", "++", "--",
    ]

    /// The words of a text.
    static func read(_ text: String) throws(PainlessError) -> [PainlessToken] {
        var tokens: [PainlessToken] = []
        var rest = text[...]
        while let character = rest.first {
            if character.isWhitespace {
                rest.removeFirst()
            } else if rest.hasPrefix("//") {
                rest = rest.drop { !$0.isNewline }
            } else if rest.hasPrefix("/*") {
                rest = rest.dropFirst(2)
                while !rest.isEmpty, !rest.hasPrefix("*/") { rest.removeFirst() }
                rest = rest.dropFirst(2)
            } else if character.isLetter || character == "_" {
                let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
                tokens.append(.name(String(name)))
                rest = rest.dropFirst(name.count)
            } else if character.isNumber {
                tokens.append(.number(number(&rest, isElement: [.symbol("."), .symbol("?.")].contains(tokens.last))))
            } else if character == "'" || character == "\"" {
                tokens.append(.text(try quoted(character, &rest)))
            } else {
                let symbol = symbols.first { rest.hasPrefix($0) } ?? String(character)
                tokens.append(.symbol(symbol))
                rest = rest.dropFirst(symbol.count)
            }
        }
        return tokens
    }

    /// A number; behind a dot, which stands before the number of an element, it is whole.
    private static func number(_ rest: inout Substring, isElement: Bool) -> String {
        var number = rest.prefix { $0.isNumber }
        if isElement {
            rest = rest.dropFirst(number.count)
            return String(number)
        }
        func take(_ count: Int) { number = rest.prefix(number.count + count) }
        if let dot = rest.dropFirst(number.count).first, dot == ".",
            rest.dropFirst(number.count + 1).first?.isNumber == true
        {
            take(1 + rest.dropFirst(number.count + 1).prefix { $0.isNumber }.count)
        }
        let exponent = rest.dropFirst(number.count)
        if let mark = exponent.first, mark == "e" || mark == "E" {
            let sign = exponent.dropFirst().first.map { $0 == "+" || $0 == "-" } == true ? 1 : 0
            let digits = exponent.dropFirst(1 + sign).prefix { $0.isNumber }.count
            if digits > 0 { take(1 + sign + digits) }
        }
        rest = rest.dropFirst(number.count)
        if let suffix = rest.first, "LlDdFf".contains(suffix) { rest.removeFirst() }
        return String(number)
    }

    private static func quoted(_ quote: Character, _ rest: inout Substring) throws(PainlessError) -> String {
        rest.removeFirst()
        var value = ""
        while let next = rest.first, next != quote {
            rest.removeFirst()
            if next == "\\" {
                guard let escaped = rest.popFirst() else { break }
                value.append(escaped == "n" ? "\n" : escaped == "t" ? "\t" : escaped)
            } else {
                value.append(next)
            }
        }
        guard rest.popFirst() != nil else { throw PainlessError("a text is not closed") }
        return value
    }

    /// How an error shows the word.
    var shown: String {
        switch self {
        case .name(let text), .number(let text), .symbol(let text): "[\(text)]"
        case .text(let text): "['\(text)']"
        }
    }
}
