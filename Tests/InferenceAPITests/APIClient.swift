import HTTPTypes
import Inference
import InferenceAPI
import JSON
import ModelFiles
import Routing
import TestSupport
import Testing

/// Calls the dialects of an engine as a server does: finds the route, runs its handler, renders what it throws.
///
/// Every exchange is held to the OpenAPI document.
struct APIClient: Sendable {
    let engine: InferenceEngine
    private let table: RouteTable
    private let promise: PromisedExchange

    /// What came back.
    struct Reply {
        let response: APIResponse

        var status: Int { response.status.code }
        var body: [UInt8] { response.body }
        /// The body as JSON; null if it is none.
        var json: JSONValue { (try? JSONValue(parsing: response.body)) ?? .null }

        /// A header field.
        func header(_ name: HTTPField.Name) -> String? { response.headers[name] }
    }

    /// The dialects in front of an engine.
    init(_ engine: InferenceEngine) {
        self.engine = engine
        var table = RouteTable(fallback: PlainFaults())
        let routes = InferenceRoutes(engine: engine)
        routes.add(to: &table)
        self.table = table
        promise = PromisedExchange(document: routes.document)
    }

    /// A client of an engine that has loaded the given models.
    static func serving(
        _ models: [ModelDeclaration], settings: InferenceSettings = InferenceSettings()
    ) async throws -> APIClient {
        let engine = InferenceEngine(settings: settings)
        for model in models {
            engine.declare(model)
            try await engine.load(model.name)
        }
        return APIClient(engine)
    }

    /// Sends a request.
    func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: [UInt8] = [], type: String? = "application/json",
        headers: HTTPFields = [:], id: String = "request-1"
    ) async throws -> Reply {
        let parts = path.split(separator: "?", maxSplits: 1)
        var request = APIRequest(
            method: method, path: String(parts[0]), query: QueryParameters(parts.count > 1 ? parts[1] : ""),
            headers: headers, body: body, id: id)
        if let type { request.headers[.contentType] = type }
        switch table.match(method, request.path) {
        case .route(let route, let parameters):
            request.parameters = parameters
            let response: APIResponse
            do {
                response = try await route.handler(request)
            } catch let fault as APIFault {
                response = route.faults.response(for: fault, id: id)
            }
            for fault in promise.faults(of: route, request: request, response: response) {
                Issue.record("\(fault)")
            }
            return Reply(response: response)
        case .wrongMethod(let allowed, let faults):
            let fault = APIFault(.wrongMethod(allowed: allowed.map(\.rawValue)), "Wrong method.")
            return Reply(response: faults.response(for: fault, id: id))
        case .none(let faults):
            return Reply(response: faults.response(for: APIFault(.noRoute, "No such path."), id: id))
        }
    }

    /// Posts a JSON body.
    func post(_ path: String, _ body: JSONValue, headers: HTTPFields = [:]) async throws -> Reply {
        try await send(.post, path, body.serializedBytes(), headers: headers)
    }

    /// Gets a path.
    func get(_ path: String) async throws -> Reply { try await send(.get, path, type: nil) }

    /// Tells faults outside of all dialects.
    private struct PlainFaults: FaultRenderer {
        func response(for fault: APIFault, id: String) -> APIResponse {
            APIResponse(status: .notFound, text: fault.message)
        }
    }
}

extension ModelDeclaration {
    /// A small random model of the encoders' fixtures.
    static func fixture(
        _ folder: String, as name: String? = nil, aliases: [String] = [], _ task: ModelTask
    ) -> ModelDeclaration {
        ModelDeclaration(
            name: name ?? folder, aliases: aliases, task: task, path: Fixture.path("encoders/models/\(folder)"))
    }
}
