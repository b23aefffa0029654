/// One date pattern, cut into elements: Java's `DateTimeFormatter` letters, optional sections in brackets, quoted text.
struct DatePattern: Sendable, Hashable {
    /// What a number means.
    enum Field: Int, Sendable, Hashable {
        case year, weekYear, month, week, day, dayOfYear, weekday, hour, hour12, hour11, hour24, minute, second
        case milliOfDay, nanoOfSecond, nanoOfDay, quarter, epochSecond, epochMilli
    }

    indirect enum Element: Sendable, Hashable {
        case literal([UInt8])
        /// `reserved` digits belong to the numbers that follow without a separator.
        case number(Field, minimum: Int, maximum: Int, isSigned: Bool, reserved: Int)
        /// Digits of a second's fraction, with a point or comma before them or without.
        case fraction(minimum: Int, maximum: Int, hasPoint: Bool)
        /// Two digits of a year from 2000 on.
        case shortYear
        case monthName(isShort: Bool)
        case weekdayName(isShort: Bool)
        case halfDay
        case era
        /// `Z`, `+02:00`, `+0200`, `+02`, as the letters X, x and Z ask.
        case offset(colon: Bool, minutes: Bool, zulu: Bool)
        /// Any offset, or a zone's name.
        case zone
        case optional([Element])
    }

    let elements: [Element]
    /// What is written where reading allows more than one spelling.
    let printed: [Element]

    init(elements: [Element], printed: [Element]? = nil) {
        self.elements = elements
        self.printed = printed ?? elements
    }

    /// Reads the letters of a pattern.
    ///
    /// - Parameter isLenient: Numbers may have fewer digits than letters.
    /// - Parameter isNamed: `F` stands for a fraction with its point, `O` for any zone: the formats with names use these.
    init(_ pattern: String, isLenient: Bool = false, isNamed: Bool = false) throws(MappingError) {
        var parser = DatePatternParser(pattern, isLenient: isLenient, isNamed: isNamed)
        self.init(elements: try parser.parse())
    }
}

/// Reads the letters of a date pattern.
struct DatePatternParser {
    private let pattern: [UInt8]
    private let text: String
    private let isLenient: Bool
    private let isNamed: Bool
    private var position = 0

    init(_ pattern: String, isLenient: Bool, isNamed: Bool) {
        text = pattern
        self.pattern = Array(pattern.utf8)
        self.isLenient = isLenient
        self.isNamed = isNamed
    }

    mutating func parse() throws(MappingError) -> [DatePattern.Element] {
        let elements = try section(depth: 0)
        guard position == pattern.count else {
            throw invalid("Pattern invalid as it contains ] without previous [")
        }
        return elements
    }

    private func invalid(_ reason: String) -> MappingError {
        MappingError(
            .illegalArgument, "Invalid format: [\(text)]: \(reason)",
            cause: MappingError(.illegalArgument, reason))
    }

