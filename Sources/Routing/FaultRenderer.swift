/// Puts faults into the words of one dialect.
public protocol FaultRenderer: Sendable {
    /// Status and body of a fault; `id` is the request's id.
    func response(for fault: APIFault, id: String) -> APIResponse

    /// Status and body of a fault, for dialects that repeat path or method; by default what ``response(for:id:)`` says.
    func response(for fault: APIFault, in request: FaultedRequest) -> APIResponse
}

extension FaultRenderer {
    /// What ``response(for:id:)`` says.
    public func response(for fault: APIFault, in request: FaultedRequest) -> APIResponse {
        response(for: fault, id: request.id)
    }
}
