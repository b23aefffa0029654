internal import Telemetry

/// The series that the server feeds, looked up once.
struct ServerInstruments: Sendable {
    let registry: MetricRegistry
    let inFlight: Gauge
    let connections: Gauge
    let accepted: Counter
    let bytesIn: Counter
    let bytesOut: Counter
    let cancelled: Counter
    private let refusals: [ServingMetrics.Refusal: Counter]

    init(_ registry: MetricRegistry) {
        self.registry = registry
        inFlight = registry.gauge(ServingMetrics.inFlight)
        connections = registry.gauge(ServingMetrics.connections)
        accepted = registry.counter(ServingMetrics.accepted)
        bytesIn = registry.counter(ServingMetrics.bytesIn)
        bytesOut = registry.counter(ServingMetrics.bytesOut)
        cancelled = registry.counter(ServingMetrics.cancelled)
        refusals = Dictionary(
            uniqueKeysWithValues: ServingMetrics.Refusal.allCases.map {
                ($0, registry.counter(ServingMetrics.refused, $0.rawValue))
            })
    }

    /// Counts something that was turned down.
    func refused(_ reason: ServingMetrics.Refusal) { refusals[reason]?.add() }

    /// Counts an answered request.
    func answered(method: String, route: String, status: Int, duration: Duration) {
        // Methods come from clients: others than the usual ones share a label, as OpenTelemetry has it.
        let known: Set = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "CONNECT", "TRACE"]
        registry.histogram(
            ServingMetrics.requestDuration, known.contains(method) ? method : "_OTHER", route, "\(status)"
        ).observe(duration)
    }
}
