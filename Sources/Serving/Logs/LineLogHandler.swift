#if canImport(Glibc)
    internal import Glibc
#endif
internal import JSON
public import Logging

/// A log handler that writes one line for each event, for people or for machines.
///
/// Values come from clients, so control characters are escaped in both formats: nobody can write a line of their own.
public struct LineLogHandler: LogHandler {
    /// Events below are not written.
    public var logLevel: Logger.Level
    /// Fields of every line.
    public var metadata: Logger.Metadata = [:]
    /// Gives further fields for each line.
    public var metadataProvider: Logger.MetadataProvider?
    private let format: LogFormat
    private let sink: LogSink

    /// A handler.
    public init(format: LogFormat, level: Logger.Level = .info, sink: LogSink = .standardError) {
        self.format = format
        self.sink = sink
        logLevel = level
    }

    /// A field of every line.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes a line.
    public func log(event: LogEvent) {
        var fields = metadata
        if let provided = metadataProvider?.get() { fields.merge(provided) { $1 } }
        if let given = event.metadata { fields.merge(given) { $1 } }
        if let error = event.error, fields["error"] == nil { fields["error"] = "\(error)" }
        let sorted = fields.map { (key: $0.key, value: "\($0.value)") }.sorted(by: Self.precedes)
        sink.write(
            format == .plain
                ? Self.plain(event.level, event.message.description, sorted)
                : Self.json(event.level, event.message.description, sorted))
    }

    private static func plain(_ level: Logger.Level, _ message: String, _ fields: [(key: String, value: String)])
        -> [UInt8]
    {
        var line = "\(Timestamp.now) \(level.rawValue.uppercased()) "
        escape(message, into: &line)
        for (key, value) in fields {
            line += " "
            escape(key, into: &line)
            line += "="
            let needsQuotes =
                value.isEmpty
                || value.utf8.contains { $0 <= 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "=") }
            if needsQuotes { line += "\"" }
            escape(value, into: &line, quotes: needsQuotes)
            if needsQuotes { line += "\"" }
        }
        line += "\n"
        return Array(line.utf8)
    }

    private static func json(_ level: Logger.Level, _ message: String, _ fields: [(key: String, value: String)])
        -> [UInt8]
    {
        var writer = JSONWriter(reservingBytes: 512)
        writer.beginObject()
        writer.key("time")
        writer.value(Timestamp.now)
        writer.key("level")
        writer.value(level.rawValue)
        writer.key("message")
        writer.value(message)
        for (key, value) in fields where !["time", "level", "message"].contains(key) {
            writer.key(key)
            // Numbers of our own making stay numbers, so that log stores can compute with them.
            if let number = Int(value), numeric.contains(key) {
                writer.value(number)
            } else if numeric.contains(key), let number = Double(value) {
                writer.value(number)
            } else {
                writer.value(value)
            }
        }
        writer.endObject()
        return writer.bytes + [UInt8(ascii: "\n")]
    }

    /// The order in which a request's fields are read; others follow by name.
    private static let order = [
        "id", "method", "path", "status", "duration_ms", "route", "model", "texts", "tokens", "bytes_in", "bytes_out",
    ]
    private static let ranks = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
    private static let numeric: Set = [
        "status", "duration_ms", "bytes_in", "bytes_out", "texts", "tokens", "receiving_ms", "handling_ms",
        "writing_ms",
        "tokenization_ms", "queue_ms", "inference_ms", "connections", "cached",
    ]

    private static func precedes(_ left: (key: String, value: String), _ right: (key: String, value: String)) -> Bool {
        let (first, second) = (ranks[left.key] ?? order.count, ranks[right.key] ?? order.count)
        return first == second ? left.key < right.key : first < second
    }

    private static func escape(_ text: String, into line: inout String, quotes: Bool = false) {
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x0A: line += "\\n"
            case 0x0D: line += "\\r"
            case 0x09: line += "\\t"
            case 0x22 where quotes: line += "\\\""
            case 0x5C where quotes: line += "\\\\"
            // C0, DEL, C1, and the two separators that viewers take for line ends.
            case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029:
                line += "\\u{" + String(scalar.value, radix: 16) + "}"
            default: line.unicodeScalars.append(scalar)
            }
        }
    }
}
