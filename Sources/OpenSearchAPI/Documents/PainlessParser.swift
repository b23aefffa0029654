internal import JSON

/// Reads the part of Painless that ``PainlessScript`` runs.
struct PainlessParser {
    private enum Token: Equatable {
        case name(String)
        case number(String)
        case text(String)
        case symbol(String)
    }

    private var tokens: [Token] = []
    private var position = 0

    init(_ text: String) throws(PainlessError) {
        guard text.utf8.count <= 65535 else { throw PainlessError("the script is longer than 65535 bytes") }
        var rest = text[...]
        while let character = rest.first {
            if character.isWhitespace {
                rest.removeFirst()
            } else if rest.hasPrefix("//") {
                rest = rest.drop { !$0.isNewline }
            } else if character.isLetter || character == "_" {
                let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
                tokens.append(.name(String(name)))
                rest = rest.dropFirst(name.count)
            } else if character.isNumber {
                let number = rest.prefix { $0.isNumber || $0 == "." || $0 == "e" || $0 == "E" }
                tokens.append(.number(String(number)))
                rest = rest.dropFirst(number.count)
                if let suffix = rest.first, "LlDdFf".contains(suffix) { rest.removeFirst() }
            } else if character == "'" || character == "\"" {
                rest.removeFirst()
                var value = ""
                while let next = rest.first, next != character {
                    rest.removeFirst()
                    if next == "\\" {
                        guard let escaped = rest.popFirst() else { break }
                        value.append(escaped == "n" ? "\n" : escaped == "t" ? "\t" : escaped)
                    } else {
                        value.append(next)
                    }
                }
                guard rest.popFirst() != nil else { throw PainlessError("a text is not closed") }
                tokens.append(.text(value))
            } else {
                let double = String(rest.prefix(2))
                let symbol = ["+=", "-=", "*=", "/=", "++", "--"].contains(double) ? double : String(character)
                tokens.append(.symbol(symbol))
                rest = rest.dropFirst(symbol.count)
            }
        }
    }

    mutating func statements() throws(PainlessError) -> [PainlessStatement] {
        var result: [PainlessStatement] = []
        while position < tokens.count {
            if take(";") { continue }
            result.append(try statement())
            guard position == tokens.count || take(";") else { throw unexpected() }
        }
        return result
    }

    private mutating func statement() throws(PainlessError) -> PainlessStatement {
        guard takeName("ctx"), take(".") else { throw unexpected() }
        if takeName("op") {
            guard take("=") else { throw unexpected() }
            return .setOperation(try expression())
        }
        guard takeName("_source") else { throw unexpected() }
        let path = try members()
        if take("=") { return .assign(path, try expression()) }
        for (symbol, sign) in [("+=", "+"), ("-=", "-"), ("*=", "*"), ("/=", "/")] as [(String, Character)]
        where take(symbol) {
            return .combine(path, sign, try expression())
        }
        if take("++") { return .combine(path, "+", .literal(1)) }
        if take("--") { return .combine(path, "-", .literal(1)) }
        if take("("), let method = path.last {
            let argument = try expression()
            guard take(")") else { throw unexpected() }
            switch method {
            case "remove": return .remove(path.dropLast(), argument)
            case "add": return .append(path.dropLast(), argument)
            default: throw PainlessError("the method [\(method)] is unknown")
            }
        }
        throw unexpected()
    }

    /// Reads members behind one another: `.a.b['c']`.
    private mutating func members() throws(PainlessError) -> [String] {
        var path: [String] = []
        while true {
            if take(".") {
                guard position < tokens.count, case .name(let name) = tokens[position] else { throw unexpected() }
                position += 1
                path.append(name)
            } else if take("[") {
                guard position < tokens.count, case .text(let name) = tokens[position] else { throw unexpected() }
                position += 1
                path.append(name)
                guard take("]") else { throw unexpected() }
            } else {
                return path
            }
        }
    }

    private mutating func expression(_ depth: Int = 0) throws(PainlessError) -> PainlessExpression {
        var left = try product(depth)
        while true {
            if take("+") {
                left = .arithmetic("+", left, try product(depth))
            } else if take("-") {
                left = .arithmetic("-", left, try product(depth))
            } else {
                return left
            }
        }
    }

    private mutating func product(_ depth: Int) throws(PainlessError) -> PainlessExpression {
        var left = try atom(depth)
        while true {
            if take("*") {
                left = .arithmetic("*", left, try atom(depth))
            } else if take("/") {
                left = .arithmetic("/", left, try atom(depth))
            } else if take("%") {
                left = .arithmetic("%", left, try atom(depth))
            } else {
                return left
            }
        }
    }

    private mutating func atom(_ depth: Int) throws(PainlessError) -> PainlessExpression {
        guard position < tokens.count, depth < 64 else { throw unexpected() }
        let token = tokens[position]
        position += 1
        switch token {
        case .text(let text): return .literal(.string(text))
        case .number(let text):
            if let number = Int(text) { return .literal(.number(JSONNumber(number))) }
            if let number = Double(text) { return .literal(.number(JSONNumber(number))) }
        case .symbol("-"): return .arithmetic("-", .literal(0), try atom(depth + 1))
        case .symbol("("):
            let inner = try expression(depth + 1)
            if take(")") { return inner }
        case .symbol("["):
            var elements: [PainlessExpression] = []
            while !take("]") {
                elements.append(try expression(depth + 1))
                guard take(",") || tokens.indices.contains(position) && tokens[position] == .symbol("]") else {
                    throw unexpected()
                }
            }
            return .list(elements)
        case .name("true"): return .literal(true)
        case .name("false"): return .literal(false)
        case .name("null"): return .literal(.null)
        case .name("params"): return .parameter(try members())
        case .name("ctx"):
            var path = try members()
            guard let first = path.first else { break }
            path.removeFirst()
            return first == "_source" ? .source(path) : .fact(first)
        default: break
        }
        position -= 1
        throw unexpected()
    }

    private mutating func take(_ symbol: String) -> Bool {
        guard position < tokens.count, tokens[position] == .symbol(symbol) else { return false }
        position += 1
        return true
    }

    private mutating func takeName(_ name: String) -> Bool {
        guard position < tokens.count, tokens[position] == .name(name) else { return false }
        position += 1
        return true
    }

    private func unexpected() -> PainlessError {
        guard position < tokens.count else { return PainlessError("unexpected end of script") }
        return switch tokens[position] {
        case .name(let text), .number(let text), .symbol(let text): PainlessError("unexpected token [\(text)]")
        case .text(let text): PainlessError("unexpected token ['\(text)']")
        }
    }
}
