/// Finds where bytes stop being UTF-8 (Unicode 16, table 3-7), for error messages.
enum UTF8Validation {
    /// The position of the first byte that does not continue valid UTF-8, or the count if all is valid.
    static func firstFault(in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var index = 0
        while index < bytes.count {
            let lead = bytes[index]
            if lead < 0x80 {
                index += 1
                continue
            }
            let length: Int
            var second: ClosedRange<UInt8> = 0x80...0xBF
            switch lead {
            case 0xC2...0xDF: length = 2
            case 0xE0: (length, second) = (3, 0xA0...0xBF)
            case 0xE1...0xEC, 0xEE...0xEF: length = 3
            case 0xED: (length, second) = (3, 0x80...0x9F)
            case 0xF0: (length, second) = (4, 0x90...0xBF)
            case 0xF1...0xF3: length = 4
            case 0xF4: (length, second) = (4, 0x80...0x8F)
            default: return index
            }
            for step in 1..<length {
                guard index + step < bytes.count, (step == 1 ? second : 0x80...0xBF).contains(bytes[index + step])
                else {
                    return min(index + step, bytes.count)
                }
            }
            index += length
        }
        return index
    }
}
