package import JSON

/// A program in a part of Painless: what updates of documents, conditions and script processors mostly use.
///
/// Statements are assignments to members of `ctx` and to variables (`def x = ...`), `if` and `else`, `for (def x : list)`, `return`, and
/// calls. Expressions have literals, lists, maps, members (`a.b`, `a?.b`, `a['b']`), arithmetic, comparisons, `&&`, `||`, `!`, `?:`,
/// `instanceof`, and the methods of strings, lists and maps that ``PainlessMethods`` has. There are no classes, lambdas, regular expressions or
/// counting loops: whatever else is written is refused when the program is read. Nothing outside of `ctx` and `params` can be reached.
///
/// Source: the Painless language specification of OpenSearch.
package struct PainlessProgram: Sendable {
    /// The longest program in bytes: OpenSearch's `script.max_size_in_bytes`.
    package static let maximumBytes = 65_535

    private let statements: [PainlessStatement]

    /// Reads a program.
    ///
    /// - Throws: ``PainlessError`` with the token that is not understood.
    package init(_ text: String) throws(PainlessError) {
        guard text.utf8.count <= Self.maximumBytes else {
            throw PainlessError("the script is longer than \(Self.maximumBytes) bytes")
        }
        var parser = PainlessParser(tokens: try PainlessToken.read(text))
        statements = try parser.program()
    }

    /// Runs the program.
    ///
    /// - Parameters:
    ///   - context: what `ctx` is before and after; as it was if the program fails.
    ///   - parameters: what `params` is.
    /// - Returns: What the program returns; the value of its last statement if that is an expression, else `null`.
    /// - Throws: ``PainlessError`` for a null that has no members, a type that does not fit, or too many steps.
    package func run(_ context: inout JSONValue, parameters: JSONObject) throws(PainlessError) -> JSONValue {
        var machine = PainlessMachine(context, parameters)
        try machine.run(statements)
        context = machine.context
        return machine.result
    }

    /// Runs the program as a condition.
    ///
    /// - Throws: ``PainlessError``; also if the value is neither true nor false.
    package func condition(_ context: JSONValue, parameters: JSONObject) throws(PainlessError) -> Bool {
        var machine = PainlessMachine(context, parameters)
        try machine.run(statements)
        guard let flag = machine.result.bool else {
            throw PainlessError(
                .classCast, "Cannot cast from [\(machine.result.typeName)] to [boolean]: a condition is true or false")
        }
        return flag
    }
}

/// Why a program cannot be read or run.
package struct PainlessError: Error {
    /// Java's exception.
    package enum Kind: String, Sendable {
        /// A program that is not understood, or a value that does not fit.
        case illegalArgument = "illegal_argument_exception"
        /// A member of null.
        case nullPointer = "null_pointer_exception"
        /// A value of another type than is needed.
        case classCast = "class_cast_exception"
        /// An element that a list does not have.
        case outOfBounds = "index_out_of_bounds_exception"
        /// Division by zero.
        case arithmetic = "arithmetic_exception"
    }

    /// What kind of fault it is.
    package let kind: Kind
    /// What is wrong.
    package let reason: String

    init(_ kind: Kind, _ reason: String) {
        self.kind = kind
        self.reason = reason
    }

    /// Something that is not understood.
    init(_ reason: String) {
        kind = .illegalArgument
        self.reason =
            reason
            + "; this server understands a part of Painless: assignments (ctx._source.a = 1 in updates, ctx.a = 1 in ingest pipelines), conditions, for-each loops, arithmetic, and methods of strings, lists and maps"
    }
}
