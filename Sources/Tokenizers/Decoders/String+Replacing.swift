extension String {
    /// Replaces every occurrence of a text, found from the left without overlaps, byte by byte (no Unicode equivalence).
    ///
    /// An empty `pattern` occurs before every scalar and at the end, as in Rust's `str::replace`.
    func replacingEvery(_ pattern: String, with replacement: String) -> String {
        if pattern.isEmpty {
            var result = replacement
            for scalar in unicodeScalars {
                result.unicodeScalars.append(scalar)
                result += replacement
            }
            return result
        }
        let bytes = Array(utf8)
        let wanted = Array(pattern.utf8)
        guard bytes.count >= wanted.count else { return self }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            if bytes[index] == wanted[0], bytes[index...].starts(with: wanted) {
                result.append(contentsOf: replacement.utf8)
                index += wanted.count
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The string without the bytes of a prefix that it begins with.
    func droppingUTF8Prefix(_ prefix: String) -> String {
        String(decoding: utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
    }
}
