/// The text of a number, cut into sign, digits and decimal exponent, and its exactly rounded value.
///
/// The value is `significand * 10^exponent`, exactly, unless `isTruncated`. Three roads lead to the nearest double (ties to
/// even), and all of them are exact:
/// 1. a significand below 2^53 and a power of ten up to 10^22 are both doubles: one multiplication or division (Clinger 1990);
/// 2. a power of ten up to 10^27, whose factor 5^27 fits 64 bits: one multiplication or division of 128 bits, with a sticky bit;
/// 3. everything else: the standard library's `strtod`, in the C locale.
struct DecimalText {
    let start: Int
    /// Behind the last character, or at the first that does not belong.
    var end: Int
    var isNegative = false
    /// At most 19 digits: below 10^19.
    var significand: UInt64 = 0
    var exponent = 0
    /// More than 19 digits were written, so that `significand` lacks some.
    var isTruncated = false
    /// Neither a fraction nor an exponent was written.
    var isIntegerText = true

    init(start: Int) {
        self.start = start
        end = start
    }

    /// Reads the number at `start`; the mistake that stopped it, if any, is at `end`.
    @inline(__always)
    mutating func scan(_ base: UnsafePointer<UInt8>, _ count: Int) -> String? {
        if base[end] == UInt8(ascii: "-") {
            isNegative = true
            end += 1
        }
        let firstDigit = end
        while end < count, case let digit = base[end] &- UInt8(ascii: "0"), digit < 10 {
            // May wrap around when there are more than 19 digits; `isTruncated` says so below.
            significand = significand &* 10 &+ UInt64(digit)
            end += 1
        }
        var digits = end - firstDigit
        if digits == 0 { return "a digit was expected" }
        if digits > 1, base[firstDigit] == UInt8(ascii: "0") {
            end = firstDigit + 1
            return "a number has no leading zeros"
        }
        if end < count, base[end] == UInt8(ascii: ".") {
            isIntegerText = false
            end += 1
            let firstOfFraction = end
            while end < count, case let digit = base[end] &- UInt8(ascii: "0"), digit < 10 {
                significand = significand &* 10 &+ UInt64(digit)
                end += 1
            }
            if end == firstOfFraction { return "a digit was expected after the point" }
            exponent = firstOfFraction - end
            digits += end - firstOfFraction
        }
        if digits > 19 { isTruncated = !leadingZerosExplain(digits, base, firstDigit) }
        if end < count, base[end] | 0x20 == UInt8(ascii: "e") {
            isIntegerText = false
            end += 1
            var isExponentNegative = false
            if end < count, base[end] == UInt8(ascii: "-") || base[end] == UInt8(ascii: "+") {
                isExponentNegative = base[end] == UInt8(ascii: "-")
                end += 1
            }
            let firstOfExponent = end
            var written = 0
            while end < count, case let digit = base[end] &- UInt8(ascii: "0"), digit < 10 {
                // Beyond this every value is zero or infinite, whatever the digits.
                if written < 1_000_000 { written = written * 10 + Int(digit) }
                end += 1
            }
            if end == firstOfExponent { return "a digit was expected in the exponent" }
            exponent += isExponentNegative ? -written : written
        }
        return nil
    }

    /// Whether only leading zeros (`0.000…1`) make the digits too many: then the significand is whole.
    private func leadingZerosExplain(_ digits: Int, _ base: UnsafePointer<UInt8>, _ first: Int) -> Bool {
        var left = digits
        var index = first
        while left > 0 {
            if base[index] != UInt8(ascii: ".") {
                if base[index] != UInt8(ascii: "0") { break }
                left -= 1
            }
            index += 1
        }
        return left <= 19
    }

    /// The value if the text is an integer that fits 64 bits.
    ///
    /// `-0` is not: its sign would be lost.
    @inline(__always)
    var integer: Int64? {
        guard isIntegerText, !isTruncated else { return nil }
        if !isNegative { return Int64(exactly: significand) }
        if significand == 0 { return nil }
        if significand <= UInt64(Int64.max) { return -Int64(significand) }
        return significand == UInt64(Int64.max) + 1 ? Int64.min : nil
    }

