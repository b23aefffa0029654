/// How dates are read and written: one or more formats with `||` between, each a name (`strict_date_optional_time`, `epoch_millis`) or
/// a Java pattern (`yyyy/MM/dd HH:mm`).
///
/// A text is read by the first format that takes all of it; the first format writes.
public struct DateFormat: Sendable, Hashable {
    /// The format of `date` fields that do not say theirs.
    public static let defaultPattern = "strict_date_optional_time||epoch_millis"
    /// ``defaultPattern``.
    public static let standard = DateFormat(
        pattern: defaultPattern, formats: [.isoDateOptionalTime, .epochMillis], zone: .utc)

    enum Format: Sendable, Hashable {
        /// `strict_date_optional_time`, by hand because nearly all dates of documents have it.
        case isoDateOptionalTime
        case epochMillis
        case epochSeconds
        case pattern(DatePattern)
    }

    /// The formats as they were given.
    public let pattern: String
    private let formats: [Format]
    /// What dates without a zone are in, and what they are written in.
    private let zone: TimeZoneRules

    private init(pattern: String, formats: [Format], zone: TimeZoneRules) {
        self.pattern = pattern
        self.formats = formats
        self.zone = zone
    }

    /// Reads formats.
    ///
    /// - Parameters:
    ///   - pattern: One or more formats with `||` between.
    ///   - locale: Names of months and days are English whatever it says: `ROOT`, `en`, and `en-US` are accepted.
    /// - Throws: ``MappingError`` of kind `illegal_argument_exception` for an unknown letter or another locale.
    public init(_ pattern: String, locale: String = "") throws(MappingError) {
        let language = locale.lowercased().split { $0 == "-" || $0 == "_" }.first ?? ""
        guard ["", "root", "en"].contains(language) else {
            throw MappingError(
                .illegalArgument, "locale [\(locale)] is not supported; use [ROOT] or [en]")
        }
        guard !pattern.isEmpty else { throw MappingError(.illegalArgument, "No date pattern provided") }
        var formats: [Format] = []
        for part in Self.parts(of: pattern) { formats.append(try Self.format(part)) }
        self.init(pattern: pattern, formats: formats, zone: .utc)
    }

