/// The bytes of a text, for finding others in it.
struct TextBytes {
    let bytes: [UInt8]

    init(_ text: String) { bytes = Array(text.utf8) }

    /// Where other bytes begin at the earliest; `nil` if they are not there.
    ///
    /// - Complexity: O(length of both), by the table of Knuth, Morris and Pratt.
    func place(of wanted: TextBytes, from start: Int) -> Int? {
        guard start <= bytes.count else { return nil }
        var found: Int?
        wanted.forEachPlace(in: self, from: start) { place in
            found = place
            return false
        }
        return found
    }

    /// Where other bytes begin at the latest; `nil` if they are not there.
    func lastPlace(of wanted: TextBytes) -> Int? {
        if wanted.bytes.isEmpty { return bytes.count }
        var found: Int?
        wanted.forEachPlace(in: self, from: 0) { place in
            found = place
            return true
        }
        return found
    }

    /// The UTF-16 code units before a place; -1 for none.
    func units(before place: Int?) -> Int {
        place.map { String(decoding: bytes[..<$0], as: UTF8.self).utf16.count } ?? -1
    }

    /// What lies between other bytes, which are not empty.
    ///
    /// - Parameter limit: how many pieces there may be; the last one holds the rest.
    func pieces(at wanted: TextBytes, limit: Int?) -> [ArraySlice<UInt8>] {
        var result: [ArraySlice<UInt8>] = []
        var start = 0
        wanted.forEachPlace(in: self, from: 0) { place in
            if place < start { return true }
            if let limit, result.count + 1 >= limit { return false }
            result.append(bytes[start..<place])
            start = place + wanted.bytes.count
            return true
        }
        return result + [bytes[start...]]
    }

    /// Calls `body` for each place where these bytes begin, overlapping ones, too, until it says no.
    private func forEachPlace(in text: TextBytes, from start: Int, _ body: (Int) -> Bool) {
        guard !bytes.isEmpty else {
            _ = body(start)
            return
        }
        // The longest proper beginning of the bytes that ends at each of them.
        var borders = [Int](repeating: 0, count: bytes.count)
        var length = 0
        for index in bytes.indices.dropFirst() {
            while length > 0, bytes[index] != bytes[length] { length = borders[length - 1] }
            if bytes[index] == bytes[length] { length += 1 }
            borders[index] = length
        }
        length = 0
        for index in start..<text.bytes.count {
            while length > 0, text.bytes[index] != bytes[length] { length = borders[length - 1] }
            if text.bytes[index] == bytes[length] { length += 1 }
            guard length == bytes.count else { continue }
            if !body(index - length + 1) { return }
            length = borders[length - 1]
        }
    }
}
