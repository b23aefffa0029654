internal import JSON
internal import Scripting

/// A script of an update: a program in Painless with its parameters, over `ctx._source` and `ctx.op`.
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
    private let program: PainlessProgram

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
            program = try PainlessProgram(text)
        } catch {
            throw Self.fault("compile error", text, error)
        }
    }

    /// Runs the script.
    func run(_ context: inout Context) throws(OpenSearchError) {
        var document = context.facts
        document["_source"] = .object(context.source)
        document["op"] = .string(context.operation)
        var value = JSONValue.object(document)
        do {
            _ = try program.run(&value, parameters: parameters)
        } catch {
            throw Self.fault("runtime error", text, error)
        }
        guard let source = value["_source"]?.object else {
            throw .illegalArgument("the script left no object in ctx._source")
        }
        guard let operation = value["op"]?.string else { throw .illegalArgument("ctx.op is a text") }
        context.source = source
        context.operation = operation
    }

    private static func fault(_ kind: String, _ text: String, _ error: PainlessError) -> OpenSearchError {
        OpenSearchError(
            400, "illegal_argument_exception", "failed to execute script",
            causedBy: [
                OpenSearchError(
                    400, "script_exception", kind, [("script", .string(text)), ("lang", "painless")],
                    causedBy: [OpenSearchError(400, error.kind.rawValue, error.reason)])
            ])
    }
}
