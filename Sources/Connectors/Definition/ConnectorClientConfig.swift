public import JSON

/// How a connector's service is called: connections, time limits, and what happens when it is busy.
///
/// Source: `ConnectorClientConfig` of ML Commons; times are in milliseconds unless their names say otherwise.
public struct ConnectorClientConfig: Sendable, Hashable {
    /// How long a call waits before it is tried again.
    public enum BackOff: String, Sendable, Hashable, CaseIterable {
        /// Always the same time.
        case constant
        /// Twice as long each time; half of it drawn.
        case exponentialEqualJitter = "exponential_equal_jitter"
        /// Drawn from a time twice as long each time.
        case exponentialFullJitter = "exponential_full_jitter"
    }

    /// Connections to the service at the same time.
    public var connections = 30
    /// Milliseconds to connect.
    public var connectMilliseconds = 1000
    /// Milliseconds between two pieces of an answer.
    public var readMilliseconds = 10_000
    /// Milliseconds of the first wait.
    public var backOffMilliseconds = 200
    /// Seconds in which a call must have succeeded, waits included.
    public var retrySeconds = 30
    /// How often a call is tried again; -1 means as long as the time allows.
    public var retries = 0
    /// How waits grow.
    public var backOff = BackOff.constant

    /// What holds where nothing is said.
    public init() {}

    init(_ value: JSONValue) throws(ConnectorError) {
        let fields = try ConnectorFields(value, place: "client_config")
        connections = try fields.integer("max_connection", 1...10_000) ?? connections
        connectMilliseconds = try fields.integer("connection_timeout", 1...3_600_000) ?? connectMilliseconds
        readMilliseconds = try fields.integer("read_timeout", 1...3_600_000) ?? readMilliseconds
        backOffMilliseconds = try fields.integer("retry_backoff_millis", 0...3_600_000) ?? backOffMilliseconds
        retrySeconds = try fields.integer("retry_timeout_seconds", 0...86_400) ?? retrySeconds
        retries = try fields.integer("max_retry_times", -1...1000) ?? retries
        if let text = try fields.text("retry_backoff_policy") {
            guard let policy = BackOff(rawValue: text.lowercased()) else {
                throw .illegalArgument("Unsupported retry backoff policy")
            }
            backOff = policy
        }
    }

    /// Milliseconds before the next try.
    ///
    /// - Parameters:
    ///   - number: How often it was tried again before, from 0.
    ///   - draw: A number from 0 to 1.
    package func wait(before number: Int, draw: Double) -> Double {
        let first = Double(backOffMilliseconds)
        let grown = min(
            first * Double(sign: .plus, exponent: min(number, 30), significand: 1), Double(retrySeconds) * 1000)
        switch backOff {
        case .constant: return first
        case .exponentialEqualJitter: return grown / 2 + grown / 2 * draw
        case .exponentialFullJitter: return grown * draw
        }
    }

    /// As answers show it.
    public var document: JSONObject {
        func number(_ value: Int) -> JSONValue { .number(JSONNumber(value)) }
        return [
            "max_connection": number(connections), "connection_timeout": number(connectMilliseconds),
            "read_timeout": number(readMilliseconds), "retry_backoff_millis": number(backOffMilliseconds),
            "retry_timeout_seconds": number(retrySeconds), "max_retry_times": number(retries),
            "retry_backoff_policy": .string(backOff.rawValue),
        ]
    }
}
