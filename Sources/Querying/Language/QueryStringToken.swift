/// What the text of a `query_string` query is made of: the tokens of Lucene's classic query parser.
enum QueryStringToken: Equatable {
    case and, or, not, plus, minus, leftParenthesis, rightParenthesis, colon, star
    /// A word, with escapes.
    case term(String)
    case quoted(String)
    case prefix(String)
    case wildcard(String)
    case regexp(String)
    /// `~`, with what follows.
    case tilde(String)
    /// `^`, with the number.
    case caret(String)
    /// `[a TO b}`: bounds with their quotes taken off; `*` is no bound.
    case range(lower: String, upper: String, includesLower: Bool, includesUpper: Bool)
    case end
}

/// Cuts the text of a `query_string` query into tokens, the longest first as JavaCC does.
struct QueryStringLexer {
    private let scalars: [Unicode.Scalar]
    private var at = 0

    static func tokens(_ text: String) throws -> [QueryStringToken] {
        var lexer = QueryStringLexer(scalars: Array(text.unicodeScalars))
        var tokens: [QueryStringToken] = []
        while let token = try lexer.next() { tokens.append(token) }
        return tokens + [.end]
    }

    private init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

    private static let blanks: Set<Unicode.Scalar> = [" ", "\t", "\n", "\r", "\u{3000}"]
    private static let notFirst: Set<Unicode.Scalar> = [
        " ", "\t", "\n", "\r", "\u{3000}", "+", "-", "!", "(", ")", ":", "^", "[", "]", "\"", "{", "}", "~", "*", "?",
        "\\", "/",
    ]
    private static let notLater: Set<Unicode.Scalar> = notFirst.subtracting(["-", "+", "/"]).union(["/"])

    private func fault(_ what: String) -> SearchError {
        SearchError(type: "parse_exception", reason: "\(what) at line 1, column \(at).").during(.query)
    }

    private mutating func next() throws -> QueryStringToken? {
        while at < scalars.count, Self.blanks.contains(scalars[at]) { at += 1 }
        guard at < scalars.count else { return nil }
        let first = scalars[at]
        let second = at + 1 < scalars.count ? scalars[at + 1] : " "
        switch first {
        case "&" where second == "&":
            at += 2
            return .and
        case "|" where second == "|":
            at += 2
            return .or
        case "+": return single(.plus)
        case "-": return single(.minus)
        case "!": return single(.not)
        case "(": return single(.leftParenthesis)
        case ")": return single(.rightParenthesis)
        case ":": return single(.colon)
        case "^": return .caret(try number())
        case "~": return .tilde(number(optional: true))
        case "\"": return .quoted(try quoted())
        case "[", "{": return try range()
        case "/": return .regexp(try regexp())
        case "]", "}": throw fault("Encountered \" \"\(first)\" \"\(first) \"\"")
        default: return try word()
        }
    }

    private mutating func single(_ token: QueryStringToken) -> QueryStringToken {
        at += 1
        return token
    }

    private mutating func digits() -> String {
        var text = ""
        while at < scalars.count, "0123456789.".unicodeScalars.contains(scalars[at]) {
            text.unicodeScalars.append(scalars[at])
            at += 1
        }
        return text
    }

    private mutating func number() throws -> String {
        at += 1
        let text = digits()
        if text.isEmpty { throw fault("Encountered \"^\" without a number") }
        return text
    }

    private mutating func number(optional: Bool) -> String {
        at += 1
        return digits()
    }

    private mutating func quoted() throws -> String {
        at += 1
        var text = ""
        while at < scalars.count {
            if scalars[at] == "\\", at + 1 < scalars.count {
                text.unicodeScalars.append(scalars[at])
                text.unicodeScalars.append(scalars[at + 1])
                at += 2
                continue
            }
            if scalars[at] == "\"" {
                at += 1
                return text
            }
            text.unicodeScalars.append(scalars[at])
            at += 1
        }
        throw fault("Lexical error: Encountered: <EOF> after prefix \"\\\"\(text)\"")
    }

