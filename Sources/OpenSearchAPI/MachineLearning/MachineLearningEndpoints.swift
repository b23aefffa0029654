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
                }
            }
        }
    }
}
