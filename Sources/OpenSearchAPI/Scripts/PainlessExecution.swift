internal import ClusterState
internal import HTTPTypes
internal import JSON

/// `_scripts/painless/_execute`: tries a script out.
///
/// Contexts are OpenSearch's: `painless_test` (the default) shows the value as a text, `filter` and `score` run over a document that is given for an index, which `doc` has the
/// values of. Source: OpenSearch's `PainlessExecuteAction`.
struct PainlessExecution {
    let node: OpenSearchNode

    var endpoints: [Endpoint] {
        [
            Endpoint("scripts_painless_execute", [.get, .post], ["/_scripts/painless/_execute"]) { request in
                try execute(request)
            }
        ]
    }

    private func execute(_ request: RestRequest) throws -> RestResponse {
        let body = try request.requiredObject()
        for key in body.keys where !["script", "context", "context_setup"].contains(key) {
            throw OpenSearchError(
                400, "x_content_parse_exception", "[1:1] [painless_execute_request] unknown field [\(key)]")
        }
        guard let written = body["script"] else {
            throw OpenSearchError.illegalArgument("Required [script]")
        }
        let context = body["context"]?.string ?? "painless_test"
        guard ["painless_test", "filter", "score"].contains(context) else {
            throw OpenSearchError.illegalArgument("unsupported script context name [\(context)]")
        }
        var variables: [String: JSONValue] = ["_score": 0]
        if context != "painless_test" {
            guard let setup = body["context_setup"]?.object, let index = setup["index"]?.string,
                let document = setup["document"]?.object
            else {
                throw OpenSearchError.illegalArgument(
                    "[context_setup] needs [index] and [document] in the context [\(context)]")
            }
            guard node.metadata.current.indices[index] != nil else { throw OpenSearchError.indexNotFound(index) }
            variables["doc"] = .object(Self.values(of: document))
        }
        let script = try PainlessScript(
            written, StoredScripts(node.metadata.current), names: ["doc", "params", "_score"])
        if context == "painless_test" { return RestResponse(["result": .string(try script.textValue(variables))]) }
        let value = try script.value(variables)
        switch (context, value) {
        case ("filter", .bool), ("score", .number): return RestResponse(["result": value])
        default:
            throw OpenSearchError.illegalArgument(
                "a script in the context [\(context)] gives a \(context == "filter" ? "boolean" : "number"), not [\(value.typeName)]"
            )
        }
    }

    /// The values of all fields of a document, by their paths.
    private static func values(of document: JSONObject) -> JSONObject {
        var fields = JSONObject()
        func add(_ value: JSONValue, _ path: String) {
            switch value {
            case .null: break
            case .object(let object): for member in object { add(member.value, path + "." + member.key) }
            case .array(let elements): for element in elements { add(element, path) }
            default: fields[path] = .array((fields[path]?.array ?? []) + [value])
            }
        }
        for member in document { add(member.value, member.key) }
        return fields
    }
}
