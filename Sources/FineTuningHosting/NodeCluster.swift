public import Access
public import ClusterAccess
import HTTPTypes
import JSON
public import Routing
import Synchronization

/// The node itself as a cluster: requests are answered in this process, by the routes that clients reach, with the rights of a caller.
public final class NodeCluster: Sendable {
    private let table = Mutex<RouteTable?>(nil)

    /// A node whose routes are not known yet.
    public init() {}

    /// Takes the routes that answer.
    public func use(_ routes: RouteTable) { table.withLock { $0 = routes } }

    /// The node as somebody reaches it.
    ///
    /// - Parameter caller: asked for each request, so that the rights of the moment hold; nil means that access is not checked.
    public func cluster(for caller: @escaping @Sendable () throws(ClusterError) -> Caller?) -> any SearchCluster {
        NodeRequests(node: self, caller: caller)
    }

    fileprivate var routes: RouteTable? { table.withLock(\.self) }
}

/// Requests of one caller to the node.
private struct NodeRequests: SearchCluster {
    /// Bytes of an answer at most: pages of long documents are asked for in smaller ones.
    static let replyLimit = 64 << 20

    let name = "this node"
    let node: NodeCluster
    let caller: @Sendable () throws(ClusterError) -> Caller?

    func send(_ request: ClusterRequest) async throws(ClusterError) -> ClusterReply {
        func fault(_ code: ClusterError.Code, _ reason: String, _ advice: String = "") -> ClusterError {
            ClusterError(code, cluster: name, request: request.shown, reason: reason, advice: advice)
        }
        guard let routes = node.routes, let method = HTTPRequest.Method(rawValue: request.method) else {
            throw fault(.unsupported, "the node does not answer yet", "Resume the run.")
        }
        let target = request.target
        let question = target.firstIndex(of: "?")
        let query = question.map { target[target.index(after: $0)...] } ?? ""
        var http = APIRequest(
            method: method, path: request.path, query: QueryParameters(query), body: request.body, id: "fine-tuning")
        if !request.body.isEmpty { http.headers[.contentType] = request.contentType }
        http.caller = try caller()
        let response: APIResponse
        switch routes.match(method, request.path) {
        case .none: throw fault(.unsupported, "the node has no such path")
        case .wrongMethod: throw fault(.unsupported, "the path has no such method")
        case .route(let route, let parameters):
            http.parameters = parameters
            do {
                response = try await route.handler(http)
            } catch let error as APIFault {
                let request = FaultedRequest(method: method, path: request.path, query: String(query), id: http.id)
                response = route.faults.response(for: error, in: request)
            } catch is CancellationError {
                throw fault(.cancelled, "the work was cancelled")
            } catch {
                throw fault(.malformedReply, "the node failed: \(error)")
            }
        }
        guard response.body.count <= Self.replyLimit else {
            throw fault(.replyTooLarge, "the answer has more than \(Self.replyLimit) bytes", "Ask for less at a time.")
        }
        guard !response.body.isEmpty else { return ClusterReply(status: response.status.code, body: .null) }
        guard let body = try? JSONValue(parsing: response.body) else {
            throw fault(.malformedReply, "the answer is no JSON document")
        }
        return ClusterReply(status: response.status.code, body: body)
    }
}
