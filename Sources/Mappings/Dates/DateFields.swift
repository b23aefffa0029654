/// What a text told about a date: each field that was written.
struct DateFields {
    private var values = (
        Int64(0), Int64(0), Int64(0), Int64(0), Int64(0), Int64(0), Int64(0), Int64(0), Int64(0), Int64(0), Int64(0),
        Int64(0), Int64(0), Int64(0), Int64(0), Int64(0), Int64(0), Int64(0), Int64(0)
    )
    private var given: UInt32 = 0
    var fraction = 0
    var hasFraction = false
    /// 0 for AM, 12 for PM.
    var halfDay: Int?
    var zone: TimeZoneRules?
    /// Nanoseconds of a number of seconds or milliseconds since 1970 that was written with a fraction.
    var epochFraction = 0

    subscript(field: DatePattern.Field) -> Int? {
        get {
            guard given >> UInt32(field.rawValue) & 1 != 0 else { return nil }
            return withUnsafeBytes(of: values) {
                Int($0.load(fromByteOffset: field.rawValue * 8, as: Int64.self))
            }
        }
        set {
            guard let newValue else { return }
            given |= 1 << UInt32(field.rawValue)
            withUnsafeMutableBytes(of: &values) {
                $0.storeBytes(of: Int64(newValue), toByteOffset: field.rawValue * 8, as: Int64.self)
            }
        }
    }

    /// The moment that these fields mean; nil if a field is out of its range.
    ///
    /// What is missing is the first of its kind (January, the first, midnight), or with `roundsUp` the last time of the day:
    /// months and days are still the first, as OpenSearch does it.
    func moment(zone defaultZone: TimeZoneRules, roundsUp: Bool) -> Moment? {
        if let milliseconds = self[.epochMilli] {
            var moment = Moment(milliseconds: Int64(milliseconds))
            moment.nanosecond += epochFraction
            return moment
        }
        if let seconds = self[.epochSecond] { return Moment(seconds: seconds, nanosecond: epochFraction) }
        guard let date else { return nil }
        guard let time = time(on: date, roundsUp: roundsUp) else { return nil }
        let zone = zone ?? defaultZone
        return Moment(
            seconds: zone.secondsSinceEpoch(ofLocalSeconds: time.secondsSinceEpoch), nanosecond: time.nanosecond)
    }

    private var date: CivilDate? {
        if let weekYear = self[.weekYear] {
            guard (-999_999_999...999_999_999).contains(weekYear) else { return nil }
            let week = self[.week] ?? 1
            let weekday = self[.weekday] ?? 1
            guard (1...53).contains(week), (1...7).contains(weekday) else { return nil }
            let date = CivilDate(weekYear: weekYear, week: week, weekday: weekday)
            return week == 53 && date.isoWeek.year != weekYear ? nil : date
        }
        let year = self[.year] ?? 1970
        guard (-999_999_999...999_999_999).contains(year) else { return nil }
        if let dayOfYear = self[.dayOfYear] {
            guard (1...(CivilDate.isLeap(year) ? 366 : 365)).contains(dayOfYear) else { return nil }
            return CivilDate(daysSinceEpoch: CivilDate(year: year, month: 1, day: 1).daysSinceEpoch + dayOfYear - 1)
        }
        var month = self[.month] ?? 1
        if self[.month] == nil, let quarter = self[.quarter] {
            guard (1...4).contains(quarter) else { return nil }
            month = quarter * 3 - 2
        }
        let date = CivilDate(year: year, month: month, day: self[.day] ?? 1)
        return date.isValid ? date : nil
    }

    private func time(on date: CivilDate, roundsUp: Bool) -> CivilTime? {
        var time = CivilTime(date)
        if let milli = self[.milliOfDay] {
            guard (0..<86_400_000).contains(milli) else { return nil }
            time.hour = milli / 3_600_000
            time.minute = milli / 60_000 % 60
            time.second = milli / 1000 % 60
            time.nanosecond = milli % 1000 * 1_000_000
            return time
        }
        if let nano = self[.nanoOfDay] {
            guard (0..<86_400_000_000_000).contains(nano) else { return nil }
            var moved = CivilTime(secondsSinceEpoch: time.secondsSinceEpoch + nano / 1_000_000_000)
            moved.nanosecond = nano % 1_000_000_000
            return moved
        }
        var hour = self[.hour]
        if let clock = self[.hour12] {
            guard (1...12).contains(clock) else { return nil }
            hour = clock % 12 + (halfDay ?? 0)
        } else if let clock = self[.hour11] {
            guard (0...11).contains(clock) else { return nil }
            hour = clock + (halfDay ?? 0)
        } else if let clock = self[.hour24] {
            guard (1...24).contains(clock) else { return nil }
            hour = clock % 24
        }
        time.hour = hour ?? (roundsUp ? 23 : 0)
        time.minute = self[.minute] ?? (roundsUp ? 59 : 0)
        time.second = self[.second] ?? (roundsUp ? 59 : 0)
        time.nanosecond = hasFraction ? fraction : self[.nanoOfSecond] ?? (roundsUp ? 999_999_999 : 0)
        guard (0...23).contains(time.hour), (0...59).contains(time.minute), (0...59).contains(time.second),
            (0...999_999_999).contains(time.nanosecond)
        else { return nil }
        return time
    }
}
