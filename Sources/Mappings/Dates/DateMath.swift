/// Dates with arithmetic, as queries write them: `now-1d/d`, `2015-01-01||+1M/M`.
public enum DateMath {
    /// The moment of an expression.
    ///
    /// - Parameters:
    ///   - text: `now` or a date and `||`, then any of `+1h`, `-1d`, `/d` with the units y, M, w, d, h (H), m, s; or only a date.
    ///   - format: How the date is read.
    ///   - now: What `now` means.
    ///   - zone: What dates without a zone are in, and where rounding finds the beginnings of days.
    ///   - roundsUp: `/d` gives the last millisecond of the day instead of the first; a date without a time likewise.
    /// - Throws: ``MappingError`` of kind `parse_exception`.
    public static func moment(
        of text: String, format: DateFormat, now: Moment, zone: TimeZoneRules = .utc, roundsUp: Bool = false
    ) throws(MappingError) -> Moment {
        if text.hasPrefix("now") {
            return try apply(Array(text.utf8.dropFirst(3)), to: now, zone: zone, roundsUp: roundsUp)
        }
        let bytes = Array(text.utf8)
        var separator: Int?
        var index = 0
        while index + 1 < bytes.count {
            if bytes[index] == UInt8(ascii: "|"), bytes[index + 1] == UInt8(ascii: "|") {
                separator = index
                break
            }
            index += 1
        }
        guard let separator else {
            if bytes.isEmpty { throw MappingError(.parse, "cannot parse empty datetime") }
            return try date(text, format, zone, roundsUp: roundsUp)
        }
        let start = try date(
            String(decoding: bytes[..<separator], as: UTF8.self), format, zone, roundsUp: false)
        return try apply(Array(bytes[(separator + 2)...]), to: start, zone: zone, roundsUp: roundsUp)
    }

    private static func date(
        _ text: String, _ format: DateFormat, _ zone: TimeZoneRules, roundsUp: Bool
    ) throws(MappingError) -> Moment {
        do { return try format.moment(of: text, zone: zone, roundsUp: roundsUp) } catch {
            throw MappingError(
                .parse,
                "failed to parse date field [\(text)] with format [\(format.pattern)]: [\(error.reason)]",
                cause: error)
        }
    }

    private static func apply(
        _ math: [UInt8], to start: Moment, zone: TimeZoneRules, roundsUp: Bool
    ) throws(MappingError) -> Moment {
        var moment = start
        let whole = String(decoding: math, as: UTF8.self)
        var index = 0
        while index < math.count {
            let letter = math[index]
            index += 1
            let isRounding = letter == UInt8(ascii: "/")
            guard isRounding || letter == UInt8(ascii: "+") || letter == UInt8(ascii: "-") else {
                throw MappingError(.parse, "operator not supported for date math [\(whole)]")
            }
            guard index < math.count else { throw MappingError(.parse, "truncated date math [\(whole)]") }
            var amount = 1
            if math[index] &- 48 < 10 {
                amount = 0
                while index < math.count, math[index] &- 48 < 10 {
                    amount = amount * 10 + Int(math[index]) - 48
                    guard amount <= Int(Int32.max) else {
                        throw MappingError(.numberFormat, "For input string in date math [\(whole)]")
                    }
                    index += 1
                }
                guard index < math.count else { throw MappingError(.parse, "truncated date math [\(whole)]") }
            }
            if isRounding, amount != 1 {
                throw MappingError(
                    .parse, "rounding `/` can only be used on single unit types [\(whole)]")
            }
            guard let unit = DateUnit(letter: math[index]) else {
                throw MappingError(
                    .parse,
                    "unit [\(Character(UnicodeScalar(math[index])))] not supported for date math [\(whole)]")
            }
            index += 1
            if isRounding {
                moment = unit.floor(moment, zone: zone)
                if roundsUp {
                    moment = unit.add(1, to: moment, zone: zone)
                    // Units begin with a whole second.
                    moment = Moment(seconds: moment.seconds - 1, nanosecond: 999_000_000)
                }
            } else {
                moment = unit.add(letter == UInt8(ascii: "-") ? -amount : amount, to: moment, zone: zone)
            }
            // About the years that Java's calendar has.
            guard moment.seconds.magnitude < 31_556_889_000_000_000 else {
                throw MappingError(.parse, "date math [\(whole)] leaves the years -999999999 to 999999999")
            }
        }
        return moment
    }
}

