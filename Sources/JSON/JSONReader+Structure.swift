/// White space, brackets, commas and keys.
extension JSONReader {
    @inline(__always)
    mutating func skipWhitespace() {
        while position < count {
            let byte = base[position]
            // Space, tab, line feed, carriage return.
            guard byte <= 0x20, (1 << UInt64(byte)) & 0x1_0000_2600 as UInt64 != 0 else { return }
            position += 1
        }
    }

    /// Skips white space and makes sure that a byte follows.
    @inline(__always)
    mutating func start() throws(JSONError) {
        skipWhitespace()
        if position >= count { throw atEnd("a value was expected") }
        if openLevels == 0, count > limits.maximumBytes {
            throw fault(.limitExceeded, "the text has \(count) bytes; the limit is \(limits.maximumBytes)")
        }
    }

    mutating func open(_ bracket: UInt8, _ expected: String) throws(JSONError) {
        try start()
        guard base[position] == bracket else { throw wrongType(expected) }
        guard openLevels < min(limits.maximumDepth, JSONLimits.deepest) else {
            throw fault(
                .limitExceeded,
                "more than \(min(limits.maximumDepth, JSONLimits.deepest)) arrays and objects inside one another")
        }
        openLevels += 1
        position += 1
    }

    /// Whether the array or object that was just opened is empty.
    @inline(__always)
    mutating func isClosed(by bracket: UInt8) throws(JSONError) -> Bool {
        skipWhitespace()
        guard position < count else { throw atEnd("an array or object is not closed") }
        guard base[position] == bracket else { return false }
        position += 1
        openLevels -= 1
        return true
    }

    /// Reads what follows an element: the end (true) or a comma (false).
    @inline(__always)
    mutating func isClosed(
        by bracket: UInt8, orComma expectation: @autoclosure () -> String
    ) throws(JSONError) -> Bool {
        skipWhitespace()
        guard position < count else { throw atEnd(expectation()) }
        if base[position] == UInt8(ascii: ",") {
            position += 1
            return false
        }
        guard base[position] == bracket else { throw unexpectedByte(expectation()) }
        position += 1
        openLevels -= 1
        return true
    }

    mutating func readWord(_ word: StaticString) throws(JSONError) {
        let length = word.utf8CodeUnitCount
        for index in 0..<length {
            guard position + index < count else {
                position = count
                throw atEnd("\(word) was expected")
            }
            guard base[position + index] == word.utf8Start[index] else {
                position += index
                throw unexpectedByte("\(word) was expected")
            }
        }
        position += length
    }

    static let afterMember = "a comma or the end of the object was expected"
    static let afterElement = "a comma or the end of the array was expected"

    /// Makes sure that a key follows.
    @inline(__always)
    mutating func startKey() throws(JSONError) {
        skipWhitespace()
        guard position < count else { throw atEnd("a member of an object was expected") }
        guard base[position] == UInt8(ascii: "\"") else {
            throw unexpectedByte("a member of an object starts with a quoted key")
        }
    }

    /// Reads the colon behind a key.
    @inline(__always)
    mutating func endKey() throws(JSONError) {
        skipWhitespace()
        guard position < count else { throw atEnd("a colon was expected after the key") }
        guard base[position] == UInt8(ascii: ":") else { throw unexpectedByte("a colon was expected after the key") }
        position += 1
    }
}
