/// Numbers, one at a time and in arrays.
extension JSONReader {
    /// Reads a number.
    public mutating func readNumber() throws(JSONError) -> JSONNumber {
        let decimal = try scanDecimal()
        if let integer = decimal.integer { return JSONNumber(storage: .integer(integer)) }
        if let unsigned = decimal.unsigned(in: base) { return JSONNumber(unsigned) }
        return JSONNumber(storage: .real(try double(decimal)))
    }

    /// Reads a number as the nearest double.
    public mutating func readDouble() throws(JSONError) -> Double {
        try double(try scanDecimal())
    }

    /// Reads a number as the nearest float (rounded once, from the decimal text).
    public mutating func readFloat() throws(JSONError) -> Float {
        let decimal = try scanDecimal()
        let value = decimal.float(in: base)
        if !value.isFinite { throw outOfRange(decimal, "a 32-bit float") }
        return value
    }

    /// Reads an array of numbers.
    public mutating func readFloats() throws(JSONError) -> [Float] {
        var values: [Float] = []
        try appendFloats(to: &values)
        return values
    }

    /// Reads an array of numbers behind those already in `values`.
    public mutating func appendFloats(to values: inout [Float]) throws(JSONError) {
        try open(UInt8(ascii: "["), "an array of numbers")
        if try isClosed(by: UInt8(ascii: "]")) { return }
        while true {
            values.append(try readFloat())
            if try isClosed(by: UInt8(ascii: "]"), orComma: Self.afterElement) { return }
        }
    }

    /// Reads an array of numbers.
    public mutating func readDoubles() throws(JSONError) -> [Double] {
        var values: [Double] = []
        try open(UInt8(ascii: "["), "an array of numbers")
        if try isClosed(by: UInt8(ascii: "]")) { return values }
        while true {
            values.append(try readDouble())
            if try isClosed(by: UInt8(ascii: "]"), orComma: Self.afterElement) {
                return values
            }
        }
    }

    /// Reads the text of a number (RFC 8259 section 6) without rounding it.
    @inline(__always)
    mutating func scanDecimal() throws(JSONError) -> DecimalText {
        try start()
        let first = base[position]
        guard first == UInt8(ascii: "-") || first &- UInt8(ascii: "0") < 10 else { throw wrongType("a number") }
        var decimal = DecimalText(start: position)
        if let mistake = decimal.scan(base, count) {
            position = decimal.end
            if position >= count { throw atEnd(mistake) }
            throw unexpectedByte(mistake)
        }
        position = decimal.end
        return decimal
    }

    @inline(__always)
    mutating func double(_ decimal: DecimalText) throws(JSONError) -> Double {
        let value = decimal.double(in: base)
        if !value.isFinite { throw outOfRange(decimal, "a double") }
        return value
    }
}
