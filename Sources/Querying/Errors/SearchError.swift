public import JSON

/// What is wrong with a search, in the words and under the names of OpenSearch.
///
/// `type` and `reason` are what OpenSearch answers; ``rootCauses`` picks what it puts under `root_cause`.
public struct SearchError: Error, Sendable {
    /// Where in the work the fault was found; it decides the envelope around it.
    public enum Phase: Sendable, Hashable {
        /// While the request was read: the error stands by itself.
        case request
        /// While an index was asked: a `search_phase_execution_exception` goes around it.
        case query
        /// While the hits' contents were fetched, likewise.
        case fetch
    }

    /// OpenSearch's name of the exception, such as `parsing_exception`.
    public var type: String
    /// What is wrong and what to do, for a person.
    public var reason: String
    /// The HTTP status.
    public var status: Int
    /// The line of the fault in the body, from 1.
    public var line: Int?
    /// The column of the fault in bytes, from 1.
    public var column: Int?
    /// Where the fault was found.
    public var phase: Phase
    /// The index that was being searched.
    public var index: String?
    /// What was thrown first; at most one.
    public var causes: [SearchError]

    /// Makes an error; see the properties.
    public init(
        type: String, reason: String, status: Int = 400, line: Int? = nil, column: Int? = nil,
        phase: Phase = .request, index: String? = nil, cause: SearchError? = nil
    ) {
        self.type = type
        self.reason = reason
        self.status = status
        self.line = line
        self.column = column
        self.phase = phase
        self.index = index
        causes = cause.map { [$0] } ?? []
    }

    /// An `illegal_argument_exception` (400).
    public static func illegalArgument(_ reason: String) -> SearchError {
        SearchError(type: "illegal_argument_exception", reason: reason)
    }

    /// A `query_shard_exception` (400), which an index answers that cannot run the query.
    public static func queryShard(_ reason: String, cause: SearchError? = nil) -> SearchError {
        SearchError(type: "query_shard_exception", reason: reason, phase: .query, cause: cause)
    }

    /// The same error, found while an index was asked.
    public func during(_ phase: Phase, index: String? = nil) -> SearchError {
        var copy = self
        copy.phase = phase
        if copy.index == nil { copy.index = index }
        return copy
    }

    /// The errors that OpenSearch lists as root causes: the innermost parsing error, or this one.
    public var rootCauses: [SearchError] {
        if type == "x_content_parse_exception", let cause = causes.first,
            cause.type == "x_content_parse_exception" || cause.isOpenSearchException
        {
            return cause.rootCauses
        }
        return [self]
    }

    /// Whether the exception is one of OpenSearch's own, not one of Java's or of its JSON library.
    private var isOpenSearchException: Bool {
        ![
            "illegal_argument_exception", "number_format_exception", "json_parse_exception",
            "named_object_not_found_exception",
        ]
        .contains(type)
    }

    /// The error as a JSON object without envelope: `type`, `reason`, place, cause.
    public var json: JSONValue {
        var members: [(key: String, value: JSONValue)] = [("type", .string(type)), ("reason", .string(reason))]
        if let line { members.append(("line", .number(JSONNumber(line)))) }
        if let column { members.append(("col", .number(JSONNumber(column)))) }
        if let index, type == "query_shard_exception" { members.append(("index", .string(index))) }
        if let cause = causes.first { members.append(("caused_by", cause.json)) }
        return .object(JSONObject(members))
    }
}

extension SearchError: CustomStringConvertible {
    /// Type and reason.
    public var description: String { "\(type): \(reason)" }
}
