import ClusterState
import Dispatch
import Indices
import OpenSearchAPI
import Routing
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// A node in a folder in memory, asked without sockets.
public final class FuzzNode: Sendable {
    private let routes: RouteTable

    /// A new node without indices.
    public init() {
        let parent = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
        let path = "\(parent)/needletail-fuzz-node-\(getpid())"
        guard let folder = try? DataFolder(path: path), let indices = try? NodeIndices(folder) else {
            fatalError("cannot make a node at \(path)")
        }
        var routes = RouteTable(fallback: OpenSearchFaults())
        OpenSearchNode(indices: indices).addRoutes(to: &routes)
        self.routes = routes
    }

    /// The answer to a request: its status and body.
    public func ask(put target: String, _ body: String) -> (status: Int, body: [UInt8]) {
        guard case .route(let route, let parameters) = routes.match(.put, target) else { fatalError("no route") }
        return run(route, parameters, target, "", [UInt8](body.utf8))
    }

    /// The answer to a request with bytes that may be anything.
    public func ask(post target: String, query: String = "", _ body: [UInt8]) -> (status: Int, body: [UInt8]) {
        guard case .route(let route, let parameters) = routes.match(.post, target) else { fatalError("no route") }
        return run(route, parameters, target, query, body)
    }

    private func run(
        _ route: Route, _ parameters: [String: String], _ target: String, _ query: String, _ body: [UInt8]
    ) -> (status: Int, body: [UInt8]) {
        let box = Answer()
        let done = DispatchSemaphore(value: 0)
        Task {
            var request = APIRequest(
                method: route.method, path: target, query: QueryParameters(query),
                headers: [.contentType: "application/json"], body: body)
            request.parameters = parameters
            do {
                let response = try await route.handler(request)
                box.value.withLock { $0 = (Int(response.status.code), response.body) }
            } catch {
                fatalError("a handler threw: \(error)")
            }
            done.signal()
        }
        done.wait()
        return box.value.withLock { $0 }
    }

    private final class Answer: Sendable {
        let value = Mutex<(status: Int, body: [UInt8])>((0, []))
    }
}
