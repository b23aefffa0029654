import ClusterState
import Foundation
import HTTPTypes
import Indices
import JSON
import OpenSearchAPI
import Routing

/// A node over an empty folder, asked without sockets.
final class TestNode: Sendable {
    private let path: String
    private let indices: NodeIndices
    private let routes: RouteTable

    init(namesElasticProduct: Bool = false) throws {
        path = NSTemporaryDirectory() + "opensearch-api-\(UInt64.random(in: 0 ... .max))"
        indices = try NodeIndices(try DataFolder(path: path))
        var routes = RouteTable(fallback: OpenSearchFaults())
        OpenSearchNode(indices: indices, namesElasticProduct: namesElasticProduct).addRoutes(to: &routes)
        self.routes = routes
    }

    deinit {
        indices.shutDown()
        try? FileManager.default.removeItem(atPath: path)
    }

    /// An answer.
    struct Answer {
        let status: Int
        let headers: HTTPFields
        let body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }
        var json: JSONValue { (try? JSONValue(parsing: body)) ?? .null }

        /// A member by a path with dots and indexes.
        subscript(path: String) -> JSONValue {
            path.split(separator: "/").reduce(json) { value, part in
                Int(part).flatMap { value[$0] } ?? value[String(part)] ?? .null
            }
        }
    }

    /// Asks with a method and a target such as `/movies/_search?size=1`.
    func ask(
        _ method: HTTPRequest.Method, _ target: String, _ body: String = "", type: String? = "application/json",
        headers: HTTPFields = [:]
    ) async throws -> Answer {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let query = parts.count > 1 ? parts[1] : ""
        var fields = headers
        if !body.isEmpty, let type { fields[.contentType] = type }
        let response: APIResponse
        let faulted = FaultedRequest(method: method, path: parts[0], query: query, headers: fields)
        switch routes.match(method, parts[0]) {
        case .route(let route, let parameters):
            var request = APIRequest(
                method: route.method, path: parts[0], query: QueryParameters(query), headers: fields,
                body: Array(body.utf8))
            request.parameters = parameters
            response = try await route.handler(request)
        case .wrongMethod(let allowed, let faults):
            response = faults.response(for: APIFault(.wrongMethod(allowed: allowed.map(\.rawValue)), ""), in: faulted)
        case .none(let faults): response = faults.response(for: APIFault(.noRoute, ""), in: faulted)
        }
        return Answer(status: Int(response.status.code), headers: response.headers, body: response.body)
    }

    /// Asks and gives the status alone.
    func status(_ method: HTTPRequest.Method, _ target: String, _ body: String = "") async throws -> Int {
        try await ask(method, target, body).status
    }
}
