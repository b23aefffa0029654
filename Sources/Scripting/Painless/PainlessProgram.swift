package import JSON

/// A program in a part of Painless: what updates of documents, conditions and script processors mostly use.
///
/// Statements are assignments to members of `ctx` and to variables (`def x = ...`), `if` and `else`, `for`, `while`, `break`, `continue`,
/// `return`, `throw`, and calls; functions stand before them. Expressions have literals, lists, maps, members (`a.b`, `a?.b`, `a['b']`),
/// arithmetic, comparisons, `&&`, `||`, `!`, `?:`, `instanceof`, casts, and the methods of strings, string builders, lists and maps that
/// ``PainlessMethods`` has. There are no lambdas, regular expressions, arrays or exceptions to catch: whatever else is written is refused when
/// the program is read. Nothing outside of `ctx`, `params` and what else is handed over can be reached.
///
/// Source: the Painless language specification of OpenSearch.
package struct PainlessProgram: Sendable {
    /// The longest program in bytes: OpenSearch's `script.max_size_in_bytes`.
    package static let maximumBytes = 65_535

    /// What is run.
    struct Body: Sendable {
        var functions: [String: PainlessFunction]
        var statements: [PainlessStatement]
    }

    private let body: Body

    /// Reads a program.
    ///
    /// - Parameter names: what it can read.
    /// - Throws: ``PainlessError`` with the token that is not understood.
    package init(_ text: String, names: Set<String> = ["ctx", "params"]) throws(PainlessError) {
        guard text.utf8.count <= Self.maximumBytes else {
            throw PainlessError("the script is longer than \(Self.maximumBytes) bytes")
        }
        var parser = PainlessParser(tokens: try PainlessToken.read(text), names: names)
        body = try parser.program()
    }

    /// Runs the program.
    ///
    /// - Parameters:
    ///   - context: what `ctx` is before and after; as it was if the program fails.
    ///   - parameters: what `params` is.
    /// - Returns: What the program returns; the value of its last statement if that is an expression, else `null`.
    /// - Throws: ``PainlessError`` for a null that has no members, a type that does not fit, or too many steps.
    package func run(_ context: inout JSONValue, parameters: JSONObject) throws(PainlessError) -> JSONValue {
        var machine = PainlessMachine(body.functions)
        defer { machine.heap.release() }
        try machine.declare("ctx", context)
        try machine.declare("params", .object(parameters))
        try machine.run(body.statements)
        let result = try machine.heap.json(machine.result)
        context = try machine.heap.json(machine.variables["ctx"] ?? .null)
        return result
    }

    /// Runs the program for its value.
    ///
    /// - Parameter variables: what the names are that it was read with.
    /// - Returns: What the program returns; the value of its last statement if that is an expression, else `null`.
    /// - Throws: ``PainlessError``.
    package func value(_ variables: [String: JSONValue]) throws(PainlessError) -> JSONValue {
        var machine = try finished(variables)
        defer { machine.heap.release() }
        return try machine.heap.json(machine.result)
    }

    /// Runs the program for its value as Java's `toString` writes it.
    package func text(_ variables: [String: JSONValue]) throws(PainlessError) -> String {
        var machine = try finished(variables)
        defer { machine.heap.release() }
        return try machine.heap.text(machine.result)
    }

    private func finished(_ variables: [String: JSONValue]) throws(PainlessError) -> PainlessMachine {
        var machine = PainlessMachine(body.functions)
        do throws(PainlessError) {
            for (name, value) in variables { try machine.declare(name, value) }
            try machine.run(body.statements)
        } catch {
            machine.heap.release()
            throw error
        }
        return machine
    }

    /// Runs the program as a condition.
    ///
    /// - Throws: ``PainlessError``; also if the value is neither true nor false.
    package func condition(_ context: JSONValue, parameters: JSONObject) throws(PainlessError) -> Bool {
        let result = try value(["ctx": context, "params": .object(parameters)])
        guard let flag = result.bool else {
            throw PainlessError(
                .classCast, "Cannot cast from [\(result.typeName)] to [boolean]: a condition is true or false")
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
        /// Something that is not there when it is needed.
        case illegalState = "illegal_state_exception"
        /// What a program throws that has no kind of its own here.
        case runtime = "runtime_exception"
    }

    /// What kind of fault it is.
    package let kind: Kind
    /// What is wrong.
    package let reason: String

    init(_ kind: Kind, _ reason: String) {
        self.kind = kind
        self.reason = reason
    }

    /// What a program throws itself, by the name of Java's class.
    init(thrown type: String, _ reason: String) {
        let kinds: [String: Kind] = [
            "IllegalArgumentException": .illegalArgument, "NullPointerException": .nullPointer,
            "ClassCastException": .classCast, "IndexOutOfBoundsException": .outOfBounds,
            "ArithmeticException": .arithmetic, "IllegalStateException": .illegalState,
        ]
        self.init(kinds[type] ?? .runtime, reason)
    }

    /// Something that is not understood.
    init(_ reason: String) {
        kind = .illegalArgument
        self.reason =
            reason
            + "; this server understands a part of Painless: assignments (ctx._source.a = 1 in updates, ctx.a = 1 in ingest pipelines), conditions, loops, functions, arithmetic, and methods of strings, lists and maps"
    }
}