    /// The value if the text is an integer without a sign that fits 64 bits.
    @inline(never)
    func unsigned(in base: UnsafePointer<UInt8>) -> UInt64? {
        guard isIntegerText, !isNegative else { return nil }
        if !isTruncated { return significand }
        return UInt64(String(decoding: UnsafeBufferPointer(start: base + start, count: end - start), as: UTF8.self))
    }

    /// The nearest double; infinite if the number is too large.
    @inline(__always)
    func double(in base: UnsafePointer<UInt8>) -> Double {
        if !isTruncated {
            if significand <= 1 << 53, exponent >= -22, exponent <= 22 {
                let whole = Double(significand)
                let power = PowersOfTen.double(exponent < 0 ? -exponent : exponent)
                let value = exponent < 0 ? whole / power : whole * power
                return isNegative ? -value : value
            }
            if significand == 0 { return isNegative ? -0.0 : 0.0 }
            if exponent >= -27, exponent <= 27 {
                let value = wideDouble()
                return isNegative ? -value : value
            }
        }
        return slowDouble(base)
    }

    /// The second road; the significand is not zero.
    ///
    /// 10^k = 5^k * 2^k. A double takes 53 of the 62 to 64 bits that are kept, so that everything below them only matters as one sticky
    /// bit, and the conversion of the hardware rounds once. Powers of two only move the exponent.
    @inline(never)
    private func wideDouble() -> Double {
        let shift = significand.leadingZeroBitCount
        let normal = significand << shift
        let five = PowersOfTen.five(exponent < 0 ? -exponent : exponent)
        let fiveShift = five.leadingZeroBitCount
        if exponent >= 0 {
            let (high, low) = normal.multipliedFullWidth(by: five << fiveShift)
            return Double(high | (low == 0 ? 0 : 1)) * PowersOfTen.two(64 - shift - fiveShift + exponent)
        }
        // normal * 2^63 / divisor: the upper half is below 2^63 and so below the divisor, as the division demands.
        let (quotient, remainder) = (five << fiveShift).dividingFullWidth((normal >> 1, normal << 63))
        return Double(quotient | (remainder == 0 ? 0 : 1)) * PowersOfTen.two(fiveShift - 63 - shift + exponent)
    }

    /// The third road.
    @inline(never)
    private func slowDouble(_ base: UnsafePointer<UInt8>) -> Double {
        let text = String(decoding: UnsafeBufferPointer(start: base + start, count: end - start), as: UTF8.self)
        // The grammar was checked, so that the text is always taken; overflow gives infinity.
        return Double(text) ?? .infinity
    }

    /// The nearest float.
    ///
    /// Rounding the nearest double once more is wrong only where that double lies exactly between two floats,
    /// or where floats are subnormal; those few are read again from the text.
    @inline(__always)
    func float(in base: UnsafePointer<UInt8>) -> Float {
        let wide = double(in: base)
        let isHalfway = wide.bitPattern & 0x1FFF_FFFF == 0x1000_0000
        if isHalfway || (wide.magnitude < Double(Float.leastNormalMagnitude) && wide != 0) { return slowFloat(base) }
        return Float(wide)
    }

    @inline(never)
    private func slowFloat(_ base: UnsafePointer<UInt8>) -> Float {
        let text = String(decoding: UnsafeBufferPointer(start: base + start, count: end - start), as: UTF8.self)
        return Float(text) ?? .infinity
    }
}

/// Powers that are exact in their type.
enum PowersOfTen {
    private static let doubles: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20,
        1e21, 1e22,
    ]

    /// 10^0 to 10^22.
    @inline(__always)
    static func double(_ exponent: Int) -> Double { doubles[exponent] }

    private static let fives: [UInt64] = {
        var powers: [UInt64] = [1]
        for _ in 0..<27 { powers.append(powers[powers.count - 1] * 5) }
        return powers
    }()

    /// 5^0 to 5^27.
    static func five(_ exponent: Int) -> UInt64 { fives[exponent] }

    /// A power of two within the exponents of normal doubles.
    @inline(__always)
    static func two(_ exponent: Int) -> Double { Double(bitPattern: UInt64(1023 + exponent) << 52) }
}