    private static func parts(of pattern: String) -> [String] {
        var parts: [String] = []
        var current: [UInt8] = []
        let bytes = Array(pattern.utf8)
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "|"), index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "|") {
                parts.append(String(decoding: current, as: UTF8.self))
                current.removeAll()
                index += 2
            } else {
                current.append(bytes[index])
                index += 1
            }
        }
        parts.append(String(decoding: current, as: UTF8.self))
        return parts
    }

    private static func format(_ text: String) throws(MappingError) -> Format {
        switch text {
        case "": throw MappingError(.illegalArgument, "Cannot have empty element in multi date format pattern")
        case "strict_date_optional_time", "strictDateOptionalTime", "strict_date_optional_time_nanos",
            "strictDateOptionalTimeNanos":
            return .isoDateOptionalTime
        case "epoch_millis": return .epochMillis
        case "epoch_second": return .epochSeconds
        default: break
        }
        if let named = try NamedDateFormats.pattern(text) { return .pattern(named) }
        // `8` asked for the new date classes when there were two.
        return .pattern(try DatePattern(text.hasPrefix("8") ? String(text.dropFirst()) : text))
    }

    /// The same formats with dates in another zone.
    public func with(zone: TimeZoneRules) -> DateFormat { DateFormat(pattern: pattern, formats: formats, zone: zone) }

    // MARK: Reading

    /// The moment of a text.
    ///
    /// - Parameters:
    ///   - text: The whole text, in UTF-8.
    ///   - zone: What a date without a zone is in; the format's if nil.
    ///   - roundsUp: What is missing of the time of day is the last instead of the first.
    /// - Returns: Nil if no format takes the text.
    public func moment(
        of text: UnsafeBufferPointer<UInt8>, zone: TimeZoneRules? = nil, roundsUp: Bool = false
    ) -> Moment? {
        let zone = zone ?? self.zone
        for format in formats {
            switch format {
            case .isoDateOptionalTime:
                if let moment = ISODate.moment(of: text, zone: zone, roundsUp: roundsUp) { return moment }
            case .epochMillis:
                if let moment = EpochTime.moment(of: text, unitsPerSecond: 1000) { return moment }
            case .epochSeconds:
                if let moment = EpochTime.moment(of: text, unitsPerSecond: 1) { return moment }
            case .pattern(let pattern):
                if let moment = pattern.fields(of: text)?.moment(zone: zone, roundsUp: roundsUp) { return moment }
            }
        }
        return nil
    }

    /// The moment of a text.
    ///
    /// - Throws: ``MappingError`` as OpenSearch words it: `failed to parse date field [..] with format [..]`.
    public func moment(
        of text: String, zone: TimeZoneRules? = nil, roundsUp: Bool = false
    ) throws(MappingError) -> Moment {
        var copy = text
        if let moment = copy.withUTF8({ moment(of: $0, zone: zone, roundsUp: roundsUp) }) { return moment }
        throw failure(text)
    }

    func failure(_ text: String) -> MappingError {
        let inner =
            formats.count > 1
            ? MappingError(.dateTimeParse, "Failed to parse with all enclosed parsers")
            : MappingError(.dateTimeParse, "Text '\(text)' could not be parsed at index 0")
        return MappingError(
            .illegalArgument, "failed to parse date field [\(text)] with format [\(pattern)]", cause: inner)
    }

    // MARK: Writing

    /// The text of a moment, by the first format.
    public func text(of moment: Moment, zone: TimeZoneRules? = nil) -> String {
        let zone = zone ?? self.zone
        switch formats[0] {
        case .isoDateOptionalTime: return ISODate.text(of: moment, zone: zone)
        case .epochMillis:
            let fraction = moment.nanosecond % 1_000_000
            return String(moment.milliseconds) + EpochTime.fractionText(fraction, digits: 6)
        case .epochSeconds:
            return String(moment.seconds) + EpochTime.fractionText(moment.nanosecond, digits: 9)
        case .pattern(let pattern): return pattern.text(of: moment, zone: zone)
        }
    }

    /// Whether the first format writes numbers: epoch times.
    public var writesNumbers: Bool { formats[0] == .epochMillis || formats[0] == .epochSeconds }
}

/// `epoch_millis` and `epoch_second`: integers, with a fraction if need be.
enum EpochTime {
    static func moment(of text: UnsafeBufferPointer<UInt8>, unitsPerSecond: Int) -> Moment? {
        var index = 0
        var isNegative = false
        if text.first == UInt8(ascii: "-") {
            isNegative = true
            index = 1
        }
        let first = index
        var value = 0
        while index < text.count, text[index] &- 48 < 10 {
            if index - first >= 18 { return nil }
            value = value * 10 + Int(text[index] &- 48)
            index += 1
        }
        guard index > first else { return nil }
        var fraction = 0
        let perUnit = 1_000_000_000 / unitsPerSecond
        if index < text.count, text[index] == UInt8(ascii: ".") {
            index += 1
            var scale = perUnit
            while index < text.count, text[index] &- 48 < 10 {
                scale /= 10
                fraction += Int(text[index] &- 48) * scale
                index += 1
            }
        }
        guard index == text.count else { return nil }
        let whole = value / unitsPerSecond
        let nanos = value % unitsPerSecond * perUnit + fraction
        if !isNegative { return Moment(seconds: whole, nanosecond: nanos) }
        return nanos == 0
            ? Moment(seconds: -whole) : Moment(seconds: -whole - 1, nanosecond: 1_000_000_000 - nanos)
    }

    static func fractionText(_ fraction: Int, digits: Int) -> String {
        guard fraction != 0 else { return "" }
        var text = String(fraction)
        text = String(repeating: "0", count: digits - text.utf8.count) + text
        while text.hasSuffix("0") { text.removeLast() }
        return "." + text
    }
}
