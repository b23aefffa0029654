/// Reading a text by a pattern.
extension DatePattern {
    static let monthNames = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
    static let weekdayNames = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

    /// The fields of a text that matches the whole pattern.
    func fields(of text: UnsafeBufferPointer<UInt8>) -> DateFields? {
        var fields = DateFields()
        var position = 0
        guard Self.read(elements[...], text, &position, &fields), position == text.count else { return nil }
        return fields
    }

    private static func read(
        _ elements: ArraySlice<Element>, _ text: UnsafeBufferPointer<UInt8>, _ position: inout Int,
        _ fields: inout DateFields
    ) -> Bool {
        for element in elements {
            if case .optional(let inner) = element {
                // As Java: an optional section that does not match is passed over, without going back later.
                let start = position
                let before = fields
                if !read(inner[...], text, &position, &fields) {
                    position = start
                    fields = before
                }
            } else if !read(element, text, &position, &fields) {
                return false
            }
        }
        return true
    }

    private static func read(
        _ element: Element, _ text: UnsafeBufferPointer<UInt8>, _ position: inout Int, _ fields: inout DateFields
    ) -> Bool {
        switch element {
        case .literal(let bytes):
            guard position + bytes.count <= text.count else { return false }
            for byte in bytes {
                guard text[position] == byte else { return false }
                position += 1
            }
        case .number(let field, let minimum, let maximum, let isSigned, let reserved):
            guard
                let value = number(
                    text, &position, minimum: minimum, maximum: maximum, isSigned: isSigned, reserved: reserved)
            else { return false }
            if let known = fields[field], known != value { return false }
            fields[field] = value
        case .shortYear:
            guard let value = number(text, &position, minimum: 2, maximum: 2, isSigned: false, reserved: 0) else {
                return false
            }
            fields[.year] = 2000 + value
        case .fraction(let minimum, let maximum, let hasPoint):
            return fraction(text, &position, minimum: minimum, maximum: maximum, hasPoint: hasPoint, &fields)
        case .monthName(let isShort):
            guard let index = name(monthNames, isShort: isShort, text, &position) else { return false }
            fields[.month] = index + 1
        case .weekdayName(let isShort):
            guard let index = name(weekdayNames, isShort: isShort, text, &position) else { return false }
            fields[.weekday] = index + 1
        case .halfDay:
            guard position + 2 <= text.count, text[position + 1] | 0x20 == UInt8(ascii: "m") else { return false }
            switch text[position] | 0x20 {
            case UInt8(ascii: "a"): fields.halfDay = 0
            case UInt8(ascii: "p"): fields.halfDay = 12
            default: return false
            }
            position += 2
        case .era:
            guard position + 2 <= text.count, text[position] == UInt8(ascii: "A"),
                text[position + 1] == UInt8(ascii: "D")
            else { return false }
            position += 2
        case .offset(let colon, _, let zulu): return offset(text, &position, colon: colon, zulu: zulu, &fields)
        case .zone: return zone(text, &position, &fields)
        case .optional: return false
        }
        return true
    }

