/// `strict_date_optional_time`: `yyyy[-MM[-dd['T'[HH[:mm[:ss[.fraction]]]][zone]]]]`, read byte by byte.
enum ISODate {
    static func moment(
        of text: UnsafeBufferPointer<UInt8>, zone defaultZone: TimeZoneRules, roundsUp: Bool
    ) -> Moment? {
        let count = text.count
        guard count >= 4 else { return nil }
        var index = 0
        var year = 0
        if text[0] == UInt8(ascii: "+") || text[0] == UInt8(ascii: "-") {
            // A sign allows up to nine digits.
            index = 1
            while index < count, index < 10, let digit = digit(text[index]) {
                year = year * 10 + digit
                index += 1
            }
            guard index >= 5 else { return nil }
            if text[0] == UInt8(ascii: "-") { year = -year }
        } else {
            guard let first = two(text, 0), let second = two(text, 2) else { return nil }
            year = first * 100 + second
            index = 4
        }
        var date = CivilDate(year: year, month: 1, day: 1)
        var time = CivilTime(date)
        if roundsUp {
            time.hour = 23
            time.minute = 59
            time.second = 59
            time.nanosecond = 999_999_999
        }
        var zone = defaultZone
        read: do {
            guard index < count else { break read }
            guard text[index] == UInt8(ascii: "-"), let month = two(text, index + 1) else { return nil }
            date.month = month
            index += 3
            guard index < count else { break read }
            guard text[index] == UInt8(ascii: "-"), let day = two(text, index + 1) else { return nil }
            date.day = day
            index += 3
            guard index < count else { break read }
            guard text[index] == UInt8(ascii: "T") else { return nil }
            index += 1
            guard index < count else { break read }
            guard clock(text, &index, &time) else { return nil }
            guard index < count else { break read }
            guard let written = offset(text, index) else { return nil }
            zone = written
        }
        guard date.isValid else { return nil }
        time.date = date
        return Moment(
            seconds: zone.secondsSinceEpoch(ofLocalSeconds: time.secondsSinceEpoch), nanosecond: time.nanosecond)
    }

    /// `[HH[:mm[:ss[.fraction]]]]`; false if a part is out of its range.
    private static func clock(
        _ text: UnsafeBufferPointer<UInt8>, _ index: inout Int, _ time: inout CivilTime
    ) -> Bool {
        guard let hour = two(text, index) else { return true }
        guard hour < 24 else { return false }
        time.hour = hour
        index += 2
        guard index < text.count, text[index] == UInt8(ascii: ":"), let minute = two(text, index + 1) else {
            return true
        }
        guard minute < 60 else { return false }
        time.minute = minute
        index += 3
        guard index < text.count, text[index] == UInt8(ascii: ":"), let second = two(text, index + 1) else {
            return true
        }
        guard second < 60 else { return false }
        time.second = second
        index += 3
        guard index < text.count, text[index] == UInt8(ascii: ".") || text[index] == UInt8(ascii: ",") else {
            return true
        }
        var scale = 1_000_000_000
        var fraction = 0
        index += 1
        while index < text.count, scale > 1, let digit = digit(text[index]) {
            scale /= 10
            fraction += digit * scale
            index += 1
        }
        time.nanosecond = fraction
        return scale < 1_000_000_000
    }

    /// `Z`, `+hh:mm`, `+hhmm`, or the name of a zone, to the end of the text.
    private static func offset(_ text: UnsafeBufferPointer<UInt8>, _ index: Int) -> TimeZoneRules? {
        if text[index] == UInt8(ascii: "Z"), index + 1 == text.count { return .utc }
        let rest = String(decoding: UnsafeBufferPointer(rebasing: text[index...]), as: UTF8.self)
        return try? TimeZoneRules(rest)
    }

    @inline(__always)
    private static func digit(_ byte: UInt8) -> Int? { byte &- 48 < 10 ? Int(byte &- 48) : nil }

    @inline(__always)
    private static func two(_ text: UnsafeBufferPointer<UInt8>, _ index: Int) -> Int? {
        guard index + 1 < text.count else { return nil }
        let tens = text[index] &- 48
        let ones = text[index + 1] &- 48
        return tens < 10 && ones < 10 ? Int(tens) * 10 + Int(ones) : nil
    }

    /// `2015-01-01T12:10:30.000Z`: at least three digits of the fraction, more if they are not zero.
    static func text(of moment: Moment, zone: TimeZoneRules) -> String {
        let offset = zone.offset(atSecondsSinceEpoch: moment.seconds)
        let time = CivilTime(secondsSinceEpoch: moment.seconds + offset, nanosecond: moment.nanosecond)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32)
        let year = time.date.year
        if year < 0 || year > 9999 {
            bytes.append(UInt8(ascii: year < 0 ? "-" : "+"))
        }
        append(Int(year.magnitude), width: 4, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        append(time.date.month, width: 2, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        append(time.date.day, width: 2, to: &bytes)
        bytes.append(UInt8(ascii: "T"))
        append(time.hour, width: 2, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        append(time.minute, width: 2, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        append(time.second, width: 2, to: &bytes)
        bytes.append(UInt8(ascii: "."))
        var fraction = time.nanosecond
        var digits = 9
        while digits > 3, fraction % 10 == 0 {
            fraction /= 10
            digits -= 1
        }
        append(fraction, width: digits, to: &bytes)
        bytes.append(contentsOf: TimeZoneRules.text(ofOffset: offset).utf8)
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func append(_ value: Int, width: Int, to bytes: inout [UInt8]) {
        let text = String(value)
        for _ in 0..<max(0, width - text.utf8.count) { bytes.append(UInt8(ascii: "0")) }
        bytes.append(contentsOf: text.utf8)
    }
}
