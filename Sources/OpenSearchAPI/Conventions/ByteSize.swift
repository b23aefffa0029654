/// Numbers of bytes as settings, parameters and tables spell them.
enum ByteSize {
    private static let units: [(suffix: String, shift: Int)] = [
        ("pb", 50), ("tb", 40), ("gb", 30), ("mb", 20), ("kb", 10), ("p", 50), ("t", 40), ("g", 30), ("m", 20),
        ("k", 10), ("b", 0),
    ]

    /// Reads `10mb`; nil if it is not a size.
    static func parse(_ text: String) -> Int? {
        let lower = text.trimmed.lowercased()
        if lower == "-1" || lower == "0" { return Int(lower) }
        for unit in units where lower.hasSuffix(unit.suffix) {
            guard let count = Double(lower.dropLast(unit.suffix.count).trimmed), count >= 0, count < 0x10_0000_0000_0000
            else {
                return nil
            }
            return Int(exactly: (count * Double(1 << unit.shift)).rounded())
        }
        return nil
    }

    /// The size for people: `1.2kb`.
    static func text(_ bytes: Int) -> String {
        for unit in units.prefix(5) where bytes >= 1 << unit.shift {
            let tenths = bytes / (1 << unit.shift) * 10 + bytes % (1 << unit.shift) * 10 / (1 << unit.shift)
            return tenths % 10 == 0 ? "\(tenths / 10)\(unit.suffix)" : "\(tenths / 10).\(tenths % 10)\(unit.suffix)"
        }
        return "\(bytes)b"
    }

    /// The size in one unit (`bytes=kb`), without it.
    static func text(_ bytes: Int, in unit: String) -> String? {
        guard let shift = units.first(where: { $0.suffix == unit })?.shift else { return nil }
        return "\(bytes >> shift)"
    }
}
