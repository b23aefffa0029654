/// A date and a time of day in the Gregorian calendar, without a zone.
struct CivilTime {
    private(set) var year: Int64
    private(set) var month: Int64
    private(set) var day: Int64
    private(set) var hour: Int64
    private(set) var minute: Int64
    private(set) var second: Int64

    /// The date of a moment.
    ///
    /// Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
    init(secondsSinceEpoch seconds: Int64) {
        let days = seconds >= 0 ? seconds / 86400 : (seconds - 86399) / 86400
        let rest = seconds - days * 86400
        (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60)
        let z = days + 719_468
        let era = (z >= 0 ? z : z - 146_096) / 146_097
        let dayOfEra = z - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let m = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * m + 2) / 5 + 1
        month = m < 10 ? m + 3 : m - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Seconds since 1970.
    var secondsSinceEpoch: Int64 {
        let y = month <= 2 ? year - 1 : year
        let era = (y >= 0 ? y : y - 399) / 400
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return (era * 146_097 + dayOfEra - 719_468) * 86400 + hour * 3600 + minute * 60 + second
    }

    /// The day of the week: Monday is 1.
    private var weekday: Int64 {
        let days = (secondsSinceEpoch - (hour * 3600 + minute * 60 + second)) / 86400
        return ((days + 3) % 7 + 7) % 7 + 1
    }

    /// Goes back to the start of a unit; false if there is no such unit.
    mutating func floor(to unit: Character) -> Bool {
        switch unit {
        case "y": (month, day, hour, minute, second) = (1, 1, 0, 0, 0)
        case "M": (day, hour, minute, second) = (1, 0, 0, 0)
        case "w":
            (hour, minute, second) = (0, 0, 0)
            self = CivilTime(secondsSinceEpoch: secondsSinceEpoch - (weekday - 1) * 86400)
        case "d": (hour, minute, second) = (0, 0, 0)
        case "h", "H": (minute, second) = (0, 0)
        case "m": second = 0
        case "s": break
        default: return false
        }
        return true
    }

    /// Moves by some units; false if there is no such unit.
    mutating func add(_ count: Int64, of unit: Character) -> Bool {
        let seconds: Int64
        switch unit {
        case "y", "M":
            let months = year * 12 + month - 1 + (unit == "y" ? count * 12 : count)
            year = months >= 0 ? months / 12 : (months - 11) / 12
            month = months - year * 12 + 1
            day = min(day, Self.days(in: month, of: year))
            return true
        case "w": seconds = 604_800
        case "d": seconds = 86400
        case "h", "H": seconds = 3600
        case "m": seconds = 60
        case "s": seconds = 1
        default: return false
        }
        self = CivilTime(secondsSinceEpoch: secondsSinceEpoch + count * seconds)
        return true
    }

    private static func days(in month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// The time in a pattern of Java's date formats, of its numeric letters.
    func text(_ pattern: String) -> String {
        var result = ""
        var rest = pattern[...]
        while let letter = rest.first {
            let run = rest.prefix { $0 == letter }
            rest = rest.dropFirst(run.count)
            switch letter {
            case "y", "u", "Y", "x": result += Self.padded(run.count == 2 ? year % 100 : year, run.count)
            case "M", "L": result += Self.padded(month, run.count)
            case "d": result += Self.padded(day, run.count)
            case "H": result += Self.padded(hour, run.count)
            case "m": result += Self.padded(minute, run.count)
            case "s": result += Self.padded(second, run.count)
            case "e": result += Self.padded(weekday, run.count)
            case "'":
                let quoted = rest.prefix { $0 != "'" }
                result += quoted
                rest = rest.dropFirst(quoted.count + 1)
            default: result += run
            }
        }
        return result
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = "\(value)"
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// The time in ISO 8601, as of UTC.
    var iso: String { text("uuuu-MM-dd'T'HH:mm:ss") + "Z" }
}
