/// A pattern for numbers, as Java's `DecimalFormat` reads it: `0`, `#`, `.`, `,`, `%`, `E0`, and text before and behind.
public struct DecimalFormat: Sendable, Hashable {
    /// The pattern.
    public let pattern: String
    private var prefix = ""
    private var suffix = ""
    private var minimumInteger = 0
    private var minimumFraction = 0
    private var maximumFraction = 0
    /// 0 for no groups.
    private var grouping = 0
    private var multiplier = 1.0
    /// Digits of the exponent; 0 for plain numbers.
    private var exponentDigits = 0

    /// Reads a pattern; what stands behind `;` (the form of negative numbers) is ignored.
    ///
    /// - Throws: ``MappingError`` of kind `illegal_argument_exception`.
    public init(_ pattern: String) throws(MappingError) {
        self.pattern = pattern
        let malformed = MappingError(.illegalArgument, "Malformed pattern \"\(pattern)\"")
        var isInNumber = false
        var isBehind = false
        var isFraction = false
        var isQuoted = false
        var sinceComma: Int?
        var characters = Array(pattern.split(separator: ";", maxSplits: 1).first ?? "")[...]
        while let character = characters.popFirst() {
            if character == "'" {
                isQuoted.toggle()
                continue
            }
            if !isQuoted, "0#,.".contains(character), !isBehind {
                isInNumber = true
                switch character {
                case "0":
                    if isFraction {
                        guard minimumFraction == maximumFraction else { throw malformed }
                        minimumFraction += 1
                        maximumFraction += 1
                    } else {
                        minimumInteger += 1
                    }
                case "#":
                    if isFraction { maximumFraction += 1 } else if minimumInteger > 0 { throw malformed }
                case ",":
                    if isFraction { throw malformed }
                    sinceComma = -1
                default:
                    if isFraction { throw malformed }
                    isFraction = true
                }
                if !isFraction, let count = sinceComma { sinceComma = count + 1 }
                continue
            }
            if !isQuoted, character == "E", isInNumber, !isBehind {
                while characters.first == "0" {
                    characters.removeFirst()
                    exponentDigits += 1
                }
                if exponentDigits == 0 { throw malformed }
                isBehind = true
                continue
            }
            if isInNumber { isBehind = true }
            if !isQuoted, character == "%" { multiplier = 100 }
            if !isQuoted, character == "\u{2030}" { multiplier = 1000 }
            if isBehind { suffix.append(character) } else { prefix.append(character) }
        }
        grouping = max(0, sinceComma ?? 0)
        if minimumInteger == 0, maximumFraction == 0 { minimumInteger = isInNumber && !isFraction ? 1 : 0 }
    }

    /// The text of a number, rounded half to even.
    public func text(of value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return (value < 0 ? "-" : "") + prefix + "\u{221E}" + suffix }
        var number = value * multiplier
        var exponent = 0
        if exponentDigits > 0, number != 0 {
            let shift = max(1, minimumInteger) - 1
            exponent = Self.decimalExponent(number) - shift
            number = number / Self.power(exponent)
        }
        var (integer, fraction) = Self.digits(number.magnitude, places: maximumFraction)
        while fraction.count > minimumFraction, fraction.hasSuffix("0") { fraction.removeLast() }
        if integer == "0", minimumInteger == 0, !fraction.isEmpty { integer = "" }
        integer = String(repeating: "0", count: max(0, minimumInteger - integer.count)) + integer
        if grouping > 0 { integer = Self.grouped(integer, by: grouping) }
        let isZero = !(integer + fraction).contains { "123456789".contains($0) }
        var text = (number < 0 && !isZero ? "-" : "") + prefix + integer
        if !fraction.isEmpty { text += "." + fraction }
        if exponentDigits > 0 {
            let digits = String(exponent.magnitude)
            text +=
                "E" + (exponent < 0 ? "-" : "") + String(repeating: "0", count: max(0, exponentDigits - digits.count))
                + digits
        }
        return text + suffix
    }

    /// The decimal digits of a number before and behind the point, from its shortest decimal form, rounded half to even.
    private static func digits(_ value: Double, places: Int) -> (integer: String, fraction: String) {
        let parts = value.description.split(separator: "e")
        let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        var digits = mantissa.joined().utf8.map { Int($0) - 48 }
        var point = mantissa[0].count + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
        if point < 0 {
            digits.insert(contentsOf: [Int](repeating: 0, count: -point), at: 0)
            point = 0
        }
        while digits.count < point { digits.append(0) }
        let kept = point + places
        if digits.count > kept {
            let rest = digits[kept...]
            let isAbove = rest[kept] > 5 || (rest[kept] == 5 && rest.dropFirst().contains { $0 > 0 })
            let isTie = rest[kept] == 5 && !isAbove
            let isOdd = kept > 0 && digits[kept - 1] % 2 == 1
            digits.removeSubrange(kept...)
            if isAbove || (isTie && isOdd) {
                var index = kept - 1
                while index >= 0, digits[index] == 9 {
                    digits[index] = 0
                    index -= 1
                }
                if index >= 0 {
                    digits[index] += 1
                } else {
                    digits.insert(1, at: 0)
                    point += 1
                }
            }
        }
        func text(_ part: ArraySlice<Int>) -> String { part.map(String.init).joined() }
        var integer = text(digits[..<point])
        while integer.hasPrefix("0"), integer.count > 1 { integer.removeFirst() }
        var fraction = text(digits[point...])
        while fraction.count < places { fraction += "0" }
        return (integer.isEmpty ? "0" : integer, fraction)
    }

    private static func decimalExponent(_ value: Double) -> Int {
        let parts = value.magnitude.description.split(separator: "e")
        let base = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        if mantissa[0] != "0" { return base + mantissa[0].count - 1 }
        let zeros = mantissa.count > 1 ? mantissa[1].prefix { $0 == "0" }.count : 0
        return base - zeros - 1
    }

    private static func power(_ exponent: Int) -> Double { Double("1e\(exponent)") ?? 1 }

    private static func grouped(_ digits: String, by size: Int) -> String {
        var result = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % size == 0 { result += "," }
            result.append(digit)
        }
        return result
    }
}
