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
                pool: operation.work == .prediction ? .search : .management,
                takesDocument: operation.takesDocument
            ) { request in
                var parameters: [String: String] = [:]
                for item in request.http.query.items { parameters[item.name] = item.value }
                for (name, value) in request.http.parameters { parameters[name] = value }
                do {
                    let reply = try await operation.handler(MLRequest(parameters: parameters, body: request.content))
                    return switch reply.content {
                    case .document(let document): RestResponse(document, status: reply.status)
                    case .json(let bytes): RestResponse(.json(bytes), status: reply.status)
                    }
                } catch let error as MLError {
                    throw OpenSearchError(error.status, error.type, error.reason)
                }
            }
        }
    }
}
