internal import Access
public import HTTPTypes

/// One operation of an API: where it lives, who answers, and in which dialect it fails.
public struct Route: Sendable {
    /// Who may call it when the server asks who calls.
    public enum Access: Sendable, Hashable {
        /// Everybody: health, metrics (by setting), documentation.
        case open
        /// Who is known: shows a key or a password.
        case keyed
        /// Who is known and may do something, by the name of an action.
        case allowed(String)
    }

    /// How a handler gets the body.
    public enum BodyDelivery: Sendable, Hashable {
        /// ``APIRequest/body`` is complete before the handler runs; limits on its size hold.
        case complete
        /// The handler runs as soon as the head is here and reads ``APIRequest/bodyParts`` while they arrive; the body may be of any size.
        case streamed
    }

    /// The method.
    public let method: HTTPRequest.Method
    /// The path.
    public let template: PathTemplate
    /// A name that is unique in the table: operation id in the OpenAPI document, label in metrics and logs.
    public let name: String
    /// Who may call it.
    public let access: Access
    /// How the handler gets the body.
    public let bodyDelivery: BodyDelivery
    /// Whether `/path/` leads here too.
    public let ignoresTrailingSlash: Bool
    /// How faults are told, also those that the server finds before the handler runs (size, keys, slow bodies).
    public let faults: any FaultRenderer
    /// Answers.
    ///
    /// What it throws other than ``APIFault`` is a fault of the program.
    public let handler: @Sendable (APIRequest) async throws -> APIResponse

    /// A route.
    public init(
        _ method: HTTPRequest.Method, _ template: PathTemplate, name: String, access: Access = .keyed,
        bodyDelivery: BodyDelivery = .complete, ignoresTrailingSlash: Bool = false,
        faults: any FaultRenderer, handler: @escaping @Sendable (APIRequest) async throws -> APIResponse
    ) {
        self.method = method
        self.template = template
        self.name = name
        self.access = access
        self.bodyDelivery = bodyDelivery
        self.ignoresTrailingSlash = ignoresTrailingSlash
        self.faults = faults
        self.handler = handler
    }
}

extension Route.Access {
    /// Who may ask models.
    public static let predicting = Route.Access.allowed(BuiltInRoles.predict)
}
