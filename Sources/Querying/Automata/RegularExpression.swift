/// Lucene's regular expressions: always anchored, without captures, with optional operators.
///
/// Nesting, repetition and the number of states are bounded, so that no expression takes more than its share.
struct RegularExpression {
    indirect enum Node {
        case empty
        case nothing
        case scalar(Unicode.Scalar)
        case any
        case anyString
        case ranges([ClosedRange<UInt32>], negated: Bool)
        case sequence([Node])
        case choice([Node])
        case intersection(Node, Node)
        case complement(Node)
        case repetition(Node, min: Int, max: Int?)
        case interval(Int, Int, digits: Int)
    }

    private let scalars: [Unicode.Scalar]
    private let flags: RegexpFlags
    private var at = 0
    private var depth = 0

    private init(_ text: String, flags: RegexpFlags) {
        scalars = Array(text.unicodeScalars)
        self.flags = flags
    }

    /// No request may ask for more: a state takes a kilobyte.
    private static let mostStates = 100_000

    /// Makes a pattern of an expression.
    ///
    /// - Throws: ``SearchError`` for wrong syntax and for too many states.
    static func pattern(
        _ text: String, flags: RegexpFlags, bothCases: Bool, maxStates: Int
    ) throws -> TermPattern {
        var parser = RegularExpression(text, flags: flags)
        let node = parser.scalars.isEmpty ? Node.empty : try parser.union()
        if parser.at < parser.scalars.count {
            throw parser.fault("end-of-string expected at position \(parser.at)")
        }
        let maxStates = min(max(maxStates, 16), Self.mostStates)
        var builder = Builder(bothCases: bothCases, maxStates: maxStates)
        let start = builder.nfa.state()
        let end = builder.nfa.state()
        try builder.build(node, start, end)
        builder.nfa.accept(end)
        return TermPattern(builder.nfa, start: start, limit: maxStates)
    }

    private func fault(_ reason: String) -> SearchError { SearchError.illegalArgument(reason).during(.query) }

    private var more: Bool { at < scalars.count }

