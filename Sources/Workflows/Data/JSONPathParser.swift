import JSON

extension JSONPath {
    /// Reads a path.
    ///
    /// - Throws: ``DataFault`` with the place of the first fault.
    init(_ text: String) throws(DataFault) {
        var parser = ExpressionScanner(text)
        self = try parser.path()
        guard parser.isAtEnd else { throw parser.fault("a '.' or '[' is expected") }
    }
}

extension ExpressionScanner {
    /// Reads a path that begins here, as far as it goes.
    mutating func path() throws(DataFault) -> JSONPath {
        let start = position
        guard takes("$") else { throw fault("a path begins with '$'") }
        let isOfContext = takes("$")
        if let next = peek, Self.isName(next) {
            throw fault(
                "'$\(next)' would be a variable; variables are not supported here, a path goes on with '.' or '['")
        }
        return try path(from: start, isOfContext: isOfContext)
    }

    /// Reads the segments of a path whose root was read.
    private mutating func path(from start: Int, isOfContext: Bool) throws(DataFault) -> JSONPath {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepest else { throw fault("the expression is nested too deeply") }
        var segments: [JSONPath.Segment] = []
        var takesLength = false
        reading: while true {
            if takes("..") {
                if takes("[") {
                    segments.append(JSONPath.Segment(selectors: try selectors(), isDescendant: true))
                } else {
                    segments.append(JSONPath.Segment(selectors: [try dotted()], isDescendant: true))
                }
            } else if takes(".length()") {
                takesLength = true
                break reading
            } else if takes(".") {
                segments.append(JSONPath.Segment(selectors: [try dotted()]))
            } else if takes("[") {
                segments.append(JSONPath.Segment(selectors: try selectors()))
            } else {
                break reading
            }
        }
        return JSONPath(
            text: self.text(from: start), isOfContext: isOfContext, segments: segments, takesLength: takesLength)
    }

    private mutating func dotted() throws(DataFault) -> JSONPath.Selector {
        if takes("*") { return .wildcard }
        var name = ""
        while let next = peek, Self.isName(next) {
            name.unicodeScalars.append(next)
            position += 1
        }
        guard !name.isEmpty else { throw fault("a name or '*' is expected") }
        return .name(name)
    }

    private static func isName(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value > 0x20 && !".[](){}'\",:;?@=!<>&|*$\\".unicodeScalars.contains(scalar)
    }

    private mutating func selectors() throws(DataFault) -> [JSONPath.Selector] {
        skipSpaces()
        if takes("*") {
            try expect("]")
            return [.wildcard]
        }
        if takes("?") {
            skipSpaces()
            try expect("(")
            let filter = try disjunction()
            try expect(")")
            try expect("]")
            return [.filter(filter)]
        }
        var selectors: [JSONPath.Selector] = []
        repeat {
            skipSpaces()
            if peek == "'" || peek == "\"" {
                selectors.append(.name(try quoted()))
            } else {
                selectors.append(try indexOrSlice())
            }
            skipSpaces()
        } while takes(",")
        try expect("]")
        return selectors
    }

    private mutating func indexOrSlice() throws(DataFault) -> JSONPath.Selector {
        let first = try integer()
        skipSpaces()
        guard takes(":") else {
            guard let first else { throw fault("a position, a quoted name, '*' or a filter is expected") }
            return .index(first)
        }
        skipSpaces()
        let end = try integer()
        skipSpaces()
        var step = 1
        if takes(":") {
            skipSpaces()
            step = try integer() ?? 1
            guard step > 0 else { throw fault("the step of a slice is positive") }
        }
        return .slice(start: first, end: end, step: step)
    }

    private mutating func disjunction() throws(DataFault) -> PathFilter {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepest else { throw fault("the expression is nested too deeply") }
        var filter = try conjunction()
        while takesAfterSpaces("||") { filter = .or(filter, try conjunction()) }
        return filter
    }

    private mutating func conjunction() throws(DataFault) -> PathFilter {
        var filter = try term()
        while takesAfterSpaces("&&") { filter = .and(filter, try term()) }
        return filter
    }

    private mutating func term() throws(DataFault) -> PathFilter {
        skipSpaces()
        if peek == "!", !startsWith("!=") {
            position += 1
            depth += 1
            defer { depth -= 1 }
            guard depth <= Self.deepest else { throw fault("the expression is nested too deeply") }
            return .not(try term())
        }
        if takes("(") {
            let filter = try disjunction()
            try expect(")")
            return filter
        }
        let left = try operand()
        skipSpaces()
        for comparison in PathFilter.Comparison.allCases where takes(comparison.rawValue) {
            skipSpaces()
            return .compares(left, comparison, try operand())
        }
        if case .literal = left { throw fault("a comparison is expected") }
        return .exists(left)
    }

    private mutating func operand() throws(DataFault) -> PathFilter.Operand {
        let start = position
        if takes("@") { return .element(try path(from: start, isOfContext: false)) }
        if peek == "$" { return .root(try path()) }
        return .literal(try literal())
    }
}
