internal import HTTPTypes
internal import JSON
internal import MLCommons
internal import Routing

/// `_plugins/_ml`: the operations of ML Commons on the threads of the node.
struct MachineLearningEndpoints {
    let commons: MLCommons

    var endpoints: [Endpoint] {
        commons.operations.map { operation in
            Endpoint(
                operation.name, operation.methods, operation.paths, operation.parameters,
                pool: operation.work == .prediction ? .search : .management, takesDocument: operation.takesDocument
            ) { request in
                let reply = try await operation.handler(
                    MLRequest(
                        parameters: request.values, body: operation.takesDocument ? request.content : request.http.body)
                )
                return switch reply.content {
                case .document(let document): RestResponse(document, status: reply.status)
                case .json(let bytes): RestResponse(.json(bytes), status: reply.status)
                case .page(let html): Self.page(html, reply.status)
                }
            }
        }
    }

    /// A page that shows texts of documents: nothing in it is run or fetched.
    private static func page(_ html: String, _ status: Int) -> RestResponse {
        var response = RestResponse(.text(html), status: status)
        response.headers[.contentType] = "text/html; charset=UTF-8"
        response.headers[.contentSecurityPolicy] =
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
        return response
    }
}
