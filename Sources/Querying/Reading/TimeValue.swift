/// Durations as OpenSearch writes them: `10s`, `1.5h`, `-1`, `0`.
package enum TimeValue {
    package static func milliseconds(_ text: String, setting: String) throws -> Int {
        let units: [(String, Double)] = [
            ("nanos", 1e-6), ("micros", 1e-3), ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000),
            ("d", 86_400_000),
        ]
        let lower = text.trimmed.lowercased()
        if lower == "-1" { return -1 }
        if lower == "0" { return 0 }
        for (suffix, factor) in units where lower.hasSuffix(suffix) {
            guard let number = Double(String(lower.dropLast(suffix.count)).trimmed), number >= 0, number < 1e12 else {
                break
            }
            return Int(number * factor)
        }
        throw SearchError.illegalArgument(
            "failed to parse setting [\(setting)] with value [\(text)] as a time value: unit is missing or unrecognized"
        )
    }
}
