public import HTTPTypes

/// One operation of ML Commons: where it lives and who answers.
public struct MLOperation: Sendable {
    /// Which work an operation makes, so that the caller can choose its threads.
    public enum Work: Sendable, Hashable {
        /// Answered from memory, or by writing a few rows.
        case metadata
        /// Computes.
        case prediction
    }

    /// A name for metrics and logs, unique among the operations.
    public let name: String
    /// The methods.
    public let methods: [HTTPRequest.Method]
    /// The paths, with named parts: `/_plugins/_ml/models/{model_id}`.
    public let paths: [String]
    /// Names that the query may have.
    public let parameters: [String]
    /// The work that it makes.
    public let work: Work
    /// Whether the body is a document; else it is bytes of whatever kind.
    public let takesDocument: Bool
    /// Answers.
    ///
    /// It throws ``MLError``, `JSONError` for a body that is not JSON, and `ClusterStateError` for state that cannot be written down.
    public private(set) var handler: @Sendable (MLRequest) async throws -> MLReply

    init(
        _ name: String, _ methods: [HTTPRequest.Method], _ paths: [String], parameters: [String] = [],
        work: Work = .metadata, takesDocument: Bool = true,
        handler: @escaping @Sendable (MLRequest) async throws -> MLReply
    ) {
        self.name = "ml.\(name)"
        self.methods = methods
        self.paths = paths.map { "/_plugins/_ml" + $0 }
        self.parameters = parameters
        self.work = work
        self.takesDocument = takesDocument
        self.handler = handler
    }

    /// The operation with something that is looked at before it does anything.
    func checked(_ check: @escaping @Sendable (MLRequest) throws -> Void) -> MLOperation {
        var operation = self
        operation.handler = { [handler] request in
            try check(request)
            return try await handler(request)
        }
        return operation
    }
}