/// A unit of the calendar: date math and date histograms round to it and count in it.
public enum DateUnit: Sendable, Hashable {
    /// Seconds, minutes and hours.
    case second, minute, hour
    /// Days, ISO weeks (from Monday), months, quarters and years of the calendar.
    case day, week, month, quarter, year

    init?(letter: UInt8) {
        switch letter {
        case UInt8(ascii: "y"): self = .year
        case UInt8(ascii: "M"): self = .month
        case UInt8(ascii: "w"): self = .week
        case UInt8(ascii: "d"): self = .day
        case UInt8(ascii: "h"), UInt8(ascii: "H"): self = .hour
        case UInt8(ascii: "m"): self = .minute
        case UInt8(ascii: "s"): self = .second
        default: return nil
        }
    }

    /// The beginning of the unit that a moment lies in.
    public func floor(_ moment: Moment, zone: TimeZoneRules) -> Moment {
        let offset = zone.offset(atSecondsSinceEpoch: moment.seconds)
        let local = moment.seconds + offset
        switch self {
        case .second: return Moment(seconds: moment.seconds)
        // Offsets are whole minutes today; rounding the local time is right for those that were not.
        case .minute: return Moment(seconds: Self.floor(local, 60) - offset)
        case .hour: return Moment(seconds: Self.floor(local, 3_600) - offset)
        default: break
        }
        var date = CivilTime(secondsSinceEpoch: local).date
        switch self {
        case .week: date = CivilDate(daysSinceEpoch: date.daysSinceEpoch - (date.weekday - 1))
        case .month: date.day = 1
        case .quarter: date = CivilDate(year: date.year, month: (date.month - 1) / 3 * 3 + 1, day: 1)
        case .year: date = CivilDate(year: date.year, month: 1, day: 1)
        default: break
        }
        return Moment(seconds: zone.secondsSinceEpoch(ofLocalSeconds: date.daysSinceEpoch * 86_400))
    }

    /// A moment some units later (or earlier); days and longer keep the time of day that clocks show.
    public func add(_ amount: Int, to moment: Moment, zone: TimeZoneRules) -> Moment {
        switch self {
        case .second: return Moment(seconds: moment.seconds + amount, nanosecond: moment.nanosecond)
        case .minute: return Moment(seconds: moment.seconds + amount * 60, nanosecond: moment.nanosecond)
        case .hour: return Moment(seconds: moment.seconds + amount * 3_600, nanosecond: moment.nanosecond)
        default: break
        }
        var time = CivilTime(
            secondsSinceEpoch: moment.seconds + zone.offset(atSecondsSinceEpoch: moment.seconds),
            nanosecond: moment.nanosecond)
        switch self {
        case .day: time.date = CivilDate(daysSinceEpoch: time.date.daysSinceEpoch + amount)
        case .week: time.date = CivilDate(daysSinceEpoch: time.date.daysSinceEpoch + amount * 7)
        case .month: time.date = time.date.adding(months: amount)
        case .quarter: time.date = time.date.adding(months: amount * 3)
        default: time.date = time.date.adding(months: amount * 12)
        }
        return Moment(
            seconds: zone.secondsSinceEpoch(ofLocalSeconds: time.secondsSinceEpoch), nanosecond: time.nanosecond)
    }

    private static func floor(_ value: Int, _ step: Int) -> Int {
        let rest = value % step
        return value - (rest < 0 ? rest + step : rest)
    }
}
