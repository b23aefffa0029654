/// A date and a time of day without a zone.
public struct CivilTime: Sendable, Hashable {
    /// The day.
    public var date: CivilDate
    /// 0 to 23.
    public var hour: Int
    /// 0 to 59.
    public var minute: Int
    /// 0 to 59.
    public var second: Int
    /// 0 to 999,999,999.
    public var nanosecond: Int

    /// A time of day on a day.
    public init(_ date: CivilDate, hour: Int = 0, minute: Int = 0, second: Int = 0, nanosecond: Int = 0) {
        self.date = date
        self.hour = hour
        self.minute = minute
        self.second = second
        self.nanosecond = nanosecond
    }

    /// What clocks of UTC show at so many seconds since 1970.
    public init(secondsSinceEpoch seconds: Int, nanosecond: Int = 0) {
        var days = seconds / 86_400
        var rest = seconds % 86_400
        if rest < 0 {
            rest += 86_400
            days -= 1
        }
        self.init(
            CivilDate(daysSinceEpoch: days), hour: rest / 3_600, minute: rest / 60 % 60, second: rest % 60,
            nanosecond: nanosecond)
    }

    /// Seconds since 1970 if this is what clocks of UTC show.
    public var secondsSinceEpoch: Int {
        date.daysSinceEpoch * 86_400 + hour * 3_600 + minute * 60 + second
    }
}

/// A point in time: seconds since 1970-01-01T00:00:00Z and nanoseconds.
public struct Moment: Sendable, Hashable, Comparable {
    /// Whole seconds, rounded down.
    public var seconds: Int
    /// 0 to 999,999,999.
    public var nanosecond: Int

    /// A point in time.
    public init(seconds: Int, nanosecond: Int = 0) {
        self.seconds = seconds
        self.nanosecond = nanosecond
    }

    /// A point in time by its milliseconds since 1970.
    public init(milliseconds: Int64) {
        let milliseconds = Int(milliseconds)
        var seconds = milliseconds / 1000
        var rest = milliseconds % 1000
        if rest < 0 {
            rest += 1000
            seconds -= 1
        }
        self.init(seconds: seconds, nanosecond: rest * 1_000_000)
    }

    /// A point in time by its nanoseconds since 1970.
    public init(nanoseconds: Int64) {
        let nanoseconds = Int(nanoseconds)
        var seconds = nanoseconds / 1_000_000_000
        var rest = nanoseconds % 1_000_000_000
        if rest < 0 {
            rest += 1_000_000_000
            seconds -= 1
        }
        self.init(seconds: seconds, nanosecond: rest)
    }

    /// Milliseconds since 1970, rounded down; the nearest that fits.
    public var milliseconds: Int64 {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        if overflow { return seconds < 0 ? .min : .max }
        let (sum, tooLarge) = product.addingReportingOverflow(nanosecond / 1_000_000)
        return tooLarge ? .max : Int64(sum)
    }

    /// Nanoseconds since 1970, or nil if they do not fit 64 bits.
    public var nanoseconds: Int64? {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return nil }
        let (sum, tooLarge) = product.addingReportingOverflow(nanosecond)
        return tooLarge ? nil : Int64(sum)
    }

    /// By time.
    public static func < (left: Moment, right: Moment) -> Bool {
        (left.seconds, left.nanosecond) < (right.seconds, right.nanosecond)
    }
}
