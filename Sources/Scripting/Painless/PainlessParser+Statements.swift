import JSON

/// Statements and functions.
extension PainlessParser {
    /// All functions and statements.
    mutating func program() throws(PainlessError) -> PainlessProgram.Body {
        var functions: [String: PainlessFunction] = [:]
        while case .name(let type)? = token, type == "void" || Self.types.contains(type),
            case .name(let name)? = token(after: 1), token(after: 2) == .symbol("(")
        {
            position += 3
            guard functions[name] == nil else { throw PainlessError("the function [\(name)] is there twice") }
            functions[name] = try function(name)
        }
        var statements: [PainlessStatement] = []
        while position < tokens.count {
            if take(";") { continue }
            statements.append(try statement())
        }
        return PainlessProgram.Body(functions: functions, statements: statements)
    }

    /// Parameters and statements of a function; it sees nothing but its parameters.
    private mutating func function(_ name: String) throws(PainlessError) -> PainlessFunction {
        let (outer, outerLoops) = (names, loops)
        defer { (names, loops) = (outer, outerLoops) }
        var parameters: [String] = []
        names = []
        loops = 0
        while !take(")") {
            guard case .name(let type)? = token, Self.types.contains(type), case .name(let parameter)? = token(after: 1)
            else { throw unexpected() }
            position += 2
            parameters.append(parameter)
            names.insert(parameter)
            guard take(",") || peek(")") else { throw unexpected() }
        }
        signatures[name] = parameters.count
        guard peek("{") else { throw unexpected() }
        return PainlessFunction(parameters: parameters, statements: try block())
    }

    // MARK: Statements

    private mutating func statement() throws(PainlessError) -> PainlessStatement {
        try enter()
        defer { depth -= 1 }
        if takeName("if") { return try choice() }
        if takeName("for") { return try loop() }
        if takeName("while") {
            try expect("(")
            let condition = try expression()
            try expect(")")
            return .loop(condition, then: [], try body())
        }
        let statement: PainlessStatement
        if takeName("return") {
            let value: PainlessExpression? = position == tokens.count || peek(";") || peek("}") ? nil : try expression()
            statement = .leave(value)
        } else if loops > 0, takeName("break") {
            statement = .stop
        } else if loops > 0, takeName("continue") {
            statement = .skip
        } else if takeName("throw") {
            guard takeName("new"), case .name(let type)? = token else { throw unexpected() }
            position += 1
            try expect("(")
            statement = .fail(type, try arguments(until: ")").first)
        } else {
            statement = try simple()
        }
        guard position == tokens.count || take(";") || peek("}") else { throw unexpected() }
        return statement
    }

    /// A declaration, an assignment or an expression, without the end of a statement.
    private mutating func simple() throws(PainlessError) -> PainlessStatement {
        if case .name(let type)? = token, Self.types.contains(type), case .name(let name)? = token(after: 1) {
            position += 2
            let value: PainlessExpression? = take("=") ? try expression() : nil
            names.insert(name)
            return .declare(name, value)
        }
        for (sign, operation) in [("++", PainlessOperator.add), ("--", .subtract)] where take(sign) {
            let start = position
            let target = try expression()
            try check(target, start)
            return .combine(target, operation, .literal(1))
        }
        let start = position
        let target = try expression()
        if take("=") {
            try check(target, start)
            return .assign(target, try expression())
        }
        if let sign = ["+=", "-=", "*=", "/=", "%="].first(where: { peek($0) }) {
            position += 1
            try check(target, start)
            return .combine(target, PainlessOperator(rawValue: String(sign.prefix(1))) ?? .add, try expression())
        }
        for (sign, operation) in [("++", PainlessOperator.add), ("--", .subtract)] where take(sign) {
            try check(target, start)
            return .combine(target, operation, .literal(1))
        }
        return .evaluate(target)
    }

    /// What stands left of `=` must be a place.
    private func check(_ target: PainlessExpression, _ start: Int) throws(PainlessError) {
        switch target {
        case .variable, .member, .element: return
        default: throw PainlessError("invalid left-hand side of an assignment at \(tokens[start].shown)")
        }
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

    /// What a loop repeats.
    private mutating func body() throws(PainlessError) -> [PainlessStatement] {
        loops += 1
        defer { loops -= 1 }
        return try block()
    }

    private mutating func choice() throws(PainlessError) -> PainlessStatement {
        try expect("(")
        let condition = try expression()
        try expect(")")
        let then = try block()
        return .choose(condition, then, takeName("else") ? try block() : [])
    }

    /// `for (x in list)`, `for (def x : list)` or `for (int i = 0; i < n; i++)`.
    private mutating func loop() throws(PainlessError) -> PainlessStatement {
        try expect("(")
        let start = position
        if case .name(let type)? = token, Self.types.contains(type) { position += 1 }
        if case .name(let name)? = token, [.symbol(":"), .name("in")].contains(token(after: 1)) {
            position += 2
            names.insert(name)
            let list = try expression()
            try expect(")")
            return .forEach(name, list, try body())
        }
        position = start
        let first: PainlessStatement? = peek(";") ? nil : try simple()
        try expect(";")
        let condition: PainlessExpression? = peek(";") ? nil : try expression()
        try expect(";")
        var then: [PainlessStatement] = []
        while !take(")") {
            then.append(try simple())
            guard take(",") || peek(")") else { throw unexpected() }
        }
        let loop = PainlessStatement.loop(condition ?? .literal(true), then: then, try body())
        return first.map { .sequence([$0, loop]) } ?? loop
    }
}
