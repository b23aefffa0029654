/// Reading without making strings: for callers that only compare or copy bytes.
extension JSONReader {
    /// Memory for the strings that have escapes; each call that returns bytes from it ends the life of those before.
    package final class StringMemory {
        fileprivate var bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 256)

        package init() {}

        deinit { bytes.deallocate() }

        fileprivate func hold(_ source: [UInt8]) -> UnsafeBufferPointer<UInt8> {
            if source.count > bytes.count {
                bytes.deallocate()
                bytes = .allocate(capacity: source.count * 2)
            }
            _ = bytes.update(from: source)
            return UnsafeBufferPointer(rebasing: bytes[..<source.count])
        }
    }

    /// A number as it was written.
    package struct NumberText {
        /// The characters.
        package let text: UnsafeBufferPointer<UInt8>
        /// Whether there is neither a fraction nor an exponent.
        package let isInteger: Bool
        /// The value if it is an integer of 64 bits.
        package let int64: Int64?
        let decimal: DecimalText
        let base: UnsafePointer<UInt8>

        /// The nearest double; infinite if the number is too large.
        package var double: Double { decimal.double(in: base) }
        /// The nearest float; infinite if the number is too large.
        package var float: Float { decimal.float(in: base) }
    }

    /// Reads the brace of an object; false if the object is empty, and then read.
    @inline(__always)
    package mutating func beginObject() throws(JSONError) -> Bool {
        try open(UInt8(ascii: "{"), "an object")
        return !(try isClosed(by: UInt8(ascii: "}")))
    }

    /// Reads a key and its colon.
    ///
    /// The bytes are valid until the next key or string is read with the same memory.
    @inline(__always)
    package mutating func readKey(_ memory: StringMemory) throws(JSONError) -> UnsafeBufferPointer<UInt8> {
        try startKey()
        let bytes = try stringBytes(memory)
        try endKey()
        return bytes
    }

    /// Reads what follows a member: true at the end of the object.
    @inline(__always)
    package mutating func endsObject() throws(JSONError) -> Bool {
        try isClosed(by: UInt8(ascii: "}"), orComma: Self.afterMember)
    }

    /// Reads the bracket of an array; false if the array is empty, and then read.
    @inline(__always)
    package mutating func beginArray() throws(JSONError) -> Bool {
        try open(UInt8(ascii: "["), "an array")
        return !(try isClosed(by: UInt8(ascii: "]")))
    }

    /// Reads what follows an element: true at the end of the array.
    @inline(__always)
    package mutating func endsArray() throws(JSONError) -> Bool {
        try isClosed(by: UInt8(ascii: "]"), orComma: Self.afterElement)
    }

    /// Reads a string without making one.
    ///
    /// The bytes are valid UTF-8, and valid until the next string is read with the same memory.
    @inline(__always)
    package mutating func readStringBytes(_ memory: StringMemory) throws(JSONError) -> UnsafeBufferPointer<UInt8> {
        try start()
        guard base[position] == UInt8(ascii: "\"") else { throw wrongType("a string") }
        return try stringBytes(memory)
    }

    /// Reads a number and keeps how it was written.
    package mutating func readNumberText() throws(JSONError) -> NumberText {
        let decimal = try scanDecimal()
        return NumberText(
            text: UnsafeBufferPointer(start: base + decimal.start, count: decimal.end - decimal.start),
            isInteger: decimal.isIntegerText, int64: decimal.integer, decimal: decimal, base: base)
    }

    /// The reader is at the quotation mark.
    @inline(__always)
    private mutating func stringBytes(_ memory: StringMemory) throws(JSONError) -> UnsafeBufferPointer<UInt8> {
        let start = position + 1
        let end = try endOfPlainRun(from: start)
        if base[end] == UInt8(ascii: "\"") {
            let run = UnsafeBufferPointer(start: base + start, count: end - start)
            if !UTF8Validation.isASCII(run), let fault = UTF8Validation.firstFault(in: run) {
                position = start + fault
                throw notUTF8()
            }
            position = end + 1
            return run
        }
        return try escapedBytes(memory, from: start, firstEscape: end)
    }

    @inline(never)
    private mutating func escapedBytes(
        _ memory: StringMemory, from start: Int, firstEscape: Int
    ) throws(JSONError) -> UnsafeBufferPointer<UInt8> {
        let text = try readEscapedString(from: start, firstEscape: firstEscape)
        return memory.hold(Array(text.utf8))
    }
}
