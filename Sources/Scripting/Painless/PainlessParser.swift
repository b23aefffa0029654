import JSON

/// Reads the part of Painless that ``PainlessProgram`` runs.
struct PainlessParser {
    private let tokens: [PainlessToken]
    private var position = 0
    private var depth = 0
    /// Names that may be read: `ctx`, `params` and what was declared.
    private var names: Set<String> = ["ctx", "params"]

    /// Expressions and statements inside one another at most.
    private static let maximumDepth = 64
    /// Operators or members in a row at most: trees lean to one side as deep as a row is long.
    private static let maximumRow = 500
    private static let types: Set<String> = [
        "def", "int", "long", "double", "float", "boolean", "String", "List", "Map", "Object", "ArrayList", "HashMap",
    ]
    private static let functions: Set<String> = ["Math", "Integer", "Long", "Double", "Float", "Boolean", "String"]

    init(tokens: [PainlessToken]) { self.tokens = tokens }

    /// All statements.
    mutating func program() throws(PainlessError) -> [PainlessStatement] {
        var result: [PainlessStatement] = []
        while position < tokens.count {
            if take(";") { continue }
            result.append(try statement())
        }
        return result
    }

    // MARK: Statements

    private mutating func statement() throws(PainlessError) -> PainlessStatement {
        try enter()
        defer { depth -= 1 }
        if takeName("if") { return try choice() }
        if takeName("for") { return try loop() }
        if takeName("return") {
            let value: PainlessExpression? = position == tokens.count || peek(";") ? nil : try expression()
            try endStatement()
            return .leave(value)
        }
        if case .name(let type)? = token, Self.types.contains(type), case .name(let name)? = token(after: 1) {
            position += 2
            let value: PainlessExpression? = take("=") ? try expression() : nil
            names.insert(name)
            try endStatement()
            return .declare(name, value)
        }
        let start = position
        let target = try expression()
        let result: PainlessStatement
        if take("=") {
            try check(target, start)
            result = .assign(target, try expression())
        } else if let sign = ["+=", "-=", "*=", "/=", "%="].first(where: { peek($0) }) {
            position += 1
            try check(target, start)
            result = .combine(target, PainlessOperator(rawValue: String(sign.prefix(1))) ?? .add, try expression())
        } else if take("++") {
            try check(target, start)
            result = .combine(target, .add, .literal(1))
        } else if take("--") {
            try check(target, start)
            result = .combine(target, .subtract, .literal(1))
        } else {
            result = .evaluate(target)
        }
        try endStatement()
        return result
    }

    /// What stands left of `=` must be a place.
    private func check(_ target: PainlessExpression, _ start: Int) throws(PainlessError) {
        switch target {
        case .variable, .member, .element: return
        default: throw PainlessError("invalid left-hand side of an assignment at \(tokens[start].shown)")
        }
    }

    private mutating func endStatement() throws(PainlessError) {
        guard position == tokens.count || take(";") || peek("}") else { throw unexpected() }
    }

    private mutating func block() throws(PainlessError) -> [PainlessStatement] {
        guard take("{") else {
            if take(";") { return [] }
            return [try statement()]
        }
        var result: [PainlessStatement] = []
        while !take("}") {
            if take(";") { continue }
            guard position < tokens.count else { throw unexpected() }
            result.append(try statement())
        }
        return result
    }

    private mutating func choice() throws(PainlessError) -> PainlessStatement {
        try expect("(")
        let condition = try expression()
        try expect(")")
        let then = try block()
        return .choose(condition, then, takeName("else") ? try block() : [])
    }

    private mutating func loop() throws(PainlessError) -> PainlessStatement {
        try expect("(")
        if case .name(let type)? = token, Self.types.contains(type) { position += 1 }
        guard case .name(let name)? = token else { throw unexpected() }
        position += 1
        guard take(":") || takeName("in") else { throw unexpected() }
        names.insert(name)
        let list = try expression()
        try expect(")")
        return .forEach(name, list, try block())
    }

    // MARK: Expressions

    private mutating func expression() throws(PainlessError) -> PainlessExpression {
        try enter()
        defer { depth -= 1 }
        let condition = try row(0)
        if take("?") {
            let yes = try expression()
            try expect(":")
            return .conditional(condition, yes, try expression())
        }
        if take("?:") { return .binary(.elvis, condition, try expression()) }
        return condition
    }

    /// Operators from the weakest to the strongest.
    private static let levels: [[String]] = [
        ["||"], ["&&"], ["==", "!=", "===", "!=="], ["<=", ">=", "<", ">"], ["+", "-"], ["*", "/", "%"],
    ]

