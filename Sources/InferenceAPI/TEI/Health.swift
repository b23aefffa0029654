import HTTPTypes
import Inference
import Routing

/// `GET /health` and what else asks whether the models answer: 200 with an empty body, or a fault.
struct Health: Sendable {
    let engine: InferenceEngine

    /// A route that tells.
    func endpoint(_ path: PathTemplate, name: String, tag: String, faults: any FaultRenderer) -> Endpoint {
        Endpoint(
            .get, path, name: name, access: .open, faults: faults,
            operation: OperationDescription(
                tag: tag, summary: "Whether the models answer.",
                replies: [.init(200, "At least one model answers and none is still loading.", mediaType: nil)],
                faults: [.modelNotReady], faultBody: TEISchemas.fault)
        ) { _ in
            let models = engine.models
            let isReady = models.contains { $0.state == .ready } && !models.contains { $0.state == .loading }
            guard isReady else { throw APIFault(.modelNotReady, "unhealthy", retryAfter: 1) }
            return APIResponse()
        }
    }
}
