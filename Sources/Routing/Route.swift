public import HTTPTypes

/// One operation of an API: where it lives, who answers, and in which dialect it fails.
public struct Route: Sendable {
    /// Who may call it when the server has API keys.
    public enum Access: Sendable, Hashable {
        /// Everybody: health, metrics (by setting), documentation.
        case open
        /// Who shows a key.
        case keyed
    }

    /// The method.
    public let method: HTTPRequest.Method
    /// The path.
    public let template: PathTemplate
    /// A name that is unique in the table: operation id in the OpenAPI document, label in metrics and logs.
    public let name: String
    /// Who may call it.
    public let access: Access
    /// How faults are told, also those that the server finds before the handler runs (size, keys, slow bodies).
    public let faults: any FaultRenderer
    /// Answers.
    ///
    /// What it throws other than ``APIFault`` is a fault of the program.
    public let handler: @Sendable (APIRequest) async throws -> APIResponse

    /// A route.
    public init(
        _ method: HTTPRequest.Method, _ template: PathTemplate, name: String, access: Access = .keyed,
        faults: any FaultRenderer, handler: @escaping @Sendable (APIRequest) async throws -> APIResponse
    ) {
        self.method = method
        self.template = template
        self.name = name
        self.access = access
        self.faults = faults
        self.handler = handler
    }
}
