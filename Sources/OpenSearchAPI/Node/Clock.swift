internal import Mappings

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The time of day.
enum Clock {
    /// Milliseconds since 1970.
    static var milliseconds: Int64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
    }

    /// `HH:mm:ss` of a moment in UTC.
    static func timeOfDay(_ milliseconds: Int64) -> String { String(iso(milliseconds).dropFirst(11).prefix(8)) }

    /// `2026-01-31T12:00:00.123Z` of a moment.
    static func iso(_ milliseconds: Int64) -> String {
        DateFormat.standard.text(of: Moment(milliseconds: milliseconds))
    }
}