    private mutating func section(depth: Int) throws(MappingError) -> [DatePattern.Element] {
        if depth > 32 { throw invalid("more than 32 optional sections inside one another") }
        var elements: [DatePattern.Element] = []
        while position < pattern.count {
            let letter = pattern[position]
            switch letter {
            case UInt8(ascii: "["):
                position += 1
                let inner = try section(depth: depth + 1)
                if position < pattern.count { position += 1 }
                elements.append(.optional(inner))
            case UInt8(ascii: "]"):
                if depth == 0 { return elements }
                return Self.reserving(elements)
            case UInt8(ascii: "'"):
                elements.append(.literal(try quoted()))
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"):
                var count = 0
                while position < pattern.count, pattern[position] == letter {
                    count += 1
                    position += 1
                }
                elements.append(try element(letter, count, before: &elements))
            case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "#"):
                throw invalid("Pattern includes reserved character: '\(Character(UnicodeScalar(letter)))'")
            default:
                elements.append(.literal([letter]))
                position += 1
            }
        }
        return Self.reserving(elements)
    }

    private mutating func quoted() throws(MappingError) -> [UInt8] {
        position += 1
        var bytes: [UInt8] = []
        while position < pattern.count {
            if pattern[position] == UInt8(ascii: "'") {
                if position + 1 < pattern.count, pattern[position + 1] == UInt8(ascii: "'") {
                    bytes.append(UInt8(ascii: "'"))
                    position += 2
                    continue
                }
                position += 1
                return bytes.isEmpty ? [UInt8(ascii: "'")] : bytes
            }
            bytes.append(pattern[position])
            position += 1
        }
        throw invalid("Pattern ends with an incomplete string literal: \(text)")
    }

    private func number(_ field: DatePattern.Field, _ count: Int, maximum: Int) -> DatePattern.Element {
        let isLoose = count == 1 || isLenient
        return .number(
            field, minimum: isLoose ? 1 : count, maximum: isLoose ? max(count, maximum) : count, isSigned: false,
            reserved: 0)
    }

    private func element(
        _ letter: UInt8, _ count: Int, before elements: inout [DatePattern.Element]
    ) throws(MappingError) -> DatePattern.Element {
        switch letter {
        case UInt8(ascii: "y"), UInt8(ascii: "u"), UInt8(ascii: "Y"):
            let field = letter == UInt8(ascii: "Y") ? DatePattern.Field.weekYear : .year
            if count == 2 { return .shortYear }
            return .number(
                field, minimum: isLenient ? 1 : count, maximum: isLenient ? 5 : isNamed ? 9 : 19, isSigned: true,
                reserved: 0)
        case UInt8(ascii: "M"), UInt8(ascii: "L"):
            if count == 3 { return .monthName(isShort: true) }
            if count == 4 { return .monthName(isShort: false) }
            return number(.month, count, maximum: 2)
        case UInt8(ascii: "d"): return number(.day, count, maximum: 2)
        case UInt8(ascii: "D"): return number(.dayOfYear, count, maximum: 3)
        case UInt8(ascii: "w"): return number(.week, count, maximum: 2)
        case UInt8(ascii: "e"), UInt8(ascii: "c"):
            if count >= 3 { return .weekdayName(isShort: count == 3) }
            return number(.weekday, count, maximum: 1)
        case UInt8(ascii: "E"): return .weekdayName(isShort: count <= 3)
        case UInt8(ascii: "a"): return .halfDay
        case UInt8(ascii: "G"): return .era
        case UInt8(ascii: "H"): return number(.hour, count, maximum: 2)
        case UInt8(ascii: "h"): return number(.hour12, count, maximum: 2)
        case UInt8(ascii: "K"): return number(.hour11, count, maximum: 2)
        case UInt8(ascii: "k"): return number(.hour24, count, maximum: 2)
        case UInt8(ascii: "m"): return number(.minute, count, maximum: 2)
        case UInt8(ascii: "s"): return number(.second, count, maximum: 2)
        case UInt8(ascii: "S"): return .fraction(minimum: count, maximum: count, hasPoint: false)
        case UInt8(ascii: "A"): return number(.milliOfDay, count, maximum: 19)
        case UInt8(ascii: "n"): return number(.nanoOfSecond, count, maximum: 19)
        case UInt8(ascii: "N"): return number(.nanoOfDay, count, maximum: 19)
        case UInt8(ascii: "Q"), UInt8(ascii: "q"): return number(.quarter, count, maximum: 1)
        case UInt8(ascii: "X"):
            return .offset(colon: count == 3 || count == 5, minutes: count > 1, zulu: true)
        case UInt8(ascii: "x"):
            return .offset(colon: count == 3 || count == 5, minutes: count > 1, zulu: false)
        case UInt8(ascii: "Z"):
            return .offset(colon: count == 5, minutes: true, zulu: count == 5)
        case UInt8(ascii: "V"), UInt8(ascii: "z"), UInt8(ascii: "v"): return .zone
        case UInt8(ascii: "O") where isNamed: return .zone
        case UInt8(ascii: "F") where isNamed: return .fraction(minimum: 1, maximum: 9, hasPoint: true)
        case UInt8(ascii: "O"): return .zone
        default:
            throw invalid("Unknown pattern letter: \(Character(UnicodeScalar(letter)))")
        }
    }

    /// Numbers that follow one another without a separator: the first leaves the digits of the others, as Java's do.
    private static func reserving(_ elements: [DatePattern.Element]) -> [DatePattern.Element] {
        var result = elements
        for index in result.indices {
            guard case .number(let field, let minimum, let maximum, let isSigned, _) = result[index] else { continue }
            var reserved = 0
            for next in result[(index + 1)...] {
                if case .number(_, let minimum, let maximum, _, _) = next, minimum == maximum {
                    reserved += minimum
                } else if case .fraction(let minimum, let maximum, false) = next, minimum == maximum {
                    reserved += minimum
                } else {
                    break
                }
            }
            result[index] = .number(
                field, minimum: minimum, maximum: maximum, isSigned: isSigned, reserved: reserved)
        }
        return result
    }
}
