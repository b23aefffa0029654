/// Errors with their place.
extension JSONReader {
    /// An error at the place that was reached, for a value that is valid JSON and not what the caller can use.
    public func fault(_ reason: String) -> JSONError {
        fault(.unexpectedType, reason)
    }

    mutating func outOfRange(_ decimal: DecimalText, _ type: String) -> JSONError {
        position = decimal.start
        return fault(.numberOutOfRange, "the number is too large for \(type)")
    }

    func atEnd(_ expectation: String) -> JSONError {
        fault(.truncated, "the text ends here; \(expectation)", at: count)
    }

    func notUTF8() -> JSONError {
        fault(.invalidUTF8, "byte \(Self.name(of: base[min(position, count - 1)])) is not UTF-8 here")
    }

    func wrongType(_ expected: String) -> JSONError {
        let found: String
        switch base[position] {
        case UInt8(ascii: "{"): found = "an object"
        case UInt8(ascii: "["): found = "an array"
        case UInt8(ascii: "\""): found = "a string"
        case UInt8(ascii: "t"), UInt8(ascii: "f"): found = "a boolean"
        case UInt8(ascii: "n"): found = "null"
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): found = "a number"
        default: return unexpectedByte("\(expected) was expected")
        }
        return fault(.unexpectedType, "\(expected) was expected, not \(found)")
    }

    func unexpectedByte(_ expectation: String) -> JSONError {
        fault(.syntax, "\(expectation), not \(Self.name(of: base[position]))")
    }

    func fault(_ code: JSONError.Code, _ reason: String, at offset: Int? = nil) -> JSONError {
        let offset = offset ?? position
        var line = 1
        var lineStart = 0
        for index in 0..<min(offset, count) where base[index] == UInt8(ascii: "\n") {
            line += 1
            lineStart = index + 1
        }
        return JSONError(code: code, offset: offset, line: line, column: offset - lineStart + 1, reason: reason)
    }

    static func name(of byte: UInt8) -> String {
        if (0x21...0x7E).contains(byte) { return "'\(Character(UnicodeScalar(byte)))'" }
        let digits = String(byte, radix: 16, uppercase: true)
        return "0x\(digits.count == 1 ? "0" : "")\(digits)"
    }
}
