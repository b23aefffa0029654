/// Why a document did not come through a pipeline, in OpenSearch's words.
public struct IngestFailure: Error, Sendable {
    /// OpenSearch's name of the exception.
    public var type: String
    /// What is wrong.
    public var reason: String
    /// The HTTP status.
    public var status: Int
    /// What led to it, nearest first.
    public var causes: [(type: String, reason: String)]
    /// The processor that failed first, its tag, and the pipeline in the pipeline that it belongs to.
    var origin: Origin?

    /// Where a failure comes from.
    struct Origin: Sendable {
        var type: String
        var tag: String?
        var pipeline: String?
    }

    /// A failure.
    public init(
        _ type: String, _ reason: String, status: Int = 400, causedBy causes: [(type: String, reason: String)] = []
    ) {
        self.type = type
        self.reason = reason
        self.status = status
        self.causes = causes
    }

    /// A value that cannot be used.
    public static func illegalArgument(
        _ reason: String, causedBy causes: [(type: String, reason: String)] = []
    ) -> IngestFailure {
        IngestFailure("illegal_argument_exception", reason, causedBy: causes)
    }

    /// Something that the pipelines, not the document, are to blame for.
    static func illegalState(_ reason: String) -> IngestFailure {
        IngestFailure("illegal_state_exception", reason, status: 500)
    }

    /// What `_ingest.on_failure_message` says: the innermost reason.
    var message: String { causes.last?.reason ?? reason }
}

extension IngestFailure: CustomStringConvertible {
    /// Type and reason.
    public var description: String { "\(type): \(reason)" }
}

extension IngestFailure {
    /// A number that cannot be read, under what was to be done with it.
    static func number(_ text: String, _ reason: String) -> IngestFailure {
        let inner = text.isEmpty ? "empty String" : "For input string: \"\(text)\""
        return .illegalArgument(reason, causedBy: [(type: "number_format_exception", reason: inner)])
    }
}
