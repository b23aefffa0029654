/// Reads the text of a `simple_query_string` query; whatever is wrong in it is taken as text.
struct SimpleQueryParser {
    indirect enum Node: Equatable {
        case all
        case not(Node)
        case combination([Node], isAnd: Bool)
        case text(String)
        case phrase(String, slop: Int)
        case prefix(String)
        case fuzzy(String, edits: Int)
    }

    private let scalars: [Unicode.Scalar]
    private let flags: SimpleQueryStringQuery.Flags
    private let isAndByDefault: Bool
    /// Where the parenthesis that opens at a place closes; -1 where none does.
    private let closings: [Int]
    /// How often operators changed, each a level of nesting; beyond the limit they go on as they were, so that the tree stays shallow.
    private var changes = 0
    private static let mostChanges = 1_024

    init(_ query: SimpleQueryStringQuery) {
        scalars = Array(query.query.unicodeScalars)
        flags = query.flags
        isAndByDefault = query.defaultOperator == .and
        closings = Self.closings(scalars, hasEscapes: flags.contains(.escape))
    }

    mutating func parse() -> Node? {
        if String(String.UnicodeScalarView(scalars)).trimmed == "*" { return .all }
        return sequence(0, scalars.count, depth: 0)
    }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar == " " || scalar == "\t" || scalar == "\n" || scalar == "\r"
    }

    /// Clauses with their operators; operators of different kinds group what is before them.
    private mutating func sequence(_ start: Int, _ end: Int, depth: Int) -> Node? {
        var at = start
        // The combination at hand: its parts and their operator, once there are two.
        var parts: [Node] = []
        var partsAreAnd: Bool?
        var pending: Bool?
        var negations = 0

        func append(_ node: Node) {
            var node = node
            if negations % 2 == 1 { node = .not(node) }
            negations = 0
            defer { pending = nil }
            if parts.isEmpty { return parts.append(node) }
            let isAnd = pending ?? isAndByDefault
            if let known = partsAreAnd, known != isAnd, changes < Self.mostChanges {
                changes += 1
                parts = [.combination(parts, isAnd: known)]
                partsAreAnd = isAnd
            }
            parts.append(node)
            partsAreAnd = partsAreAnd ?? isAnd
        }

        while at < end {
            let scalar = scalars[at]
            if scalar == "(", flags.contains(.precedence) {
                let close = closings[at]
                if close >= 0, close < end, depth < 100 {
                    let inner = sequence(at + 1, close, depth: depth + 1)
                    at = close + 1
                    if let inner { append(inner) }
                } else {
                    at += 1
                }
            } else if scalar == ")", flags.contains(.precedence) {
                at += 1
            } else if scalar == "\"", flags.contains(.phrase) {
                if let (text, next) = quoted(at, end) {
                    at = next
                    var slop = 0
                    if flags.contains(.near), at < end, scalars[at] == "~" {
                        at += 1
                        slop = digits(&at, end) ?? 0
                    }
                    if !text.isEmpty { append(.phrase(text, slop: slop)) }
                } else {
                    at += 1
                }
            } else if scalar == "+", flags.contains(.and) {
                if pending == nil, !parts.isEmpty { pending = true }
                at += 1
            } else if scalar == "|", flags.contains(.or) {
                if pending == nil, !parts.isEmpty { pending = false }
                at += 1
            } else if scalar == "-", flags.contains(.not) {
                negations += 1
                at += 1
                continue
            } else if Self.isBlank(scalar), flags.contains(.whitespace) {
                at += 1
                negations = 0
            } else if let node = token(&at, end) {
                append(node)
            }
        }
        guard let isAnd = partsAreAnd else { return parts.first }
        return .combination(parts, isAnd: isAnd)
    }

    private static func closings(_ scalars: [Unicode.Scalar], hasEscapes: Bool) -> [Int] {
        var closings = [Int](repeating: -1, count: scalars.count)
        var open: [Int] = []
        var isEscaped = false
        for (at, scalar) in scalars.enumerated() {
            if isEscaped {
                isEscaped = false
            } else if scalar == "\\", hasEscapes {
                isEscaped = true
            } else if scalar == "(" {
                open.append(at)
            } else if scalar == ")", let start = open.popLast() {
                closings[start] = at
            }
        }
        return closings
    }

    private func quoted(_ open: Int, _ end: Int) -> (String, Int)? {
        var text = String.UnicodeScalarView()
        var at = open + 1
        while at < end {
            if scalars[at] == "\\", flags.contains(.escape), at + 1 < end {
                text.append(scalars[at + 1])
                at += 2
                continue
            }
            if scalars[at] == "\"" { return (String(text), at + 1) }
            text.append(scalars[at])
            at += 1
        }
        return nil
    }

    private func digits(_ at: inout Int, _ end: Int) -> Int? {
        var value: Int?
        while at < end, (48...57).contains(scalars[at].value) {
            value = min(1_000_000, (value ?? 0) * 10 + Int(scalars[at].value) - 48)
            at += 1
        }
        return value
    }

    private func token(_ at: inout Int, _ end: Int) -> Node? {
        var text = String.UnicodeScalarView()
        var isPrefix = false
        while at < end {
            let scalar = scalars[at]
            if scalar == "\\", flags.contains(.escape) {
                if at + 1 < end { text.append(scalars[at + 1]) }
                at += 2
                isPrefix = false
                continue
            }
            if ends(scalar) { break }
            if scalar == "~", flags.contains(.fuzzy), !text.isEmpty {
                var next = at + 1
                let edits = digits(&next, end) ?? 2
                if next == end || ends(scalars[next]) {
                    at = next
                    return edits == 0 ? .text(String(text)) : .fuzzy(String(text), edits: min(edits, 2))
                }
            }
            isPrefix = scalar == "*" && flags.contains(.prefix) && !text.isEmpty
            text.append(scalar)
            at += 1
        }
        at = min(at, end)
        if text.isEmpty { return nil }
        if isPrefix { return .prefix(String(String.UnicodeScalarView(text.dropLast()))) }
        return .text(String(text))
    }

    private func ends(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "\"" && flags.contains(.phrase) || scalar == "|" && flags.contains(.or)
            || scalar == "+" && flags.contains(.and)
            || (scalar == "(" || scalar == ")") && flags.contains(.precedence)
            || Self.isBlank(scalar) && flags.contains(.whitespace)
    }
}