    private mutating func row(_ level: Int) throws(PainlessError) -> PainlessExpression {
        guard level < Self.levels.count else { return try unary() }
        var left = try row(level + 1)
        var count = 0
        while true {
            if level == 3, takeName("instanceof") {
                guard case .name(let type)? = token else { throw unexpected() }
                position += 1
                left = .isInstance(left, type: type)
                continue
            }
            guard let sign = Self.levels[level].first(where: { peek($0) }) else { return left }
            position += 1
            count += 1
            guard count <= Self.maximumRow else {
                throw PainlessError("more than \(Self.maximumRow) operators in a row")
            }
            // Values have no identity here: === is ==.
            let name = sign == "===" ? "==" : sign == "!==" ? "!=" : sign
            guard let known = PainlessOperator(rawValue: name) else { throw unexpected() }
            left = .binary(known, left, try row(level + 1))
        }
    }

    private mutating func unary() throws(PainlessError) -> PainlessExpression {
        try enter()
        defer { depth -= 1 }
        if take("!") { return .not(try unary()) }
        if take("-") { return .binary(.subtract, .literal(0), try unary()) }
        if take("+") { return try unary() }
        return try postfix()
    }

    private mutating func postfix() throws(PainlessError) -> PainlessExpression {
        var value = try atom()
        var count = 0
        while true {
            count += 1
            guard count <= Self.maximumRow else { throw PainlessError("more than \(Self.maximumRow) members in a row") }
            let isSafe = peek("?.")
            if take(".") || take("?.") {
                let name: String
                switch token {
                case .name(let text)?, .number(let text)?: name = text
                default: throw unexpected()
                }
                position += 1
                if take("(") {
                    value = .call(value, name, try arguments(until: ")"), isSafe: isSafe)
                } else {
                    value = .member(value, name, isSafe: isSafe)
                }
            } else if take("[") {
                let index = try expression()
                try expect("]")
                value = .element(value, index)
            } else {
                return value
            }
        }
    }

    private mutating func arguments(until end: String) throws(PainlessError) -> [PainlessExpression] {
        var result: [PainlessExpression] = []
        while !take(end) {
            result.append(try expression())
            guard take(",") || peek(end) else { throw unexpected() }
        }
        return result
    }

    private mutating func atom() throws(PainlessError) -> PainlessExpression {
        guard let token else { throw unexpected() }
        position += 1
        switch token {
        case .text(let text): return .literal(.string(text))
        case .number(let text):
            if let number = Int(text) { return .literal(.number(JSONNumber(number))) }
            if let number = Double(text) { return .literal(.number(JSONNumber(number))) }
        case .symbol("("):
            let inner = try expression()
            try expect(")")
            return inner
        case .symbol("["):
            if take(":") {
                try expect("]")
                return .map([])
            }
            return try literalCollection()
        case .name("true"): return .literal(true)
        case .name("false"): return .literal(false)
        case .name("null"): return .literal(.null)
        case .name("new"):
            guard case .name(let type)? = self.token, ["ArrayList", "HashMap"].contains(type) else { break }
            position += 1
            try expect("(")
            try expect(")")
            return type == "ArrayList" ? .list([]) : .map([])
        case .name(let name) where names.contains(name): return .variable(name)
        case .name(let type) where Self.functions.contains(type) && peek("."):
            position += 1
            guard case .name(let name)? = self.token else { throw unexpected() }
            position += 1
            try expect("(")
            return .function(type: type, name: name, try arguments(until: ")"))
        default: break
        }
        position -= 1
        throw unexpected()
    }

    /// A list, or a map: `['a': 1]`.
    private mutating func literalCollection() throws(PainlessError) -> PainlessExpression {
        if take("]") { return .list([]) }
        let first = try expression()
        guard take(":") else {
            guard take(",") else {
                try expect("]")
                return .list([first])
            }
            return .list([first] + (try arguments(until: "]")))
        }
        var members = [(key: first, value: try expression())]
        while take(",") {
            let key = try expression()
            try expect(":")
            members.append((key: key, value: try expression()))
        }
        try expect("]")
        return .map(members)
    }

    // MARK: Words

    private var token: PainlessToken? { position < tokens.count ? tokens[position] : nil }

    private func token(after count: Int) -> PainlessToken? {
        position + count < tokens.count ? tokens[position + count] : nil
    }

    private func peek(_ symbol: String) -> Bool { token == .symbol(symbol) }

    private mutating func take(_ symbol: String) -> Bool {
        guard peek(symbol) else { return false }
        position += 1
        return true
    }

    private mutating func takeName(_ name: String) -> Bool {
        guard token == .name(name) else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ symbol: String) throws(PainlessError) {
        guard take(symbol) else { throw unexpected() }
    }

    private mutating func enter() throws(PainlessError) {
        depth += 1
        guard depth <= Self.maximumDepth * 2 else {
            depth -= 1
            throw PainlessError("expressions are nested deeper than \(Self.maximumDepth)")
        }
    }

    private func unexpected() -> PainlessError {
        guard let token else { return PainlessError("unexpected end of script") }
        return PainlessError("unexpected token \(token.shown)")
    }
}
