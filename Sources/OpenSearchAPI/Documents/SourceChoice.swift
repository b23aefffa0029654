internal import JSON
internal import Querying

/// Which part of a source is sent: `_source`, `_source_includes`, `_source_excludes`.
struct SourceChoice: Sendable {
    private let filter: SourceFilter

    /// Everything.
    static let whole = SourceChoice(SourceFilter())

    init(_ filter: SourceFilter) { self.filter = filter }

    /// The parameters of the query; nil if none is there.
    init?(_ request: RestRequest) {
        var fetch = true
        var includes = request.list("_source_includes") ?? []
        let excludes = request.list("_source_excludes") ?? []
        let text = request.text("_source")
        if text == nil, includes.isEmpty, excludes.isEmpty { return nil }
        switch text {
        case nil, "true": break
        case "false": fetch = false
        default: includes = request.list("_source") ?? []
        }
        self.init(SourceFilter(fetch: fetch, includes: includes, excludes: excludes))
    }

    /// The member `_source` of a body.
    init(_ value: JSONValue) throws(OpenSearchError) {
        func names(_ value: JSONValue?) -> [String] {
            value?.array?.compactMap(\.string) ?? value?.string.map { [$0] } ?? []
        }
        switch value {
        case .bool(let fetch): self.init(SourceFilter(fetch: fetch))
        case .string(let text):
            self.init(
                text == "true" || text == "false"
                    ? SourceFilter(fetch: text == "true")
                    : SourceFilter(includes: text.split(separator: ",").map(String.init)))
        case .array: self.init(SourceFilter(includes: names(value)))
        case .object(let object):
            self.init(
                SourceFilter(
                    includes: names(object["includes"] ?? object["include"]),
                    excludes: names(object["excludes"] ?? object["exclude"])))
        default:
            throw .parsing(
                "unexpected [\(value.token)] for _source: it is true, false, a name, names, or includes and excludes")
        }
    }

    /// Whether there is anything to send.
    var isFetched: Bool { filter.fetch }

    /// Writes the chosen part of a source.
    func write(_ source: [UInt8], to writer: inout JSONWriter) {
        if filter.isWhole {
            writer.value(json: source)
        } else if let value = try? JSONValue(parsing: source, limits: JSONLimits(maximumDepth: 512)) {
            writer.value(filter.apply(value))
        } else {
            writer.null()
        }
    }

    /// The chosen part of a source.
    func apply(_ source: JSONValue) -> JSONValue { filter.apply(source) }
}
