internal import HTTPTypes
internal import JSON
public import Routing
public import Telemetry

/// The routes for those who operate the server: `GET /metrics`, `/livez` and `/readyz`.
///
/// ``Server`` adds them by itself; documents that list what is served may make them once more.
public struct ServingRoutes: Sendable {
    private let metrics: MetricRegistry
    private let metricsAreOpen: Bool
    private let readiness: @Sendable () -> Readiness

    /// The routes of a process.
    ///
    /// - Parameter metricsAreOpen: whether `/metrics` may be read without a key; the other two always may.
    public init(metrics: MetricRegistry, metricsAreOpen: Bool = true, readiness: @escaping @Sendable () -> Readiness) {
        self.metrics = metrics
        self.metricsAreOpen = metricsAreOpen
        self.readiness = readiness
    }

    /// The three routes.
    public var all: [Route] {
        let (metrics, readiness) = (metrics, readiness)
        return [
            Route(
                .get, "/metrics", name: "metrics", access: metricsAreOpen ? .open : .keyed, faults: PlainFaults()
            ) { _ in
                APIResponse(
                    contentType: "text/plain; version=0.0.4; charset=utf-8",
                    body: Array(metrics.prometheusText().utf8))
            },
            Route(.get, "/livez", name: "liveness", access: .open, faults: PlainFaults()) { _ in
                APIResponse(headers: [.cacheControl: "no-store"], json: .object(["status": .string("alive")]))
            },
            Route(.get, "/readyz", name: "readiness", access: .open, faults: PlainFaults()) { _ in
                Self.response(for: readiness())
            },
        ]
    }

    private static func response(for readiness: Readiness) -> APIResponse {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("status")
        writer.value(readiness.state.rawValue)
        writer.key("models")
        writer.beginArray()
        for model in readiness.models {
            writer.beginObject()
            writer.key("name")
            writer.value(model.name)
            writer.key("status")
            writer.value(model.state.rawValue)
            if let reason = model.reason {
                writer.key("reason")
                writer.value(reason)
            }
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return APIResponse(
            status: readiness.state == .ready ? .ok : .serviceUnavailable, headers: [.cacheControl: "no-store"],
            json: writer)
    }
}