    private static func number(
        _ text: UnsafeBufferPointer<UInt8>, _ position: inout Int, minimum: Int, maximum: Int, isSigned: Bool,
        reserved: Int
    ) -> Int? {
        var index = position
        var isNegative = false
        if isSigned, index < text.count, text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+") {
            isNegative = text[index] == UInt8(ascii: "-")
            index += 1
        }
        let first = index
        var available = 0
        while first + available < text.count, text[first + available] &- 48 < 10, available < 19 { available += 1 }
        var take = min(maximum, available)
        if reserved > 0 { take = min(take, max(minimum, available - reserved)) }
        // A year of more digits than letters must carry its sign, as Java's SignStyle.EXCEEDS_PAD wants.
        if isSigned, maximum > minimum, index == position, minimum >= 4, take > minimum { take = minimum }
        guard take >= minimum, take > 0 else { return nil }
        var value = 0
        for _ in 0..<take {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, tooLarge) = product.addingReportingOverflow(Int(text[index]) - 48)
            if overflow || tooLarge { return nil }
            value = sum
            index += 1
        }
        position = index
        return isNegative ? -value : value
    }

    private static func fraction(
        _ text: UnsafeBufferPointer<UInt8>, _ position: inout Int, minimum: Int, maximum: Int, hasPoint: Bool,
        _ fields: inout DateFields
    ) -> Bool {
        var index = position
        if hasPoint {
            guard index < text.count, text[index] == UInt8(ascii: ".") || text[index] == UInt8(ascii: ",") else {
                return false
            }
            index += 1
        }
        var digits = 0
        var value = 0
        while index < text.count, text[index] &- 48 < 10, digits < min(maximum, 9) {
            value = value * 10 + Int(text[index]) - 48
            digits += 1
            index += 1
        }
        guard digits >= minimum else { return false }
        while digits < 9 {
            value *= 10
            digits += 1
        }
        fields.fraction = value
        fields.hasFraction = true
        position = index
        return true
    }

    private static func name(
        _ names: [String], isShort: Bool, _ text: UnsafeBufferPointer<UInt8>, _ position: inout Int
    ) -> Int? {
        for (index, name) in names.enumerated() {
            let bytes = isShort ? Array(name.utf8.prefix(3)) : Array(name.utf8)
            guard position + bytes.count <= text.count else { continue }
            if bytes.indices.allSatisfy({ text[position + $0] == bytes[$0] }) {
                position += bytes.count
                return index
            }
        }
        return nil
    }

    private static func offset(
        _ text: UnsafeBufferPointer<UInt8>, _ position: inout Int, colon: Bool, zulu: Bool, _ fields: inout DateFields
    ) -> Bool {
        guard position < text.count else { return false }
        if text[position] == UInt8(ascii: "Z") {
            guard zulu else { return false }
            fields.zone = .utc
            position += 1
            return true
        }
        return numericOffset(text, &position, &fields, colon: colon)
    }

    /// `+hh`, `+hhmm`, `+hh:mm`, `+hh:mm:ss`; with `colon` given, only that form has minutes.
    private static func numericOffset(
        _ text: UnsafeBufferPointer<UInt8>, _ position: inout Int, _ fields: inout DateFields, colon: Bool?
    ) -> Bool {
        let start = position
        guard text[start] == UInt8(ascii: "+") || text[start] == UInt8(ascii: "-") else { return false }
        var end = start + 1
        while end < text.count, text[end] &- 48 < 10 || text[end] == UInt8(ascii: ":"), end - start < 9 { end += 1 }
        let part = String(decoding: UnsafeBufferPointer(rebasing: text[start..<end]), as: UTF8.self)
        if let colon, part.utf8.count > 3, part.utf8.contains(UInt8(ascii: ":")) != colon { return false }
        guard let seconds = TimeZoneRules.offset(Substring(part)) else { return false }
        fields.zone = TimeZoneRules(offset: seconds)
        position = end
        return true
    }

    private static func zone(
        _ text: UnsafeBufferPointer<UInt8>, _ position: inout Int, _ fields: inout DateFields
    ) -> Bool {
        guard position < text.count else { return false }
        let first = text[position]
        if first == UInt8(ascii: "+") || first == UInt8(ascii: "-") {
            return numericOffset(text, &position, &fields, colon: nil)
        }
        if first == UInt8(ascii: "Z"), position + 1 == text.count || !isNameByte(text[position + 1]) {
            fields.zone = .utc
            position += 1
            return true
        }
        var end = position
        while end < text.count, isNameByte(text[end]) { end += 1 }
        guard end > position else { return false }
        let name = String(decoding: UnsafeBufferPointer(rebasing: text[position..<end]), as: UTF8.self)
        guard let zone = try? TimeZoneRules(name) else { return false }
        fields.zone = zone
        position = end
        return true
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- 97 < 26 || byte &- 48 < 10 || byte == 0x2F || byte == 0x5F || byte == 0x2B || byte == 0x2D
            || byte == 0x3A
    }
}
