/// The tree of a `query_string` text, by the grammar of Lucene's classic parser.
struct QueryStringParser {
    indirect enum Node: Equatable {
        case text(field: String?, String, isMultiTerm: Bool)
        case phrase(field: String?, String, slop: Int?)
        case prefix(field: String?, String)
        case wildcard(field: String?, String)
        case regexp(field: String?, String)
        case fuzzy(field: String?, String, edits: Float?)
        case range(field: String?, lower: String?, upper: String?, includesLower: Bool, includesUpper: Bool)
        case boost(Node, Float)
        case boolean([Clause])
    }

    enum Occurrence {
        case must, should, mustNot
    }

    struct Clause: Equatable {
        var occurrence: Occurrence
        var node: Node
    }

    private var tokens: [QueryStringToken]
    private var at = 0
    private let defaultOperator: ClauseOperator
    private var depth = 0

    private init(tokens: [QueryStringToken], defaultOperator: ClauseOperator) {
        self.tokens = tokens
        self.defaultOperator = defaultOperator
    }

    /// Reads a text; `nil` if it is empty.
    ///
    /// - Throws: ``SearchError`` of type `parse_exception`.
    static func parse(_ text: String, defaultOperator: ClauseOperator) throws -> Node? {
        var parser = QueryStringParser(tokens: try QueryStringLexer.tokens(text), defaultOperator: defaultOperator)
        if parser.tokens.count == 1 { return nil }
        let node = try parser.query(field: nil)
        if parser.current != .end { throw parser.unexpected() }
        return node
    }

    private var current: QueryStringToken { tokens[at] }

    private func peek(_ distance: Int) -> QueryStringToken { tokens[min(at + distance, tokens.count - 1)] }

    private func unexpected() -> SearchError {
        let name: String
        switch current {
        case .end: name = "<EOF>"
        case .and: name = "AND"
        case .or: name = "OR"
        case .not: name = "NOT"
        case .rightParenthesis: name = ")"
        case .colon: name = ":"
        case .term(let text): name = text
        default: name = "\(current)"
        }
        return SearchError(
            type: "parse_exception",
            reason: "Encountered \"\(name)\" at token \(at + 1): a term, a phrase or \"(\" was expected"
        ).during(.query)
    }

    private enum Conjunction {
        case none, and, or
    }

    private enum Modifier {
        case none, required, prohibited
    }

    private mutating func query(field: String?) throws -> Node {
        depth += 1
        defer { depth -= 1 }
        if depth > 100 {
            throw SearchError(type: "parse_exception", reason: "query is nested more than 100 levels deep").during(
                .query)
        }
        var clauses: [Clause] = []
        var firstAlone: Node?
        if let words = multiTerm() {
            clauses.append(Clause(occurrence: standard, node: .text(field: field, words, isMultiTerm: true)))
        } else {
            let modifier = self.modifier()
            let node = try clause(field: field)
            add(&clauses, .none, modifier, node)
            if modifier == .none { firstAlone = node }
        }
        while current != .end, current != .rightParenthesis {
            if let words = multiTerm() {
                clauses.append(Clause(occurrence: standard, node: .text(field: field, words, isMultiTerm: true)))
                continue
            }
            var conjunction = Conjunction.none
            if current == .and { conjunction = .and }
            if current == .or { conjunction = .or }
            if conjunction != .none { at += 1 }
            let modifier = self.modifier()
            add(&clauses, conjunction, modifier, try clause(field: field))
        }
        if clauses.count == 1 {
            if let firstAlone { return firstAlone }
            if case .text(_, _, true) = clauses[0].node { return clauses[0].node }
        }
        return .boolean(clauses)
    }

    private var standard: Occurrence { defaultOperator == .and ? .must : .should }

    /// Words beside one another are analysed as one text.
    private mutating func multiTerm() -> String? {
        guard case .term(var words) = current, case .term = peek(1), allowsMultiTerm(peek(2)) else { return nil }
        at += 1
        while case .term(let next) = current, allowsMultiTerm(peek(1)) {
            words += " " + next
            at += 1
        }
        return Self.unescaped(words)
    }

    private func allowsMultiTerm(_ token: QueryStringToken) -> Bool {
        switch token {
        case .colon, .star, .tilde, .caret, .and, .or: false
        default: true
        }
    }

