internal import DocumentStore
internal import JSON
internal import Scripting

/// A script of an update: a program in Painless with its parameters, over `ctx._source` and `ctx.op`.
struct PainlessScript: Sendable {
    /// What a script works on.
    struct Context {
        var source: JSONObject
        var operation: String
        /// `ctx._id` and others: all members but `_source` and `op`, as the script left them.
        var facts: JSONObject = [:]

        /// What a script of a document that is kept sees.
        init(source: JSONObject, operation: String, index: String, id: String, _ current: KeptDocument?) {
            self.source = source
            self.operation = operation
            facts["_index"] = .string(index)
            facts["_id"] = .string(id)
            guard let current else { return }
            facts["_version"] = .number(JSONNumber(Int(current.version)))
            facts["_routing"] = current.routing.map { .string($0) } ?? .null
        }

        /// What the script wants to be done, by OpenSearch's names.
        ///
        /// - Throws: ``OpenSearchError`` for a name that is not known.
        func checkedOperation() throws(OpenSearchError) -> String {
            guard ["index", "create", "delete", "noop", "none"].contains(operation) else {
                throw .illegalArgument(
                    "Operation type [\(operation)] not allowed, only [noop, index, delete] are allowed")
            }
            return operation == "none" ? "noop" : operation
        }
    }

    private let text: String
    private let parameters: JSONObject
    private let program: PainlessProgram

    /// Reads the member `script` of a body: a text or an object.
    ///
    /// - Parameters:
    ///   - stored: where scripts are found that the object names by their id.
    ///   - names: what the script can read.
    init(
        _ value: JSONValue, _ stored: StoredScripts? = nil, names: Set<String> = ["ctx", "params"]
    ) throws(OpenSearchError) {
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
            program = try PainlessProgram(text, names: names)
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
        guard var facts = value.object, let source = value["_source"]?.object else {
            throw .illegalArgument("the script left no object in ctx._source")
        }
        guard let operation = value["op"]?.string else { throw .illegalArgument("ctx.op is a text") }
        facts["_source"] = nil
        facts["op"] = nil
        context.facts = facts
        context.source = source
        context.operation = operation
    }

    /// Runs the script for its value.
    func value(_ variables: [String: JSONValue]) throws(OpenSearchError) -> JSONValue {
        var variables = variables
        variables["params"] = .object(parameters)
        do { return try program.value(variables) } catch { throw Self.fault("runtime error", text, error) }
    }

    /// Runs the script for its value as Java's `toString` writes it.
    func textValue(_ variables: [String: JSONValue]) throws(OpenSearchError) -> String {
        var variables = variables
        variables["params"] = .object(parameters)
        do { return try program.text(variables) } catch { throw Self.fault("runtime error", text, error) }
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
