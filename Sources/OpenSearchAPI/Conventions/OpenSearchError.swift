internal import ClusterState
internal import Indices
public import JSON
internal import MLCommons
internal import Mappings
internal import Pipelines
internal import Querying

/// A fault as OpenSearch tells it: a type, a reason, and what it came from.
///
/// `type` is the name of OpenSearch's exception in snake case without its prefix, because clients branch on it.
public struct OpenSearchError: Error, Sendable {
    /// The HTTP status.
    public var status: Int
    /// The kind: `illegal_argument_exception`.
    public var type: String
    /// What is wrong, with the names that it is about in brackets.
    public var reason: String
    /// Members beside type and reason: `index`, `line`.
    public var metadata: [(key: String, value: JSONValue)]
    /// What led to it, nearest first; written inside one another.
    public var causes: [OpenSearchError]
    /// What stands in `root_cause`; empty means the fault itself.
    public var roots: [OpenSearchError] = []

    /// A fault.
    public init(
        _ status: Int, _ type: String, _ reason: String, _ metadata: [(key: String, value: JSONValue)] = [],
        causedBy causes: [OpenSearchError] = []
    ) {
        self.status = status
        self.type = type
        self.reason = reason
        self.metadata = metadata
        self.causes = causes
    }

    /// The fault without its envelope: what stands under `error` of a bulk item.
    public var cause: JSONValue { .object(Self.members(of: self, causes: causes[...])) }

    /// The envelope: `{"error": {"root_cause": [...], ...}, "status": N}`.
    public func body(withTrace: Bool = false) -> JSONValue {
        var error = JSONObject()
        let roots = roots.isEmpty ? [self] : roots
        error["root_cause"] = .array(roots.map { .object(Self.members(of: $0, causes: [])) })
        for member in Self.members(of: self, causes: causes[...]) { error[member.key] = member.value }
        if withTrace { error["stack_trace"] = .string("\(type): \(reason)") }
        return .object(["error": .object(error), "status": .number(JSONNumber(status))])
    }

    private static func members(of error: OpenSearchError, causes: ArraySlice<OpenSearchError>) -> JSONObject {
        var object = JSONObject()
        object["type"] = .string(error.type)
        object["reason"] = .string(error.reason)
        for (key, value) in error.metadata { object[key] = value }
        if let next = causes.first {
            object["caused_by"] = .object(members(of: next, causes: causes.dropFirst() + next.causes))
        }
        return object
    }
}

extension OpenSearchError: CustomStringConvertible {
    /// Type and reason.
    public var description: String { "\(type): \(reason)" }
}

extension OpenSearchError {
    /// A value that cannot be used.
    static func illegalArgument(_ reason: String, causedBy causes: [OpenSearchError] = []) -> OpenSearchError {
        OpenSearchError(400, "illegal_argument_exception", reason, causedBy: causes)
    }

    /// Several things that are missing or wrong in one request.
    static func validation(_ problems: [String]) -> OpenSearchError {
        OpenSearchError(
            400, "action_request_validation_exception",
            "Validation Failed: " + problems.enumerated().map { "\($0.offset + 1): \($0.element);" }.joined())
    }

    /// A body that is JSON of another shape than asked for.
    static func parsing(_ reason: String, line: Int = 1, column: Int = 1) -> OpenSearchError {
        OpenSearchError(
            400, "parsing_exception", reason,
            [("line", .number(JSONNumber(line))), ("col", .number(JSONNumber(column)))])
    }

    /// An index, alias or expression that leads to nothing.
    static func indexNotFound(_ name: String) -> OpenSearchError {
        OpenSearchError(
            404, "index_not_found_exception", "no such index [\(name)]",
            [
                ("index", .string(name)), ("resource.id", .string(name)),
                ("resource.type", "index_or_alias"), ("index_uuid", "_na_"),
            ])
    }

    /// A name that cannot be the name of an index.
    static func invalidIndexName(_ name: String, _ reason: String) -> OpenSearchError {
        OpenSearchError(
            400, "invalid_index_name_exception", "Invalid index name [\(name)], \(reason)",
            [("index", .string(name)), ("index_uuid", "_na_")])
    }

    /// An index that is there already.
    static func indexExists(_ name: String, uuid: String) -> OpenSearchError {
        OpenSearchError(
            400, "resource_already_exists_exception", "index [\(name)/\(uuid)] already exists",
            [("index", .string(name)), ("index_uuid", .string(uuid))])
    }

    /// Something that OpenSearch has and this server has not.
    ///
    /// - Parameter instead: what to do instead, as a sentence.
    static func unsupported(_ what: String, _ instead: String = "") -> OpenSearchError {
        OpenSearchError(
            400, "unsupported_operation_exception",
            "\(what) is not supported by this server" + (instead.isEmpty ? "" : "; \(instead)"))
    }

    /// What a text that is no number leads to.
    static func numberFormat(_ text: String) -> OpenSearchError {
        OpenSearchError(400, "number_format_exception", "For input string: \"\(text)\"")
    }
}

extension OpenSearchError {
    /// Whatever was thrown, in OpenSearch's words.
    init(describing error: any Error) {
        switch error {
        case let error as OpenSearchError: self = error
        case let error as JSONError: self = RestRequest.fault(of: error)
        case let error as IndicesError: self.init(error)
        case let error as ClusterStateError: self.init(IndicesError.metadata(error))
        case let error as MappingError: self.init(error)
        case let error as SearchError: self.init(error)
        case let error as MLError: self.init(error.status, error.type, error.reason)
        case let error as PipelineError:
            self.init(error.status, error.type, error.reason, error.details.map { ($0.key, .string($0.value)) })
        default: self.init(500, "exception", "\(error)")
        }
    }
}
