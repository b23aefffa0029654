/// Numbers with a unit, as settings have them.
enum Quantity {
    private static let durationUnits: [(name: String, milliseconds: Double)] = [
        ("ms", 1), ("s", 1_000), ("min", 60_000), ("m", 60_000), ("h", 3_600_000),
    ]
    private static let byteUnits: [(name: String, bytes: Double)] = [
        ("", 1), ("b", 1), ("kb", 1e3), ("mb", 1e6), ("gb", 1e9), ("kib", 1024), ("mib", 1_048_576),
        ("gib", 1_073_741_824), ("k", 1024), ("m", 1_048_576), ("g", 1_073_741_824),
    ]

    /// `30s`, `500ms`, `1.5min`, `2 h`; nil for anything else, a number without a unit included.
    static func duration(_ text: String) -> Duration? {
        guard let (number, unit) = parts(text) else { return nil }
        guard let factor = durationUnits.first(where: { $0.name == unit })?.milliseconds else { return nil }
        let milliseconds = number * factor
        guard milliseconds < 1e15 else { return nil }
        return .microseconds(Int64((milliseconds * 1000).rounded()))
    }

    /// `64MiB`, `1.5 GB`, `65536`; single letters are binary (`64M` is `64MiB`), as the JVM and TEI users know them.
    static func bytes(_ text: String) -> Int? {
        guard let (number, unit) = parts(text) else { return nil }
        guard let factor = byteUnits.first(where: { $0.name == unit.lowercased() })?.bytes else { return nil }
        return Int(exactly: (number * factor).rounded())
    }

    /// The shortest text with a whole number that means so many bytes.
    static func text(bytes: Int) -> String {
        for (shift, unit) in [(30, "GiB"), (20, "MiB"), (10, "KiB")] where bytes != 0 && bytes % (1 << shift) == 0 {
            return "\(bytes >> shift)\(unit)"
        }
        return "\(bytes)"
    }

    private static func parts(_ text: String) -> (number: Double, unit: String)? {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        guard let number = Double(digits), number.isFinite else { return nil }
        return (number, String(text[digits.endIndex...].trimmingSpaces()))
    }
}

extension Duration {
    /// The shortest text with a whole number that means this duration, to the millisecond.
    var settingText: String {
        let (seconds, attoseconds) = components
        let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        for (size, unit) in [(3_600_000, "h"), (60_000, "min"), (1000, "s")] as [(Int64, String)]
        where milliseconds != 0 && milliseconds % size == 0 {
            return "\(milliseconds / size)\(unit)"
        }
        return milliseconds == 0 ? "0s" : "\(milliseconds)ms"
    }
}
