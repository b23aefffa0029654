import InferenceAPI
import Routing
import Serving
import Telemetry

/// The server's own routes with their descriptions, for the document that describes all that is served.
enum OperatorEndpoints {
    /// One endpoint for each of the server's routes.
    static func endpoints(metrics: MetricRegistry, metricsAreOpen: Bool) -> [Endpoint] {
        // The server adds the routes itself; these are only described.
        ServingRoutes(metrics: metrics, metricsAreOpen: metricsAreOpen) { Readiness(.ready) }.all.map { route in
            Endpoint(route, description(of: route.name))
        }
    }

    private static func description(of name: String) -> OperationDescription {
        switch name {
        case "metrics":
            OperationDescription(
                tag: "Operations", summary: "Time series of server, engine and process.",
                replies: [.init(200, "The text format of Prometheus.", mediaType: "text/plain", .string())])
        case "liveness":
            OperationDescription(
                tag: "Operations", summary: "Whether the process answers.",
                replies: [
                    .init(200, "It does.", .object([.required("status", .choice(["alive"]))], isClosed: true))
                ])
        case "readiness":
            OperationDescription(
                tag: "Operations", summary: "Whether every model is loaded and the server is not stopping.",
                replies: [
                    .init(200, "Requests are answered.", readiness), .init(503, "They are not, or not all.", readiness),
                ])
        default: preconditionFailure("the server's route \(name) is not described")
        }
    }

    private static let readiness: Schema = {
        let state = Schema.choice(["loading", "ready", "stopping", "failed"])
        let model = Schema.object(
            [.required("name", .string()), .required("status", state), .omittable("reason", .string())], isClosed: true)
        return .object(
            [.required("status", state), .required("models", .array(of: model))], "How far the process is.",
            isClosed: true)
    }()
}
