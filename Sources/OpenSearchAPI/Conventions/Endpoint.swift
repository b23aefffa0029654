internal import Access
internal import ClusterState
internal import HTTPTypes
internal import JSON
internal import MLCommons
internal import Routing

/// Operations of the API that share their parameters and their handler.
struct Endpoint: Sendable {
    /// A name for metrics and logs.
    let name: String
    let methods: [HTTPRequest.Method]
    let paths: [String]
    /// Names that the query may have, beside those that every operation takes.
    let parameters: Set<String>
    /// Which threads do the work.
    let pool: WorkPool
    let bodyDelivery: Route.BodyDelivery
    /// Whether the body is a document; else it is bytes of whatever type.
    let takesDocument: Bool
    let handler: @Sendable (RestRequest) async throws -> RestResponse

    init(
        _ name: String, _ methods: [HTTPRequest.Method], _ paths: [String], _ parameters: [String] = [],
        pool: WorkPool = .management, bodyDelivery: Route.BodyDelivery = .complete, takesDocument: Bool = true,
        handler: @escaping @Sendable (RestRequest) async throws -> RestResponse
    ) {
        self.name = name
        self.methods = methods
        self.paths = paths
        self.parameters = Set(parameters)
        self.pool = pool
        self.bodyDelivery = bodyDelivery
        self.takesDocument = takesDocument
        self.handler = handler
    }

    /// What every operation takes.
    static let common: Set<String> = [
        "pretty", "human", "error_trace", "filter_path", "format", "source", "source_content_type",
    ]

    /// The routes, one for each method and path.
    ///
    /// Which of them may be called, and by whom, is looked up in ``EndpointPrivileges``.
    func routes(of node: OpenSearchNode) -> [Route] {
        var routes: [Route] = []
        let access: Route.Access = EndpointPrivileges.privilege(of: name)?.scope == .anybody ? .open : .keyed
        for (number, path) in paths.enumerated() {
            let template = PathTemplate(path)
            for method in methods {
                let suffix = paths.count > 1 ? ".\(number + 1)" : ""
                routes.append(
                    Route(
                        method, template, name: "opensearch.\(name)\(suffix).\(method.rawValue.lowercased())",
                        access: access, bodyDelivery: bodyDelivery, ignoresTrailingSlash: true,
                        faults: OpenSearchFaults()
                    ) { request in
                        var response = try await answer(request, node)
                        response.headers.append(contentsOf: node.productHeader)
                        return response
                    })
            }
        }
        return routes
    }

    private func answer(_ http: APIRequest, _ node: OpenSearchNode) async throws
        -> APIResponse
    {
        let request = RestRequest(http)
        let accept = http.headers[.accept]
        let format = ResponseFormat(parameter: http.query["format"], accept: accept)
        var reply: RestResponse
        do {
            if let name = http.query["format"], format == nil {
                throw OpenSearchError.illegalArgument(
                    "format [\(name)] is not supported: use json, yaml, cbor or smile")
            }
            try checkParameters(http)
            try checkContentType(http)
            let authorization = try authorization(http, node)
            reply = try await node.threads.run(on: pool) {
                try authorization?.admit(request, node.metadata.current)
                return try await Authorization.$current.withValue(authorization) {
                    // Models that the request needs, for a search or a pipeline, too, are used on behalf of who sent it.
                    try await MLCommons.$caller.withValue(request.caller) { try await handler(request) }
                }
            }
        } catch let fault as APIFault {
            throw fault
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            let error = OpenSearchError(describing: error)
            let trace = (try? request.flag("error_trace")) ?? false
            reply = RestResponse(error.body(withTrace: trace), status: error.status)
        }
        return encoded(reply, http, format)
    }

    /// The rights under which the request is carried out; nil: access is not checked.
    private func authorization(_ http: APIRequest, _ node: OpenSearchNode) throws(APIFault) -> Authorization? {
        let privilege = EndpointPrivileges.privilege(of: name)
        if let caller = http.caller { return Authorization(caller: caller, privilege: privilege) }
        // Whoever serves lets nobody in without a name; this is in case it is forgotten.
        guard node.secrets == nil || privilege?.scope == .anybody else {
            throw APIFault(.unauthorized, "nobody was recognised")
        }
        return nil
    }

    private func encoded(_ reply: RestResponse, _ http: APIRequest, _ format: ResponseFormat?) -> APIResponse {
        let isPretty = http.query["pretty"].map { $0 != "false" } ?? false
        return reply.encoded(
            format, isPretty: isPretty, filter: FilterPath(http.query["filter_path"]),
            opaqueID: http.headers[RestRequest.opaqueID])
    }

    /// Parameters that nobody reads are mistakes of spelling, and are refused.
    private func checkParameters(_ http: APIRequest) throws(OpenSearchError) {
        // What is not supported says so, whatever it was asked with.
        if parameters.contains("*") { return }
        var unknown: [String] = []
        for item in http.query.items
        where !parameters.contains(item.name) && !Self.common.contains(item.name) && http.parameters[item.name] == nil
            && !unknown.contains(item.name)
        {
            unknown.append(item.name)
        }
        guard !unknown.isEmpty else { return }
        throw .unrecognized("parameter", unknown, among: parameters.union(Self.common), in: http.path)
    }

    private func checkContentType(_ http: APIRequest) throws(OpenSearchError) {
        guard takesDocument, !http.body.isEmpty || bodyDelivery == .streamed && http.stream != nil else { return }
        guard let type = http.mediaType else {
            // Pages of other origins may send bodies without a type, and nothing else, unasked.
            if bodyDelivery == .streamed, http.headers[.origin] == nil { return }
            throw OpenSearchError(406, "media_type_exception", "Content-Type header is missing")
        }
        switch type {
        case "application/json", "application/x-ndjson", "application/vnd.elasticsearch+json",
            "application/vnd.opensearch+json", "application/vnd.elasticsearch+x-ndjson":
            return
        default:
            throw OpenSearchError(
                406, "media_type_exception",
                "Content-Type header [\(http.headers[.contentType] ?? type)] is not supported; send application/json")
        }
    }
}
