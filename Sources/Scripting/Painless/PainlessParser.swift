import JSON

/// Reads the part of Painless that ``PainlessProgram`` runs.
struct PainlessParser {
    let tokens: [PainlessToken]
    var position = 0
    var depth = 0
    /// Names that may be read: those that are given, and what was declared.
    var names: Set<String>
    /// Loops around the statement that is read.
    var loops = 0
    /// How high the tree of the expression is that was read last.
    private var height = 0
    /// Functions of the program: how many parameters each has.
    var signatures: [String: Int] = [:]

    /// Expressions and statements inside one another at most.
    private static let maximumDepth = 64
    /// Operators or members in a row at most: trees lean to one side as high as a row is long.
    private static let maximumRow = 500
    /// The highest tree of an expression.
    private static let maximumHeight = 1000
    static let types: Set<String> = [
        "def", "int", "long", "double", "float", "boolean", "String", "List", "Map", "Object", "ArrayList", "HashMap",
        "StringBuilder", "Integer", "Long", "Double", "Float", "Boolean", "Number",
    ]
    private static let functions: Set<String> = ["Math", "Integer", "Long", "Double", "Float", "Boolean", "String"]

    /// - Parameter names: what can be read beside what the program declares.
    init(tokens: [PainlessToken], names: Set<String>) {
        self.tokens = tokens
        self.names = names
    }

    // MARK: Expressions

    mutating func expression() throws(PainlessError) -> PainlessExpression {
        try enter()
        defer { depth -= 1 }
        let condition = try row(0)
        let before = height
        if take("?") {
            let yes = try expression()
            let second = max(before, height)
            try expect(":")
            let result = PainlessExpression.conditional(condition, yes, try expression())
            try grow(over: second)
            return result
        }
        if take("?:") {
            let result = PainlessExpression.binary(.elvis, condition, try expression())
            try grow(over: before)
            return result
        }
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
                try grow(over: 0)
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
            let before = height
            left = .binary(known, left, try row(level + 1))
            try grow(over: before)
        }
    }

    private mutating func unary() throws(PainlessError) -> PainlessExpression {
        try enter()
        defer { depth -= 1 }
        defer { height += 1 }
        if take("!") { return .not(try unary()) }
        if take("-") { return .binary(.subtract, .literal(0), try unary()) }
        if take("+") { return try unary() }
        if peek("("), case .name(let type)? = token(after: 1), Self.types.contains(type),
            token(after: 2) == .symbol(")")
        {
            position += 3
            return .cast(try unary(), type: type)
        }
        return try postfix()
    }

    private mutating func postfix() throws(PainlessError) -> PainlessExpression {
        var value = try atom()
        var count = 0
        while true {
            count += 1
            guard count <= Self.maximumRow else { throw PainlessError("more than \(Self.maximumRow) members in a row") }
            let before = height
            defer { height = max(before, height) + 1 }
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

    mutating func arguments(until end: String) throws(PainlessError) -> [PainlessExpression] {
        var result: [PainlessExpression] = []
        var highest = 0
        defer { height = highest }
        while !take(end) {
            result.append(try expression())
            highest = max(highest, height)
            guard take(",") || peek(end) else { throw unexpected() }
        }
        return result
    }

    private mutating func atom() throws(PainlessError) -> PainlessExpression {
        guard let token else { throw unexpected() }
        position += 1
        height = 0
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
            guard case .name(let type)? = self.token, ["ArrayList", "HashMap", "StringBuilder"].contains(type) else {
                break
            }
            position += 1
            try expect("(")
            let arguments = try arguments(until: ")")
            guard arguments.count <= (type == "StringBuilder" ? 1 : 0) else {
                throw PainlessError("new \(type) takes fewer arguments than \(arguments.count)")
            }
            if type == "StringBuilder" { return .builder(arguments.first) }
            return type == "ArrayList" ? .list([]) : .map([])
        case .name(let name) where peek("(") && signatures[name] != nil:
            position += 1
            let arguments = try arguments(until: ")")
            guard arguments.count == signatures[name] else {
                throw PainlessError("the function [\(name)] takes \(signatures[name] ?? 0) arguments")
            }
            return .invoke(name, arguments)
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
        var highest = 0
        defer { height = highest + 1 }
        func part(_ parser: inout Self) throws(PainlessError) -> PainlessExpression {
            let part = try parser.expression()
            highest = max(highest, parser.height)
            return part
        }
        let first = try part(&self)
        guard take(":") else {
            guard take(",") else {
                try expect("]")
                return .list([first])
            }
            let others = try arguments(until: "]")
            highest = max(highest, height)
            return .list([first] + others)
        }
        var members = [(key: first, value: try part(&self))]
        while take(",") {
            let key = try part(&self)
            try expect(":")
            members.append((key: key, value: try part(&self)))
        }
        try expect("]")
        return .map(members)
    }

    /// Adds a level to the tree that was read last.
    ///
    /// - Parameter other: the height of the other part of the new level.
    private mutating func grow(over other: Int) throws(PainlessError) {
        height = max(height, other) + 1
        guard height <= Self.maximumHeight else {
            throw PainlessError("expressions are nested deeper than \(Self.maximumHeight) operators and members")
        }
    }

    // MARK: Words

    var token: PainlessToken? { position < tokens.count ? tokens[position] : nil }

    func token(after count: Int) -> PainlessToken? {
        position + count < tokens.count ? tokens[position + count] : nil
    }

    func peek(_ symbol: String) -> Bool { token == .symbol(symbol) }

    mutating func take(_ symbol: String) -> Bool {
        guard peek(symbol) else { return false }
        position += 1
        return true
    }

    mutating func takeName(_ name: String) -> Bool {
        guard token == .name(name) else { return false }
        position += 1
        return true
    }

    mutating func expect(_ symbol: String) throws(PainlessError) {
        guard take(symbol) else { throw unexpected() }
    }

    mutating func enter() throws(PainlessError) {
        depth += 1
        guard depth <= Self.maximumDepth * 2 else {
            depth -= 1
            throw PainlessError("expressions are nested deeper than \(Self.maximumDepth)")
        }
    }

    func unexpected() -> PainlessError {
        guard let token else { return PainlessError("unexpected end of script") }
        return PainlessError("unexpected token \(token.shown)")
    }
}