    private func peek(_ set: String) -> Bool { more && set.unicodeScalars.contains(scalars[at]) }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard more, scalars[at] == scalar else { return false }
        at += 1
        return true
    }

    private mutating func union() throws -> Node {
        depth += 1
        defer { depth -= 1 }
        if depth > 200 { throw fault("regular expression is nested more than 200 levels deep") }
        var parts = [try intersection()]
        while take("|") { parts.append(try intersection()) }
        return parts.count == 1 ? parts[0] : .choice(parts)
    }

    private mutating func intersection() throws -> Node {
        var node = try concatenation()
        while flags.contains(.intersection), take("&") { node = .intersection(node, try concatenation()) }
        return node
    }

    private mutating func concatenation() throws -> Node {
        var parts = [try repetition()]
        while more, !peek(")|"), !flags.contains(.intersection) || !peek("&") { parts.append(try repetition()) }
        return parts.count == 1 ? parts[0] : .sequence(parts)
    }

    private mutating func repetition() throws -> Node {
        var node = try complement()
        var applied = 0
        while peek("?*+{") {
            applied += 1
            if applied > 20 { throw fault("more than 20 repetition operators behind one another at position \(at)") }
            if take("?") {
                node = .repetition(node, min: 0, max: 1)
            } else if take("*") {
                node = .repetition(node, min: 0, max: nil)
            } else if take("+") {
                node = .repetition(node, min: 1, max: nil)
            } else {
                at += 1
                let low = try number()
                var high: Int? = low
                if take(",") { high = peek("}") ? nil : try number() }
                guard take("}") else { throw fault("expected '}' at position \(at)") }
                if let high, high < low { throw fault("invalid repetition range(out of order): \(low)..\(high)") }
                if max(low, high ?? 0) > 1000 {
                    throw fault("invalid repetition range: at most 1000 repetitions are allowed, at position \(at)")
                }
                node = .repetition(node, min: low, max: high)
            }
        }
        return node
    }

    private mutating func number() throws -> Int {
        var value = 0
        let start = at
        while more, (48...57).contains(scalars[at].value) {
            value = min(value * 10 + Int(scalars[at].value) - 48, 1_000_000)
            at += 1
        }
        if at == start { throw fault("integer expected at position \(at)") }
        return value
    }

    private mutating func complement() throws -> Node {
        if flags.contains(.complement), take("~") {
            depth += 1
            defer { depth -= 1 }
            if depth > 200 { throw fault("regular expression is nested more than 200 levels deep") }
            return .complement(try complement())
        }
        return try characterClass()
    }

    private mutating func characterClass() throws -> Node {
        guard take("[") else { return try simple() }
        let negated = take("^")
        var ranges: [ClosedRange<UInt32>] = []
        repeat {
            if peek("\\"), at + 1 < scalars.count, let named = Self.named(scalars[at + 1]) {
                at += 2
                ranges += named
                continue
            }
            let low = try literal()
            guard take("-") else {
                ranges.append(low.value...low.value)
                continue
            }
            if peek("]") {
                ranges += [low.value...low.value, 45...45]
            } else {
                let high = try literal()
                if high.value < low.value {
                    throw fault("invalid range: from (\(low.value)) cannot be > to (\(high.value))")
                }
                ranges.append(low.value...high.value)
            }
        } while more && !peek("]")
        guard take("]") else { throw fault("expected ']' at position \(at)") }
        return .ranges(ranges, negated: negated)
    }

    private static func named(_ letter: Unicode.Scalar) -> [ClosedRange<UInt32>]? {
        let digit: [ClosedRange<UInt32>] = [48...57]
        let word: [ClosedRange<UInt32>] = [48...57, 65...90, 95...95, 97...122]
        let space: [ClosedRange<UInt32>] = [9...10, 13...13, 32...32]
        switch letter {
        case "d": return digit
        case "D": return inverted(digit)
        case "w": return word
        case "W": return inverted(word)
        case "s": return space
        case "S": return inverted(space)
        default: return nil
        }
    }

    static func inverted(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        var result: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > next { result.append(next...range.lowerBound - 1) }
            next = max(next, range.upperBound + 1)
        }
        if next <= 0x10FFFF { result.append(next...0x10FFFF) }
        return result
    }

    private mutating func literal() throws -> Unicode.Scalar {
        _ = take("\\")
        guard more else { throw fault("unexpected end-of-string") }
        defer { at += 1 }
        return scalars[at]
    }

    private mutating func simple() throws -> Node {
        guard more else { throw fault("unexpected end-of-string") }
        if take(".") { return .any }
        if flags.contains(.empty), take("#") { return .nothing }
        if flags.contains(.anyString), take("@") { return .anyString }
        if take("\"") {
            let start = at
            while more, !peek("\"") { at += 1 }
            guard take("\"") else { throw fault("expected '\"' at position \(at)") }
            return .sequence(scalars[start..<at - 1].map { .scalar($0) })
        }
        if take("(") {
            if take(")") { return .empty }
            let node = try union()
            guard take(")") else { throw fault("expected ')' at position \(at)") }
            return node
        }
        if flags.contains(.interval), take("<") { return try interval() }
        if peek("\\"), at + 1 < scalars.count, let named = Self.named(scalars[at + 1]) {
            at += 2
            return .ranges(named, negated: false)
        }
        return .scalar(try literal())
    }

    private mutating func interval() throws -> Node {
        let start = at
        while more, !peek(">") { at += 1 }
        guard take(">") else { throw fault("expected '>' at position \(at)") }
        let text = String(String.UnicodeScalarView(scalars[start..<at - 1]))
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let a = Int(parts[0]), let b = Int(parts[1]), a >= 0, b >= 0 else {
            throw fault("interval syntax error at position \(at - 1)")
        }
        let digits = parts[0].utf8.count == parts[1].utf8.count ? parts[0].utf8.count : 0
        return .interval(min(a, b), max(a, b), digits: digits)
    }
}
