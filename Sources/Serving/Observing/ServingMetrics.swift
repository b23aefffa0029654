public import Telemetry

/// The time series of the server and of its process.
///
/// Names and labels follow OpenTelemetry's HTTP conventions in Prometheus' spelling, and the Prometheus client libraries for the
/// process.
public enum ServingMetrics {
    static let requestDuration = MetricDefinition(
        "http_server_request_duration_seconds",
        .histogram(bounds: [
            0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30,
        ]),
        unit: "seconds", labels: ["method", "route", "status"],
        help: "From the end of a request's header fields to the end of its answer.")
    static let inFlight = MetricDefinition(
        "http_server_active_requests", .gauge, unit: "requests",
        help: "Requests whose header fields are read and whose answer is not yet sent.")
    static let connections = MetricDefinition(
        "http_server_connections_open", .gauge, unit: "connections", help: "Connections that are open.")
    static let accepted = MetricDefinition(
        "http_server_connections_accepted_total", .counter, unit: "connections", help: "Connections that were opened.")
    static let bytesIn = MetricDefinition(
        "http_server_received_bytes_total", .counter, unit: "bytes", help: "Bytes read from clients, after TLS.")
    static let bytesOut = MetricDefinition(
        "http_server_sent_bytes_total", .counter, unit: "bytes", help: "Bytes written to clients, before TLS.")
    static let refused = MetricDefinition(
        "http_server_refused_total", .counter, unit: "requests", labels: ["reason"],
        help: "Requests or connections that the server itself turned down.")
    static let cancelled = MetricDefinition(
        "http_server_cancelled_total", .counter, unit: "requests",
        help: "Requests whose client went away before the answer was sent.")
    static let bufferedBytes = MetricDefinition(
        "http_server_buffered_body_bytes", .gauge, unit: "bytes", help: "Bytes of bodies that are held for requests.")
    static let droppedLogLines = MetricDefinition(
        "log_lines_dropped_total", .counter, unit: "lines",
        help: "Log lines that were dropped because standard error did not take them.")

    /// All of them.
    public static let all: [MetricDefinition] =
        [
            requestDuration, inFlight, connections, accepted, bytesIn, bytesOut, refused, cancelled, bufferedBytes,
            droppedLogLines,
        ] + ProcessMetrics.all

    /// Why the server turned something down.
    package enum Refusal: String, CaseIterable, Sendable {
        case headers
        case slowHeaders = "slow_headers"
        case slowBody = "slow_body"
        case slowReader = "slow_reader"
        case body
        case key
        case malformed
        case memory
        case tls
        case descriptors
        case stopping
    }
}
