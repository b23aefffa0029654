internal import JSON
internal import Querying
internal import Scripting

/// A search as a template with values, as `_search/template` and `_render/template` take it.
struct SearchTemplate {
    private let text: String
    private let template: MustacheTemplate
    private let parameters: JSONObject
    private let isExplained: Bool
    private let isProfiled: Bool

    /// Reads a body.
    ///
    /// - Parameter id: the stored template that the path names.
    init(_ body: JSONObject, id: String? = nil, _ stored: StoredScripts) throws(OpenSearchError) {
        for key in body.keys where !["id", "source", "params", "explain", "profile", "lang"].contains(key) {
            throw OpenSearchError(
                400, "x_content_parse_exception", "[1:1] [search_template] unknown field [\(key)]")
        }
        switch (id ?? body["id"]?.string, body["source"]) {
        case (let id?, _): text = try stored.source(id, language: "mustache")
        case (nil, .string(let source)?): text = source
        case (nil, .object(let source)?): text = JSONValue.object(source).serialized()
        default: throw .validation(["template is missing: name a stored one by [id] or write it as [source]"])
        }
        template = try Self.compiled(text)
        switch body["params"] {
        case nil, .null?: parameters = [:]
        case .object(let object)?: parameters = object
        case let other?: throw .parsing("[params] must be an object, not [\(other.token)]")
        }
        isExplained = body["explain"]?.bool ?? false
        isProfiled = body["profile"]?.bool ?? false
    }

    /// Reads the text of a template.
    static func compiled(_ text: String) throws(OpenSearchError) -> MustacheTemplate {
        do throws(MustacheError) {
            return try MustacheTemplate(text)
        } catch {
            throw fault("compile error", text, error)
        }
    }

    private static func fault(_ kind: String, _ text: String, _ error: MustacheError) -> OpenSearchError {
        OpenSearchError(
            400, "script_exception", kind, [("script", .string(text)), ("lang", "mustache")],
            causedBy: [OpenSearchError(400, "mustache_exception", error.reason)])
    }

    /// The search as JSON text.
    func rendered() throws(OpenSearchError) -> [UInt8] {
        do throws(MustacheError) {
            return try template.render(parameters)
        } catch {
            throw Self.fault("runtime error", text, error)
        }
    }

    /// The search.
    func search() throws -> SearchRequest {
        var search = try SearchRequest.parse(rendered())
        if isExplained { search.explain = true }
        if isProfiled { search.profile = true }
        return search
    }
}