    private mutating func modifier() -> Modifier {
        switch current {
        case .plus:
            at += 1
            return .required
        case .minus, .not:
            at += 1
            return .prohibited
        default: return .none
        }
    }

    /// The classic parser's precedence: AND makes both sides required, OR with AND by default makes both optional.
    private func add(_ clauses: inout [Clause], _ conjunction: Conjunction, _ modifier: Modifier, _ node: Node) {
        if let last = clauses.indices.last, clauses[last].occurrence != .mustNot {
            if conjunction == .and { clauses[last].occurrence = .must }
            if conjunction == .or, defaultOperator == .and { clauses[last].occurrence = .should }
        }
        let occurrence: Occurrence
        if modifier == .prohibited {
            occurrence = .mustNot
        } else if defaultOperator == .or {
            occurrence = modifier == .required || conjunction == .and ? .must : .should
        } else {
            occurrence = conjunction == .or ? .should : .must
        }
        clauses.append(Clause(occurrence: occurrence, node: node))
    }

    private mutating func clause(field outer: String?) throws -> Node {
        var field = outer
        if peek(1) == .colon {
            if case .term(let name) = current {
                field = Self.unescaped(name)
                at += 2
            } else if current == .star {
                field = "*"
                at += 2
            } else if case .prefix(let name) = current {
                field = Self.unescaped(name) + "*"
                at += 2
            } else if case .wildcard(let name) = current {
                field = Self.unescaped(name)
                at += 2
            }
        }
        if current == .leftParenthesis {
            at += 1
            let node = try query(field: field)
            guard current == .rightParenthesis else { throw unexpected() }
            at += 1
            return try boosted(node)
        }
        return try term(field: field)
    }

    private mutating func boosted(_ node: Node) throws -> Node {
        guard case .caret(let number) = current else { return node }
        at += 1
        guard let factor = Float(number) else { throw unexpected() }
        return factor == 1 ? node : .boost(node, factor)
    }

    private mutating func term(field: String?) throws -> Node {
        let token = current
        at += 1
        var node: Node
        switch token {
        case .term(let text): node = .text(field: field, Self.unescaped(text), isMultiTerm: false)
        case .star: node = .wildcard(field: field, "*")
        case .prefix(let text): node = .prefix(field: field, Self.unescaped(text))
        case .wildcard(let text): node = .wildcard(field: field, text)
        case .regexp(let text): node = .regexp(field: field, text)
        case .quoted(let text):
            var slop: Int?
            if case .tilde(let number) = current {
                at += 1
                slop = Float(number).map { Int(min($0, Float(Int32.max))) }
            }
            node = .phrase(field: field, Self.unescaped(text), slop: slop)
        case .range(let lower, let upper, let includesLower, let includesUpper):
            node = .range(
                field: field, lower: lower == "*" ? nil : lower, upper: upper == "*" ? nil : upper,
                includesLower: includesLower, includesUpper: includesUpper)
        default:
            at -= 1
            throw unexpected()
        }
        if case .tilde(let number) = current {
            guard case .text(let field, let text, _) = node else { throw unexpected() }
            at += 1
            let edits = Float(number)
            if let edits, edits >= 1, edits != edits.rounded() {
                throw SearchError(type: "parse_exception", reason: "Fractional edit distances are not allowed!")
                    .during(.query)
            }
            node = .fuzzy(field: field, text, edits: edits)
        }
        return try boosted(node)
    }

    /// Without the backslashes of escapes; `\u0041` is a code point.
    static func unescaped(_ text: String) -> String {
        guard text.contains("\\") else { return text }
        var result = String.UnicodeScalarView()
        var scalars = Array(text.unicodeScalars)[...]
        while let scalar = scalars.popFirst() {
            guard scalar == "\\", let next = scalars.popFirst() else {
                result.append(scalar)
                continue
            }
            let digits = String(String.UnicodeScalarView(scalars.prefix(4)))
            if next == "u", digits.utf8.count == 4, let value = UInt32(digits, radix: 16),
                let decoded = Unicode.Scalar(value)
            {
                result.append(decoded)
                scalars = scalars.dropFirst(4)
            } else {
                result.append(next)
            }
        }
        return String(result)
    }
}
