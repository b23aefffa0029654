import HTTPTypes
import Indices
import JSON
import OpenSearchAPI
import PercentEncoding
import Querying
import Routing

/// The OpenSearch API over a data folder of this process: commands ask what clients ask, and get the same answers.
struct LocalSearch {
    private let routes: RouteTable

    /// - Parameter encoder: encodes the texts of queries; nil: there are no models.
    init(_ indices: NodeIndices, encoder: (any QueryEncoding)? = nil) {
        var routes = RouteTable(fallback: OpenSearchFaults())
        OpenSearchNode(indices: indices, encoder: encoder).addRoutes(to: &routes)
        self.routes = routes
    }

    /// Runs a search on an index.
    ///
    /// - Returns: the reply of `POST /index/_search`.
    func search(_ index: String, _ body: JSONValue) throws -> JSONValue {
        try ask(.post, "/\(index.percentEncoded(keeping: ",*"))/_search", body)
    }

    /// The mapping of an index.
    func mappings(of index: String) throws -> JSONObject {
        try ask(.get, "/\(index.percentEncoded(keeping: ",*"))/_mapping")[index]?["mappings"]?.object ?? JSONObject()
    }

    /// The settings of an index.
    func settings(of index: String) throws -> JSONObject {
        try ask(.get, "/\(index.percentEncoded(keeping: ",*"))/_settings")[index]?["settings"]?.object ?? JSONObject()
    }

    /// Asks one request.
    ///
    /// - Throws: ``CommandFailure`` with the reason of the reply when its status is no success.
    func ask(_ method: HTTPRequest.Method, _ path: String, _ body: JSONValue? = nil) throws -> JSONValue {
        guard case .route(let route, let parameters) = routes.match(method, path) else {
            throw CommandFailure(.usage, "\(path): no such operation.")
        }
        var request = APIRequest(
            method: method, path: path, headers: [.contentType: "application/json"],
            body: body.map { Array($0.serialized().utf8) } ?? []
        )
        request.parameters = parameters
        let asked = request
        let response = try waitForTask { try await route.handler(asked) }
        let reply = try JSONValue(parsing: response.body)
        guard (200..<300).contains(response.status.code) else {
            let error = reply["error"]
            let reason =
                error?["caused_by"]?["reason"]?.string ?? error?["root_cause"]?.array?.first?["reason"]?.string
                ?? error?["reason"]?.string
            throw CommandFailure(response.status == .notFound ? .missingInput : .badData, reason ?? reply.serialized())
        }
        return reply
    }
}
