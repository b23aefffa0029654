/// How a log line looks.
public enum LogFormat: String, Sendable, Hashable, CaseIterable {
    /// For people: time, level, message and `key=value` pairs.
    case plain
    /// For machines: one JSON object on a line.
    case json
}
