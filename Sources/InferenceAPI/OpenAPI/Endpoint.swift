public import HTTPTypes
public import Routing

/// A route together with its description: what dialects are lists of, so that nothing is served undescribed.
public struct Endpoint: Sendable {
    /// The route.
    public let route: Route
    /// Its description.
    public let operation: OperationDescription

    /// An endpoint of a route that exists.
    public init(_ route: Route, _ operation: OperationDescription) {
        self.route = route
        self.operation = operation
    }

    /// An endpoint.
    public init(
        _ method: HTTPRequest.Method, _ template: PathTemplate, name: String, access: Route.Access = .predicting,
        faults: any FaultRenderer, operation: OperationDescription,
        handler: @escaping @Sendable (APIRequest) async throws -> APIResponse
    ) {
        self.init(
            Route(method, template, name: name, access: access, faults: faults, handler: handler), operation)
    }
}
