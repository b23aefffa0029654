/// Distinguished encoding rules (X.690), as far as a certificate needs them.
enum DER {
    /// A value with its tag and length.
    static func value(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        var length: [UInt8] = []
        if content.count < 0x80 {
            length = [UInt8(content.count)]
        } else {
            var rest = content.count
            while rest > 0 {
                length.insert(UInt8(rest & 0xFF), at: 0)
                rest >>= 8
            }
            length.insert(0x80 | UInt8(length.count), at: 0)
        }
        return [tag] + length + content
    }

    static func sequence(_ parts: [UInt8]...) -> [UInt8] { value(0x30, parts.flatMap(\.self)) }

    static func set(_ content: [UInt8]) -> [UInt8] { value(0x31, content) }

    /// A whole number that is not negative, from its bytes, most significant first.
    static func integer(_ magnitude: [UInt8]) -> [UInt8] {
        var bytes = Array(magnitude.drop { $0 == 0 })
        if bytes.isEmpty || bytes[0] >= 0x80 { bytes.insert(0, at: 0) }
        return value(0x02, bytes)
    }

    static let `true`: [UInt8] = [0x01, 0x01, 0xFF]

    static func octets(_ content: [UInt8]) -> [UInt8] { value(0x04, content) }

    /// Whole bytes of bits.
    static func bits(_ content: [UInt8]) -> [UInt8] { value(0x03, [0] + content) }

    static func text(_ text: String) -> [UInt8] { value(0x0C, Array(text.utf8)) }

    /// What belongs to the context, made of other values.
    static func context(_ number: UInt8, _ content: [UInt8]) -> [UInt8] { value(0xA0 | number, content) }

    /// What belongs to the context and is plain bytes.
    static func plainContext(_ number: UInt8, _ content: [UInt8]) -> [UInt8] { value(0x80 | number, content) }

    static func identifier(_ parts: [UInt]) -> [UInt8] {
        var content = [UInt8(parts[0] * 40 + parts[1])]
        for part in parts.dropFirst(2) {
            var digits = [UInt8(part & 0x7F)]
            var rest = part >> 7
            while rest > 0 {
                digits.insert(UInt8(rest & 0x7F) | 0x80, at: 0)
                rest >>= 7
            }
            content += digits
        }
        return value(0x06, content)
    }

    /// A moment: two digits of the year up to 2049, four from then on (RFC 5280, 4.1.2.5).
    ///
    /// - Parameter seconds: since 1970.
    static func time(_ seconds: Int) -> [UInt8] {
        // Days to a date of the Gregorian calendar, with years that begin in March.
        let days = seconds / 86_400
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let rest = seconds % 86_400
        let text = two(month) + two(day) + two(rest / 3600) + two(rest / 60 % 60) + two(rest % 60) + "Z"
        return year < 2050
            ? value(0x17, Array((two(year % 100) + text).utf8)) : value(0x18, Array(("\(year)" + text).utf8))
    }
}
