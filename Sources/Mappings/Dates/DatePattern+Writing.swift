/// Writing a moment by a pattern.
extension DatePattern {
    /// The text of a moment in a zone.
    func text(of moment: Moment, zone: TimeZoneRules) -> String {
        let offset = zone.offset(atSecondsSinceEpoch: moment.seconds)
        let time = CivilTime(secondsSinceEpoch: moment.seconds + offset, nanosecond: moment.nanosecond)
        var text = ""
        Self.write(printed, moment, time, offset: offset, zone: zone, to: &text)
        return text
    }

    private static func write(
        _ elements: [Element], _ moment: Moment, _ time: CivilTime, offset: Int, zone: TimeZoneRules,
        to text: inout String
    ) {
        for element in elements {
            switch element {
            case .literal(let bytes): text += String(decoding: bytes, as: UTF8.self)
            case .number(let field, let minimum, let maximum, let isSigned, _):
                // A lenient number is written with as many digits as it may have at most two of.
                let width = minimum == 1 && maximum == 2 && !isSigned ? 1 : minimum
                text += padded(value(of: field, moment, time), to: width)
            case .shortYear: text += padded(((time.date.year % 100) + 100) % 100, to: 2)
            case .fraction(let minimum, let maximum, let hasPoint):
                if hasPoint { text += "." }
                var digits = padded(time.nanosecond, to: 9)
                if minimum == maximum {
                    digits = String(digits.prefix(minimum))
                } else {
                    while digits.utf8.count > max(3, minimum), digits.hasSuffix("0") { digits.removeLast() }
                }
                text += digits
            case .monthName(let isShort):
                let name = monthNames[time.date.month - 1]
                text += isShort ? String(name.prefix(3)) : name
            case .weekdayName(let isShort):
                let name = weekdayNames[time.date.weekday - 1]
                text += isShort ? String(name.prefix(3)) : name
            case .halfDay: text += time.hour < 12 ? "AM" : "PM"
            case .era: text += time.date.year > 0 ? "AD" : "BC"
            case .offset(let colon, let minutes, let zulu):
                if offset == 0 {
                    text += zulu ? "Z" : minutes ? (colon ? "+00:00" : "+0000") : "+00"
                } else {
                    let full = TimeZoneRules.text(ofOffset: offset, colon: colon)
                    text += minutes || offset % 3_600 != 0 ? full : String(full.prefix(3))
                }
            case .zone:
                text += zone.isFixed ? TimeZoneRules.text(ofOffset: offset) : TimeZoneRules.text(ofOffset: offset)
            case .optional(let inner): write(inner, moment, time, offset: offset, zone: zone, to: &text)
            }
        }
    }

    private static func padded(_ value: Int, to width: Int) -> String {
        let digits = String(value.magnitude)
        let zeros = String(repeating: "0", count: max(0, width - digits.utf8.count))
        return (value < 0 ? "-" : "") + zeros + digits
    }

    private static func value(of field: Field, _ moment: Moment, _ time: CivilTime) -> Int {
        switch field {
        case .year: time.date.year
        case .weekYear: time.date.isoWeek.year
        case .month: time.date.month
        case .week: time.date.isoWeek.week
        case .day: time.date.day
        case .dayOfYear: time.date.dayOfYear
        case .weekday: time.date.weekday
        case .hour: time.hour
        case .hour12: (time.hour + 11) % 12 + 1
        case .hour11: time.hour % 12
        case .hour24: time.hour == 0 ? 24 : time.hour
        case .minute: time.minute
        case .second: time.second
        case .milliOfDay: ((time.hour * 60 + time.minute) * 60 + time.second) * 1000 + time.nanosecond / 1_000_000
        case .nanoOfSecond: time.nanosecond
        case .nanoOfDay: ((time.hour * 60 + time.minute) * 60 + time.second) * 1_000_000_000 + time.nanosecond
        case .quarter: (time.date.month + 2) / 3
        case .epochSecond: moment.seconds
        case .epochMilli: Int(moment.milliseconds)
        }
    }
}
