internal import ClusterState
internal import JSON
internal import Scripting

/// The scripts that are stored under an id, as of one moment.
struct StoredScripts: Sendable {
    private let scripts: [String: JSONValue]

    init(_ metadata: ClusterMetadata) { scripts = metadata.all(.script) }

    /// The stored script of an id: `lang`, `source` and perhaps `options`.
    subscript(id: String) -> JSONObject? { scripts[id]?.object }

    /// The source of a script that a request names by its id.
    func source(_ id: String, language: String) throws(OpenSearchError) -> String {
        guard let script = self[id] else {
            throw OpenSearchError(
                404, "resource_not_found_exception", "unable to find script [\(id)] in cluster state")
        }
        let found = script["lang"]?.string ?? ""
        guard found == language else {
            throw .illegalArgument(
                "the stored script [\(id)] is written in [\(found)], but [\(language)] is needed here")
        }
        return script["source"]?.string ?? ""
    }

    /// The form in which a script is kept, if it can be run here.
    static func normalized(_ id: String, _ body: JSONObject) throws(OpenSearchError) -> JSONObject {
        for key in body.keys where key != "script" {
            throw OpenSearchError(400, "parse_exception", "unexpected field [\(key)], expected [script]")
        }
        guard let written = body["script"]?.object else {
            throw OpenSearchError(400, "parse_exception", "must specify [script] with [lang] and [source]")
        }
        for key in written.keys where !["lang", "source", "options"].contains(key) {
            throw OpenSearchError(
                400, "x_content_parse_exception", "[1:1] [stored script source] unknown field [\(key)]")
        }
        guard let language = written["lang"]?.string, !language.isEmpty else {
            throw .illegalArgument("must specify lang for stored script")
        }
        let source: String
        switch written["source"] {
        case .string(let text)?: source = text
        case .object(let object)? where language == "mustache": source = JSONValue.object(object).serialized()
        default: throw .illegalArgument("must specify source for stored script")
        }
        guard source.utf8.count <= MustacheTemplate.maximumBytes else {
            throw .illegalArgument(
                "exceeded max allowed stored script size in bytes [\(MustacheTemplate.maximumBytes)] with size "
                    + "[\(source.utf8.count)] for script [\(id)]")
        }
        switch language {
        case "mustache": _ = try SearchTemplate.compiled(source)
        case "painless": _ = try PainlessScript(.string(source))
        default:
            throw .illegalArgument(
                "script_lang not supported [\(language)]: use mustache for searches, painless for updates and ingest pipelines"
            )
        }
        var script: JSONObject = ["lang": .string(language), "source": .string(source)]
        if let options = written["options"]?.object, !options.isEmpty { script["options"] = .object(options) }
        return script
    }
}
