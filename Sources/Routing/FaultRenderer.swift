/// Puts faults into the words of one dialect.
public protocol FaultRenderer: Sendable {
    /// Status and body of a fault; `id` is the request's id.
    func response(for fault: APIFault, id: String) -> APIResponse
}
