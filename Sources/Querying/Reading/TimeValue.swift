/// Spans of time as OpenSearch writes them: `10s`, `500ms`, `-1`, `0`.
package enum TimeValue {
    private static let units: [(suffix: String, nanoseconds: Int64)] = [
        ("nanos", 1), ("micros", 1000), ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000),
        ("h", 3_600_000_000_000), ("d", 86_400_000_000_000),
    ]

    /// Reads a span; `-1` is minus one nanosecond, and stands for "without end" where a setting takes it.
    ///
    /// - Parameter setting: The name of the setting or parameter, for the message.
    /// - Throws: An `illegal_argument_exception`.
    package static func parse(_ text: String, setting: String) throws(SearchError) -> Duration {
        let trimmed = text.trimmed.lowercased()
        if trimmed == "-1" { return .nanoseconds(-1) }
        if trimmed == "0" { return .zero }
        let start = "failed to parse setting [\(setting)] with value [\(text)] as a time value"
        guard let unit = units.first(where: { trimmed.hasSuffix($0.suffix) }) else {
            throw .illegalArgument("\(start): unit is missing or unrecognized")
        }
        let digits = String(trimmed.dropLast(unit.suffix.count)).trimmed
        guard let count = Int64(digits) else {
            throw digits.contains(".") && Double(digits) != nil
                ? .illegalArgument("\(start), fractional time values are not supported")
                : SearchError(
                    type: "illegal_argument_exception", reason: start,
                    cause: SearchError(type: "number_format_exception", reason: "For input string: \"\(digits)\""))
        }
        guard count >= 0 else { throw .illegalArgument("\(start): negative durations are not supported") }
        let (value, isTooLarge) = count.multipliedReportingOverflow(by: unit.nanoseconds)
        return isTooLarge ? .seconds(1 << 33) : .nanoseconds(value)
    }

    /// Reads a span in whole milliseconds, rounded down; -1 for `-1`.
    package static func milliseconds(_ text: String, setting: String) throws(SearchError) -> Int {
        let duration = try parse(text, setting: setting)
        return duration < .zero ? -1 : duration.milliseconds
    }

    /// The span for people: `1.5m`, `230ms`.
    package static func text(_ duration: Duration) -> String {
        let nanoseconds = duration.nanoseconds
        if nanoseconds < 0 { return "-1" }
        for unit in units.reversed() where nanoseconds >= unit.nanoseconds {
            let tenths = nanoseconds / (max(unit.nanoseconds, 10) / 10)
            if unit.nanoseconds == 1 || tenths % 10 == 0 { return "\(nanoseconds / unit.nanoseconds)\(unit.suffix)" }
            return "\(tenths / 10).\(tenths % 10)\(unit.suffix)"
        }
        return "0s"
    }
}

extension Duration {
    /// The span in whole nanoseconds.
    package var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }

    /// The span in whole milliseconds, rounded down: what is less than nothing, as OpenSearch's -1, stays so.
    package var milliseconds: Int { Int(nanoseconds / 1_000_000) - (nanoseconds % 1_000_000 < 0 ? 1 : 0) }
}
