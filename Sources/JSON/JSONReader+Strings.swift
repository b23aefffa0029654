/// Strings: their runs of plain bytes, their escapes, their UTF-8.
extension JSONReader {
    /// Reads a string.
    public mutating func readString() throws(JSONError) -> String {
        try start()
        guard base[position] == UInt8(ascii: "\"") else { throw wrongType("a string") }
        let start = position + 1
        let end = try endOfPlainRun(from: start)
        if base[end] == UInt8(ascii: "\"") {
            position = end + 1
            return try string(UnsafeBufferPointer(start: base + start, count: end - start), at: start)
        }
        return try readEscapedString(from: start, firstEscape: end)
    }

    /// Reads a string without making one; the reader is at its quotation mark.
    mutating func skipString() throws(JSONError) {
        position += 1
        while true {
            let start = position
            let end = try endOfPlainRun(from: start)
            let run = UnsafeBufferPointer(start: base + start, count: end - start)
            if !UTF8Validation.isASCII(run), let fault = UTF8Validation.firstFault(in: run) {
                position = start + fault
                throw notUTF8()
            }
            position = end
            if base[end] == UInt8(ascii: "\"") {
                position = end + 1
                return
            }
            scratch.removeAll(keepingCapacity: true)
            try appendEscape()
        }
    }

    /// The position of the next quotation mark or backslash; a control character or the end of the text is an error.
    @inline(__always)
    mutating func endOfPlainRun(from start: Int) throws(JSONError) -> Int {
        var index = start
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        // Eight bytes at a time: each test leaves the top bit of a byte set if that byte (below 0x80) is special. Borrows may
        // also set bits above the first special byte, which is why only the fact is used and the byte is then sought.
        while index + 8 <= count {
            let word = UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self)
            let quote = word ^ (ones &* 0x22)
            let backslash = word ^ (ones &* 0x5C)
            let special =
                ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash) | ((word &- ones &* 0x20) & ~word)
            if special & tops != 0 { break }
            index += 8
        }
        while index < count {
            let byte = base[index]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return index }
            if byte < 0x20 {
                position = index
                throw fault(.syntax, "control character \(Self.name(of: byte)) inside a string; it must be escaped")
            }
            index += 1
        }
        position = count
        throw atEnd("the string is not closed")
    }

    mutating func string(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int) throws(JSONError) -> String {
        if let string = String(validating: bytes, as: UTF8.self) { return string }
        position =
            start + (UTF8Validation.firstFault(in: UnsafeBufferPointer(start: base + start, count: count - start)) ?? 0)
        throw notUTF8()
    }

    mutating func readEscapedString(from start: Int, firstEscape: Int) throws(JSONError) -> String {
        scratch.removeAll(keepingCapacity: true)
        var runStart = start
        var index = firstEscape
        while true {
            scratch.append(contentsOf: UnsafeBufferPointer(start: base + runStart, count: index - runStart))
            if base[index] == UInt8(ascii: "\"") { break }
            position = index
            try appendEscape()
            runStart = position
            index = try endOfPlainRun(from: runStart)
        }
        position = index + 1
        let decoded = scratch.withUnsafeBufferPointer { String(validating: $0, as: UTF8.self) }
        if let decoded { return decoded }
        // Escapes decode to whole scalars, so that the fault is in the plain text between them, or an escape splits a scalar.
        position =
            start + (UTF8Validation.firstFault(in: UnsafeBufferPointer(start: base + start, count: index - start)) ?? 0)
        throw notUTF8()
    }

    /// Decodes the escape at `position` into `scratch`.
    mutating func appendEscape() throws(JSONError) {
        guard position + 1 < count else {
            position = count
            throw atEnd("the string ends in an escape")
        }
        let letter = base[position + 1]
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): scratch.append(letter)
        case UInt8(ascii: "b"): scratch.append(0x08)
        case UInt8(ascii: "f"): scratch.append(0x0C)
        case UInt8(ascii: "n"): scratch.append(0x0A)
        case UInt8(ascii: "r"): scratch.append(0x0D)
        case UInt8(ascii: "t"): scratch.append(0x09)
        case UInt8(ascii: "u"):
            var scalar = try hexadecimal(at: position + 2)
            position += 6
            if scalar & 0xFC00 == 0xD800 {
                let isEscape =
                    position + 1 < count && base[position] == UInt8(ascii: "\\")
                    && base[position + 1] == UInt8(ascii: "u")
                if isEscape, case let low = try hexadecimal(at: position + 2), low & 0xFC00 == 0xDC00 {
                    scalar = 0x10000 + (scalar & 0x3FF) << 10 + (low & 0x3FF)
                    position += 6
                } else {
                    scalar = 0xFFFD
                }
            } else if scalar & 0xFC00 == 0xDC00 {
                scalar = 0xFFFD
            }
            appendScalar(scalar)
            return
        default:
            position += 1
            throw fault(.syntax, "no such escape: a backslash before \(Self.name(of: letter))")
        }
        position += 2
    }

    mutating func hexadecimal(at start: Int) throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for index in start..<start + 4 {
            guard index < count else {
                position = count
                throw atEnd("\\u takes four hexadecimal digits")
            }
            let byte = base[index]
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default:
                position = index
                throw fault(.syntax, "\\u takes four hexadecimal digits, not \(Self.name(of: byte))")
            }
            value = value << 4 | UInt32(digit)
        }
        return value
    }

    mutating func appendScalar(_ scalar: UInt32) {
        switch scalar {
        case ..<0x80:
            scratch.append(UInt8(scalar))
        case ..<0x800:
            scratch.append(UInt8(0xC0 | scalar >> 6))
            scratch.append(UInt8(0x80 | scalar & 0x3F))
        case ..<0x10000:
            scratch.append(UInt8(0xE0 | scalar >> 12))
            scratch.append(UInt8(0x80 | scalar >> 6 & 0x3F))
            scratch.append(UInt8(0x80 | scalar & 0x3F))
        default:
            scratch.append(UInt8(0xF0 | scalar >> 18))
            scratch.append(UInt8(0x80 | scalar >> 12 & 0x3F))
            scratch.append(UInt8(0x80 | scalar >> 6 & 0x3F))
            scratch.append(UInt8(0x80 | scalar & 0x3F))
        }
    }
}
