import Access
import ClusterState
import Foundation
import HTTPTypes
import Indices
import JSON
import MLCommons
import OpenSearchAPI
import Querying
import Routing

/// A node over an empty folder, asked without sockets.
final class TestNode: Sendable {
    private let path: String
    private let indices: NodeIndices
    private let routes: RouteTable
    let models = FakeModels()
    let machineLearning: MLCommons

    /// Administrates users where access is checked.
    static let administrator = Caller.administrator("admin")

    init(
        namesElasticProduct: Bool = false, secrets: (any SecretKeeping)? = nil, encoder: (any QueryEncoding)? = nil,
        scorer: (any PassageScoring)? = nil
    ) throws {
        path = NSTemporaryDirectory() + "opensearch-api-\(UInt64.random(in: 0 ... .max))"
        indices = try NodeIndices(try DataFolder(path: path))
        machineLearning = MLCommons(
            metadata: indices.metadata, folder: path + "/models", supply: models, host: models)
        var routes = RouteTable(fallback: OpenSearchFaults())
        let node = OpenSearchNode(
            indices: indices, namesElasticProduct: namesElasticProduct, secrets: secrets, encoder: encoder,
            scorer: scorer,
            machineLearning: machineLearning)
        node.addRoutes(to: &routes)
        self.routes = routes
        _ = try machineLearning.start(on: node.backgroundThreads)
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
        headers: HTTPFields = [:], as caller: Caller? = nil
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
            request.caller = caller
            response = try await route.handler(request)
        case .wrongMethod(let allowed, let faults):
            response = faults.response(for: APIFault(.wrongMethod(allowed: allowed.map(\.rawValue)), ""), in: faulted)
        case .none(let faults): response = faults.response(for: APIFault(.noRoute, ""), in: faulted)
        }
        return Answer(status: Int(response.status.code), headers: response.headers, body: response.body)
    }

    /// A model of a folder, registered and, if asked for, deployed; the folder is one of the fixtures of encoders.
    ///
    /// - Returns: The model's id.
    func model(
        _ folder: String, _ function: String, deploys: Bool = true, configuration: String = "null"
    ) async throws -> String {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Fixtures/encoders/models/\(folder)").path
        _ = try await ask(
            .put, "/_cluster/settings",
            #"{"transient": {"plugins.ml_commons": {"allow_registering_model_via_url": true, "allow_registering_model_via_local_file": true}}}"#
        )
        let registration = try await ask(
            .post, "/_plugins/_ml/models/_register?deploy_model=\(deploys)",
            """
            {"name": "a model", "version": "1", "model_format": "TORCH_SCRIPT", "function_name": "\(function)", \
            "url": "file://\(folder)", "model_config": \(configuration)}
            """)
        await machineLearning.settle()
        let task = try await ask(.get, "/_plugins/_ml/tasks/\(registration["task_id"].string ?? "")")
        guard let id = task["model_id"].string else { throw Missing(what: task.text + registration.text) }
        return id
    }

    /// What a test needs and was not there.
    struct Missing: Error { let what: String }

    /// Everything that is served.
    var allRoutes: [Route] { routes.routes }

    /// What is kept.
    var metadata: ClusterMetadata { indices.metadata.current }

    /// Asks and gives the status alone.
    func status(
        _ method: HTTPRequest.Method, _ target: String, _ body: String = "", as caller: Caller? = nil
    ) async throws -> Int {
        try await ask(method, target, body, as: caller).status
    }
}
