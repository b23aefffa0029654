import FoundationEssentials

/// The offset from UTC at any time: UTC, a fixed offset, or a place's rules from the system's time zone files.
public struct TimeZoneRules: Sendable, Hashable {
    /// The identifier, as it was written: `UTC`, `+02:00`, `Europe/Berlin`.
    public let identifier: String
    private let fixedOffset: Int?
    private let rules: ZoneFile?

    /// Universal time.
    public static let utc = TimeZoneRules(identifier: "Z", offset: 0)

    /// A fixed offset in seconds east of Greenwich.
    public init(offset: Int) { self.init(identifier: Self.text(ofOffset: offset), offset: offset) }

    private init(identifier: String, offset: Int?, rules: ZoneFile? = nil) {
        self.identifier = identifier
        fixedOffset = offset
        self.rules = rules
    }

    /// Reads an identifier: `Z`, `UTC`, `GMT`, `+02`, `+0200`, `+02:00`, `UTC+2`, or the name of a file below `/usr/share/zoneinfo`.
    ///
    /// - Throws: ``MappingError`` of kind `illegal_argument_exception` for an unknown identifier, or for a place when the machine
    ///   has no time zone files.
    public init(_ identifier: String) throws(MappingError) {
        switch identifier {
        case "Z", "UTC", "GMT", "UT", "Zulu", "Etc/UTC", "Etc/GMT":
            self.init(identifier: identifier == "Z" ? "Z" : identifier, offset: 0)
            return
        default: break
        }
        var text = Substring(identifier)
        for prefix in ["UTC", "GMT", "UT"] where text.hasPrefix(prefix) {
            text = text.dropFirst(prefix.count)
            break
        }
        if let offset = Self.offset(text) {
            self.init(identifier: identifier, offset: offset)
            return
        }
        guard let rules = ZoneFile.named(identifier) else {
            throw MappingError(
                .illegalArgument,
                "Unknown time-zone ID: \(identifier)"
                    + (ZoneFile.isInstalled
                        ? "" : " (this machine has no /usr/share/zoneinfo: use UTC or an offset such as +02:00)"))
        }
        self.init(identifier: identifier, offset: nil, rules: rules)
    }

    /// Whether the offset never changes.
    public var isFixed: Bool { fixedOffset != nil }

    /// The offset in seconds east of Greenwich at a point in time.
    public func offset(atSecondsSinceEpoch seconds: Int) -> Int {
        if let fixedOffset { return fixedOffset }
        return rules?.offset(at: seconds) ?? 0
    }

    /// The seconds since 1970 at which clocks of the place show a time.
    ///
    /// In a gap (clocks go forward) the time is taken as with the offset before the gap, in an overlap the earlier one is taken, as
    /// Java does.
    public func secondsSinceEpoch(ofLocalSeconds local: Int) -> Int {
        if let fixedOffset { return local - fixedOffset }
        let before = offset(atSecondsSinceEpoch: local - 86_400)
        let after = offset(atSecondsSinceEpoch: local + 86_400)
        // Both offsets that can be in force: the earlier moment is the one with the larger offset.
        let candidates = before >= after ? [before, after] : [after, before]
        for candidate in candidates where offset(atSecondsSinceEpoch: local - candidate) == candidate {
            return local - candidate
        }
        return local - before
    }

    /// `+02`, `+0200`, `+02:00`, `+02:00:00`, also with one digit for the hour.
    static func offset(_ text: Substring) -> Int? {
        guard let sign = text.utf8.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return nil }
        var parts: [Int] = []
        let digits = text.dropFirst()
        if digits.contains(":") {
            for part in digits.split(separator: ":", omittingEmptySubsequences: false) {
                guard (1...2).contains(part.utf8.count), let value = Int(part), part.first != "+", part.first != "-"
                else { return nil }
                parts.append(value)
            }
        } else {
            guard digits.utf8.allSatisfy({ (48...57).contains($0) }), let value = Int(digits) else { return nil }
            switch digits.utf8.count {
            case 1, 2: parts = [value]
            case 4: parts = [value / 100, value % 100]
            case 6: parts = [value / 10_000, value / 100 % 100, value % 100]
            default: return nil
            }
        }
        guard parts.count <= 3, let hours = parts.first, hours <= 18 else { return nil }
        let minutes = parts.count > 1 ? parts[1] : 0
        let seconds = parts.count > 2 ? parts[2] : 0
        guard minutes < 60, seconds < 60 else { return nil }
        let total = hours * 3_600 + minutes * 60 + seconds
        return sign == UInt8(ascii: "-") ? -total : total
    }

    /// `Z` or `+02:00`.
    public static func text(ofOffset offset: Int, colon: Bool = true) -> String {
        if offset == 0 { return "Z" }
        let magnitude = abs(offset)
        let hours = magnitude / 3_600
        let minutes = magnitude / 60 % 60
        let seconds = magnitude % 60
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let separator = colon ? ":" : ""
        return (offset < 0 ? "-" : "+") + two(hours) + separator + two(minutes)
            + (seconds == 0 ? "" : separator + two(seconds))
    }
}
