internal import JSON

/// The part of Painless that updates of documents mostly use: assignments to members of `ctx._source` and to `ctx.op`.
///
/// Statements are `ctx._source.a.b = value`, `+=`, `-=`, `*=`, `/=`, `++`, `--`, `ctx._source.remove('a')`,
/// `ctx._source.list.add(value)` and `ctx.op = 'noop'`; values are literals, `params.x`, `ctx._source.x`, and sums, differences, products and
/// quotients of them. Everything else is refused with what is understood.
struct PainlessScript: Sendable {
    /// What a script works on.
    struct Context {
        var source: JSONObject
        var operation: String
        /// `ctx._id` and others.
        var facts: JSONObject = [:]
    }

    private let text: String
    private let parameters: JSONObject
    private let statements: [PainlessStatement]

    /// Reads the member `script` of a body: a text or an object.
    ///
    /// - Parameter stored: where scripts are found that the object names by their id.
    init(_ value: JSONValue, _ stored: StoredScripts? = nil) throws(OpenSearchError) {
        switch value {
        case .string(let source):
            text = source
            parameters = [:]
        case .object(let object):
            for key in object.keys where !["source", "inline", "lang", "params", "id", "options"].contains(key) {
                throw OpenSearchError(400, "x_content_parse_exception", "[1:1] [script] unknown field [\(key)]")
            }
            if let language = object["lang"]?.string, language != "painless" {
                throw .illegalArgument("script_lang not supported [\(language)]")
            }
            if let id = object["id"]?.string, let stored {
                text = try stored.source(id, language: "painless")
            } else if let source = (object["source"] ?? object["inline"])?.string {
                text = source
            } else {
                throw .illegalArgument("must specify either [source] for an inline script or [id] for a stored script")
            }
            parameters = object["params"]?.object ?? [:]
        default: throw .parsing("a script is a text or an object, not [\(value.token)]")
        }
        do {
            var parser = try PainlessParser(text)
            statements = try parser.statements()
        } catch {
            throw Self.fault("compile error", text, error.reason)
        }
    }

    /// Runs the script.
    func run(_ context: inout Context) throws(OpenSearchError) {
        do {
            for statement in statements { try statement.run(&context, parameters) }
        } catch {
            throw Self.fault("runtime error", text, error.reason)
        }
    }

    private static func fault(_ kind: String, _ text: String, _ reason: String) -> OpenSearchError {
        OpenSearchError(
            400, "illegal_argument_exception", "failed to execute script",
            causedBy: [
                OpenSearchError(
                    400, "script_exception", kind, [("script", .string(text)), ("lang", "painless")],
                    causedBy: [.illegalArgument(reason)])
            ])
    }
}

/// Why a script cannot be run.
struct PainlessError: Error {
    let reason: String

    init(_ reason: String) {
        self.reason =
            reason
            + "; this server understands assignments to ctx._source and ctx.op, with literals, params and simple arithmetic"
    }
}

/// A value in a script.
indirect enum PainlessExpression: Sendable {
    case literal(JSONValue)
    case parameter([String])
    case source([String])
    case fact(String)
    case list([PainlessExpression])
    case arithmetic(Character, PainlessExpression, PainlessExpression)

    func value(_ context: PainlessScript.Context, _ parameters: JSONObject) throws(PainlessError) -> JSONValue {
        switch self {
        case .literal(let value): return value
        case .parameter(let path): return Self.member(.object(parameters), path)
        case .source(let path): return Self.member(.object(context.source), path)
        case .fact(let name): return name == "op" ? .string(context.operation) : context.facts[name] ?? .null
        case .list(let elements):
            var values: [JSONValue] = []
            for element in elements { values.append(try element.value(context, parameters)) }
            return .array(values)
        case .arithmetic(let sign, let left, let right):
            return try Self.combine(sign, try left.value(context, parameters), try right.value(context, parameters))
        }
    }

    private static func member(_ value: JSONValue, _ path: [String]) -> JSONValue {
        path.reduce(value) { $0[$1] ?? .null }
    }

    static func combine(_ sign: Character, _ left: JSONValue, _ right: JSONValue) throws(PainlessError) -> JSONValue {
        if sign == "+", left.string != nil || right.string != nil {
            return .string((left.string ?? left.serialized()) + (right.string ?? right.serialized()))
        }
        guard case .number(let a) = left, case .number(let b) = right else {
            throw PainlessError("cannot apply [\(sign)] to [\(left.typeName)] and [\(right.typeName)]")
        }
        if a.isInteger, b.isInteger, let a = a.int, let b = b.int {
            let (value, overflows): (Int, Bool)
            switch sign {
            case "+": (value, overflows) = a.addingReportingOverflow(b)
            case "-": (value, overflows) = a.subtractingReportingOverflow(b)
            case "*": (value, overflows) = a.multipliedReportingOverflow(by: b)
            default:
                guard b != 0 else { throw PainlessError("/ by zero") }
                (value, overflows) =
                    sign == "/" ? a.dividedReportingOverflow(by: b) : a.remainderReportingOverflow(dividingBy: b)
            }
            guard !overflows else { throw PainlessError("[\(a) \(sign) \(b)] does not fit 64 bits") }
            return .number(JSONNumber(value))
        }
        let (x, y) = (a.double, b.double)
        switch sign {
        case "+": return .number(JSONNumber(x + y))
        case "-": return .number(JSONNumber(x - y))
        case "*": return .number(JSONNumber(x * y))
        case "/": return .number(JSONNumber(x / y))
        default: return .number(JSONNumber(x.truncatingRemainder(dividingBy: y)))
        }
    }
}

/// A step of a script.
enum PainlessStatement: Sendable {
    case assign([String], PainlessExpression)
    case combine([String], Character, PainlessExpression)
    case append([String], PainlessExpression)
    case remove([String], PainlessExpression)
    case setOperation(PainlessExpression)

    func run(_ context: inout PainlessScript.Context, _ parameters: JSONObject) throws(PainlessError) {
        switch self {
        case .assign(let path, let expression):
            let value = try expression.value(context, parameters)
            try Self.set(&context.source, path[...], value)
        case .combine(let path, let sign, let expression):
            let old = try PainlessExpression.source(path).value(context, parameters)
            let value = try PainlessExpression.combine(sign, old, try expression.value(context, parameters))
            try Self.set(&context.source, path[...], value)
        case .append(let path, let expression):
            guard var list = try PainlessExpression.source(path).value(context, parameters).array else {
                throw PainlessError("[ctx._source.\(path.joined(separator: "."))] is no list")
            }
            list.append(try expression.value(context, parameters))
            try Self.set(&context.source, path[...], .array(list))
        case .remove(let path, let expression):
            guard let key = try expression.value(context, parameters).string else {
                throw PainlessError("remove takes the name of a member")
            }
            try Self.set(&context.source, (path + [key])[...], nil)
        case .setOperation(let expression):
            guard let name = try expression.value(context, parameters).string else {
                throw PainlessError("ctx.op is a text")
            }
            context.operation = name
        }
    }

    private static func set(
        _ object: inout JSONObject, _ path: ArraySlice<String>, _ value: JSONValue?
    ) throws(PainlessError) {
        guard let key = path.first else { throw PainlessError("ctx._source itself cannot be replaced") }
        if path.count == 1 {
            object[key] = value
            return
        }
        guard var inner = object[key]?.object else {
            throw PainlessError("[\(key)] is no object, so that nothing in it can be set")
        }
        try set(&inner, path.dropFirst(), value)
        object[key] = .object(inner)
    }
}