    private mutating func regexp() throws -> String {
        at += 1
        var text = ""
        while at < scalars.count {
            if scalars[at] == "\\", at + 1 < scalars.count, scalars[at + 1] == "/" {
                text.append("/")
                at += 2
                continue
            }
            if scalars[at] == "/" {
                at += 1
                return text
            }
            text.unicodeScalars.append(scalars[at])
            at += 1
        }
        throw fault("Lexical error: Encountered: <EOF> after prefix \"/\(text)\"")
    }

    private mutating func range() throws -> QueryStringToken {
        let includesLower = scalars[at] == "["
        at += 1
        func skip(_ lexer: inout Self) {
            while lexer.at < lexer.scalars.count, Self.blanks.contains(lexer.scalars[lexer.at]) { lexer.at += 1 }
        }
        func bound(_ lexer: inout Self) throws -> String {
            skip(&lexer)
            guard lexer.at < lexer.scalars.count else { throw lexer.fault("Encountered \"<EOF>\" inside a range") }
            if lexer.scalars[lexer.at] == "\"" { return QueryStringParser.unescaped(try lexer.quoted()) }
            var text = ""
            while lexer.at < lexer.scalars.count {
                let scalar = lexer.scalars[lexer.at]
                if Self.blanks.contains(scalar) || scalar == "]" || scalar == "}" { break }
                text.unicodeScalars.append(scalar)
                lexer.at += 1
            }
            if text.isEmpty { throw lexer.fault("Encountered \"]\" inside a range where a bound was expected") }
            return QueryStringParser.unescaped(text)
        }
        let lower = try bound(&self)
        skip(&self)
        guard at + 1 < scalars.count, scalars[at] == "T", scalars[at + 1] == "O" else {
            throw fault("Encountered a range without \"TO\"")
        }
        at += 2
        let upper = try bound(&self)
        skip(&self)
        guard at < scalars.count, scalars[at] == "]" || scalars[at] == "}" else {
            throw fault("Encountered \"<EOF>\" where \"]\" or \"}\" was expected")
        }
        let includesUpper = scalars[at] == "]"
        at += 1
        return .range(lower: lower, upper: upper, includesLower: includesLower, includesUpper: includesUpper)
    }

    private mutating func word() throws -> QueryStringToken {
        var text = ""
        var pattern = false
        var stars = 0
        var isFirst = true
        while at < scalars.count {
            let scalar = scalars[at]
            if scalar == "\\" {
                guard at + 1 < scalars.count else { throw fault("Term can not end with escape character.") }
                text.unicodeScalars.append(scalar)
                text.unicodeScalars.append(scalars[at + 1])
                at += 2
            } else if scalar == "*" || scalar == "?" {
                pattern = true
                if scalar == "*" { stars += 1 }
                text.unicodeScalars.append(scalar)
                at += 1
            } else if (isFirst ? Self.notFirst : Self.notLater).contains(scalar) {
                break
            } else {
                text.unicodeScalars.append(scalar)
                at += 1
            }
            isFirst = false
        }
        if text.isEmpty { throw fault("Encountered \"\(scalars[at])\"") }
        if !pattern {
            switch text {
            case "AND": return .and
            case "OR": return .or
            case "NOT": return .not
            default: return .term(text)
            }
        }
        if text == "*" { return .star }
        let isPrefix = stars == 1 && text.hasSuffix("*") && !text.hasSuffix("\\*") && !Self.hasPattern(text.dropLast())
        return isPrefix ? .prefix(String(text.dropLast())) : .wildcard(text)
    }

    private static func hasPattern(_ text: Substring) -> Bool {
        var escaped = false
        for character in text {
            if escaped {
                escaped = false
            } else if character == "\\" {
                escaped = true
            } else if character == "*" || character == "?" {
                return true
            }
        }
        return false
    }
}
