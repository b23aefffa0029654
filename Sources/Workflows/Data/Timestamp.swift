/// A moment, to the millisecond.
public struct Timestamp: Sendable, Hashable, Comparable {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    public let milliseconds: Int64

    /// Makes a moment of milliseconds since 1970-01-01T00:00:00Z.
    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// Reads the profile of RFC 3339 that the States Language demands: an upper-case `T`, and `Z` or a numeric offset.
    ///
    /// Digits of seconds beyond the third are dropped. A leap second is read as the second after it. `nil` for everything else.
    public init?(_ text: String) {
        var bytes = Array(text.utf8)[...]
        func digits(_ count: Int) -> Int? {
            guard bytes.count >= count else { return nil }
            var value = 0
            for byte in bytes.prefix(count) {
                guard byte >= 0x30, byte <= 0x39 else { return nil }
                value = value * 10 + Int(byte - 0x30)
            }
            bytes = bytes.dropFirst(count)
            return value
        }
        func takes(_ character: Unicode.Scalar) -> Bool {
            guard bytes.first == UInt8(ascii: character) else { return false }
            bytes = bytes.dropFirst()
            return true
        }
        guard let year = digits(4), takes("-"), let month = digits(2), takes("-"), let day = digits(2), takes("T"),
            let hour = digits(2), takes(":"), let minute = digits(2), takes(":"), let second = digits(2),
            (1...12).contains(month), day >= 1, day <= Self.days(of: month, year), hour < 24, minute < 60, second <= 60
        else { return nil }
        var thousandths = 0
        if takes(".") {
            let fraction = bytes.prefix { $0 >= 0x30 && $0 <= 0x39 }
            guard !fraction.isEmpty else { return nil }
            var scale = 100
            for byte in fraction.prefix(3) {
                thousandths += Int(byte - 0x30) * scale
                scale /= 10
            }
            bytes = bytes.dropFirst(fraction.count)
        }
        var offset = 0
        if !takes("Z") {
            let isEast = takes("+")
            guard isEast || takes("-"), let hours = digits(2), takes(":"), let minutes = digits(2), hours < 24,
                minutes < 60
            else { return nil }
            offset = (hours * 60 + minutes) * (isEast ? 1 : -1)
        }
        guard bytes.isEmpty else { return nil }
        let minutes = (Self.dayNumber(year, month, day) * 24 + hour) * 60 + minute - offset
        milliseconds = Int64((minutes * 60 + second) * 1000 + thousandths)
    }

    /// Whether the left moment comes before the right one.
    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }

    /// The moment that is some seconds later; the end of 64-bit time where that is beyond it.
    public func advanced(bySeconds seconds: Double) -> Timestamp {
        let sum = Double(milliseconds) + (seconds * 1000).rounded()
        return Timestamp(milliseconds: Int64(exactly: sum) ?? (sum < 0 ? .min : .max))
    }

    private static func days(of month: Int, _ year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970-01-01 in the Gregorian calendar, for years from 0 on.
    private static func dayNumber(_ year: Int, _ month: Int, _ day: Int) -> Int {
        // Years that begin in March, so that the leap day is the last one; shifted by an era of 400 years.
        let shifted = (month <= 2 ? year - 1 : year) + 400
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468 - 146_097
    }
}

extension Timestamp: CustomStringConvertible {
    /// RFC 3339 in UTC with milliseconds, as `2026-03-01T12:00:00.000Z`.
    public var description: String {
        let days = Int((Double(milliseconds) / 86_400_000).rounded(.down))
        let inDay = Int(milliseconds - Int64(days) * 86_400_000)
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        func digits(_ number: Int, _ count: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        return "\(digits(year, 4))-\(digits(month, 2))-\(digits(dayOfYear - (153 * marchMonth + 2) / 5 + 1, 2))"
            + "T\(digits(inDay / 3_600_000, 2)):\(digits(inDay / 60_000 % 60, 2)):\(digits(inDay / 1000 % 60, 2))"
            + ".\(digits(inDay % 1000, 3))Z"
    }
}
