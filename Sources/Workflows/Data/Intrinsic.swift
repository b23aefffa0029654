import JSON

/// A call of an intrinsic function, or one of its arguments.
indirect enum Intrinsic: Sendable, Hashable {
    /// How deep calls may be nested, as in Step Functions.
    static let deepest = 10

    case path(JSONPath)
    case literal(JSONValue)
    case call(IntrinsicFunction, [Intrinsic])

    /// Reads a call such as `States.Format('{}-{}', $.name, 1)`.
    static func call(_ text: String) throws(DataFault) -> Intrinsic {
        var scanner = ExpressionScanner(text)
        let call = try scanner.call(depth: 1)
        scanner.skipSpaces()
        guard scanner.isAtEnd else { throw scanner.fault("the end is expected") }
        return call
    }

    /// The name of the function that is called.
    var function: IntrinsicFunction? {
        if case .call(let function, _) = self { function } else { nil }
    }

    /// The value.
    ///
    /// - Throws: ``TaskFault`` `States.ParameterPathFailure` for a path that meets nothing, `States.IntrinsicFailure` for a function
    ///   that fails.
    func value(in data: StateData) throws(TaskFault) -> JSONValue {
        switch self {
        case .literal(let value): return value
        case .path(let path):
            do throws(DataFault) { return try path.value(in: data) } catch {
                throw TaskFault(.parameterPathFailure, error.reason)
            }
        case .call(let function, let arguments):
            var values: [JSONValue] = []
            for argument in arguments { values.append(try argument.value(in: data)) }
            do throws(DataFault) { return try function.apply(values) } catch {
                throw TaskFault(.intrinsicFailure, "\(function.rawValue): \(error.reason)")
            }
        }
    }
}

extension ExpressionScanner {
    mutating func call(depth: Int) throws(DataFault) -> Intrinsic {
        guard depth <= Intrinsic.deepest else {
            throw fault("functions are nested more than \(Intrinsic.deepest) deep")
        }
        let start = position
        while let next = peek, next == "." || next.properties.isAlphabetic || (next >= "0" && next <= "9") {
            position += 1
        }
        let name = text(from: start)
        guard let function = IntrinsicFunction(rawValue: name) else {
            throw fault("'\(name)' is no intrinsic function; a path begins with '$'")
        }
        guard takes("(") else { throw fault("'(' is expected") }
        var arguments: [Intrinsic] = []
        if !takesAfterSpaces(")") {
            repeat {
                skipSpaces()
                if peek == "$" {
                    arguments.append(.path(try path()))
                } else if startsWith("States.") {
                    arguments.append(try call(depth: depth + 1))
                } else if peek == "'" {
                    arguments.append(
                        .literal(
                            .string(try functionText(isTemplate: function == .format && arguments.isEmpty))))
                } else if peek == "\"" {
                    throw fault("texts stand in single quotes")
                } else {
                    arguments.append(.literal(try literal()))
                }
            } while takesAfterSpaces(",")
            try expect(")")
        }
        guard function.counts.contains(arguments.count) else {
            let counts = function.counts
            let wanted = counts.count == 1 ? "\(counts.lowerBound)" : "\(counts.lowerBound) to \(counts.upperBound)"
            throw fault("\(name) takes \(wanted) arguments and is given \(arguments.count)")
        }
        return .call(function, arguments)
    }

    /// A text in single quotes, in which a backslash comes before `'`, `{`, `}` and itself.
    ///
    /// A template of `States.Format` keeps the backslashes, which tell its braces from placeholders.
    private mutating func functionText(isTemplate: Bool) throws(DataFault) -> String {
        position += 1
        var text = ""
        while let next = peek {
            position += 1
            if next == "'" { return text }
            guard next == "\\" else {
                text.unicodeScalars.append(next)
                continue
            }
            guard let escaped = peek, "'{}\\".unicodeScalars.contains(escaped) else {
                throw fault("a backslash comes before ', {, } or another backslash")
            }
            position += 1
            if isTemplate, escaped != "'" { text += "\\" }
            text.unicodeScalars.append(escaped)
        }
        throw fault("the quote is not closed")
    }
}
