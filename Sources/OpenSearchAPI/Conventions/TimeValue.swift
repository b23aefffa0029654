/// Spans of time as settings and parameters spell them.
enum TimeValue {
    private static let units: [(suffix: String, nanoseconds: Int64)] = [
        ("nanos", 1), ("micros", 1000), ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000),
        ("h", 3_600_000_000_000), ("d", 86_400_000_000_000),
    ]

    /// Reads `30s`, `500ms`, `-1` or `0`.
    static func parse(_ text: String, setting: String) throws(OpenSearchError) -> Duration {
        let trimmed = String(text.trimmed)
        if trimmed == "-1" { return .nanoseconds(-1) }
        if trimmed == "0" { return .zero }
        for unit in units where trimmed.lowercased().hasSuffix(unit.suffix) {
            let digits = trimmed.dropLast(unit.suffix.count).trimmed
            // `5ms` also ends with `s`: the digits decide.
            guard let count = Int64(digits) else { continue }
            let (value, isTooLarge) = count.multipliedReportingOverflow(by: unit.nanoseconds)
            return isTooLarge ? .seconds(1 << 40) : .nanoseconds(value)
        }
        let known = units.contains { trimmed.lowercased().hasSuffix($0.suffix) }
        throw known
            ? .illegalArgument(
                "failed to parse setting [\(setting)] with value [\(text)] as a time value",
                causedBy: [.numberFormat(trimmed)])
            : .illegalArgument(
                "failed to parse setting [\(setting)] with value [\(text)] as a time value: unit is missing or "
                    + "unrecognized")
    }

    /// The span for people: `1.5m`, `230ms`.
    static func text(_ duration: Duration) -> String {
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
    var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }

    /// The span in whole milliseconds.
    var milliseconds: Int { Int(nanoseconds / 1_000_000) }
}
