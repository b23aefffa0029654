/// The rule for the years to come at the end of a TZif file: a POSIX `TZ` string such as `CET-1CEST,M3.5.0,M10.5.0/3`.
struct ZoneFooter: Sendable {
    private struct Change {
        var month = 1
        var week = 1
        /// 0 for Sunday.
        var weekday = 0
        /// Day of the year for the forms `Jn` and `n`.
        var julian: Int?
        var countsLeapDay = false
        var seconds = 7_200

        /// Local seconds since 1970 at which the change happens in a year.
        func local(in year: Int) -> Int {
            if let julian {
                var day = CivilDate(year: year, month: 1, day: 1).daysSinceEpoch
                if countsLeapDay {
                    day += julian
                } else {
                    day += julian - 1 + (CivilDate.isLeap(year) && julian >= 60 ? 1 : 0)
                }
                return day * 86_400 + seconds
            }
            let first = CivilDate(year: year, month: month, day: 1)
            var day = 1 + (weekday - first.weekday % 7 + 7) % 7 + (week - 1) * 7
            while day > CivilDate.days(inMonth: month, of: year) { day -= 7 }
            return CivilDate(year: year, month: month, day: day).daysSinceEpoch * 86_400 + seconds
        }
    }

    private let standard: Int
    private let daylight: Int?
    private let start: Change
    private let end: Change

    init?(_ text: String) {
        var rest = Substring(text)
        guard Self.name(&rest), let standard = Self.time(&rest) else { return nil }
        self.standard = -standard
        guard !rest.isEmpty, Self.name(&rest) else {
            daylight = nil
            start = Change()
            end = Change()
            return
        }
        var daylight = -standard + 3_600
        if let first = rest.first, first != "," { daylight = -(Self.time(&rest) ?? 0) }
        guard rest.popFirst() == ",", let start = Self.change(&rest), rest.popFirst() == ",",
            let end = Self.change(&rest)
        else { return nil }
        self.daylight = daylight
        self.start = start
        self.end = end
    }

    func offset(at seconds: Int) -> Int {
        guard let daylight else { return standard }
        let year = CivilTime(secondsSinceEpoch: seconds + standard).date.year
        let begins = start.local(in: year) - standard
        let ends = end.local(in: year) - daylight
        let isDaylight = begins < ends ? seconds >= begins && seconds < ends : !(seconds >= ends && seconds < begins)
        return isDaylight ? daylight : standard
    }

    private static func name(_ text: inout Substring) -> Bool {
        if text.first == "<" {
            guard let end = text.firstIndex(of: ">") else { return false }
            text = text[text.index(after: end)...]
            return true
        }
        let letters = text.prefix { $0.isLetter }
        text = text.dropFirst(letters.count)
        return letters.count >= 3
    }

    private static func number(_ text: inout Substring) -> Int? {
        let digits = text.prefix { $0.isNumber }
        text = text.dropFirst(digits.count)
        return Int(digits)
    }

    /// `[+-]hh[:mm[:ss]]` in seconds.
    private static func time(_ text: inout Substring) -> Int? {
        var sign = 1
        if text.first == "-" || text.first == "+" { sign = text.popFirst() == "-" ? -1 : 1 }
        guard var total = number(&text).map({ $0 * 3_600 }) else { return nil }
        for unit in [60, 1] where text.first == ":" {
            text.removeFirst()
            total += (number(&text) ?? 0) * unit
        }
        return sign * total
    }

    private static func change(_ text: inout Substring) -> Change? {
        var change = Change()
        if text.first == "M" {
            text.removeFirst()
            guard let month = number(&text), text.popFirst() == ".", let week = number(&text), text.popFirst() == ".",
                let weekday = number(&text), (1...12).contains(month), (1...5).contains(week), weekday < 7
            else { return nil }
            change.month = month
            change.week = week
            change.weekday = weekday
        } else {
            change.countsLeapDay = text.first != "J"
            if text.first == "J" { text.removeFirst() }
            guard let day = number(&text), day <= 366 else { return nil }
            change.julian = day
        }
        if text.first == "/" {
            text.removeFirst()
            guard let seconds = time(&text) else { return nil }
            change.seconds = seconds
        }
        return change
    }
}
