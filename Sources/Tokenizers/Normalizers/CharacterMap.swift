/// The table of rewritings that sentencepiece stores in its models: a double-array trie from byte strings to places in a
/// block of texts, each of which ends at a zero byte.
///
/// Layout: u32 size of the trie in bytes (little endian), the units of the trie, the texts. A unit holds a label (the low
/// byte), a leaf mark (bit 8) and the distance to its children (from bit 10, times 256 if bit 9 is set); a leaf holds a
/// place in the texts. Source: Darts-clone by Susumu Yata, as sentencepiece uses it.
package struct CharacterMap: Sendable {
    private let units: [UInt32]
    private let texts: [UInt8]
    /// What each ASCII character becomes: a place in `texts`, -1 for no change.
    private var asciiReplacements: [Int32] = []

    /// The factor by which a text may become longer: a replacement compared with the shortest bytes that lead to it.
    package private(set) var greatestGrowth = 1

    /// Longer replacements are taken for hostile; those of sentencepiece stay below 40 bytes.
    private static let longestText = 1024

    /// What is wrong with a table.
    package struct Malformed: Error {
        package let reason: String
    }

    /// Reads a table and checks that no walk through the trie leaves it.
    package init(_ bytes: [UInt8]) throws(Malformed) {
        guard bytes.count >= 4 else { throw Malformed(reason: "the table is shorter than its header") }
        let size = Int(Self.word(bytes, at: 0))
        guard size <= bytes.count - 4 else {
            throw Malformed(reason: "the header announces a trie of \(size) bytes, \(bytes.count - 4) follow")
        }
        let unitCount = size / 4
        guard unitCount > 0 else { throw Malformed(reason: "the trie is empty") }
        units = (0..<unitCount).map { Self.word(bytes, at: 4 + 4 * $0) }
        texts = Array(bytes[(4 + 4 * unitCount)...])
        guard String(validating: texts, as: UTF8.self) != nil else {
            throw Malformed(reason: "the replacement texts are not UTF-8")
        }
        try checkTrie()
        asciiReplacements = (0..<128).map { byte in
            [UInt8(byte)].withUnsafeBufferPointer { walk($0, 0, 1) }
        }
    }

    /// The place of the text that stands for the shortest prefix of a stretch of bytes that has one; -1 if none has.
    ///
    /// The shortest, not the longest: what upstream does, and what the models have been trained with.
    @inline(__always)
    package func replacement(of bytes: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Int32 {
        if end - start == 1 { return asciiReplacements[Int(bytes[start])] }
        return walk(bytes, start, end)
    }

    /// Whether an ASCII character stays as it is.
    @inline(__always)
    package func keeps(ascii byte: UInt8) -> Bool { asciiReplacements[Int(byte)] < 0 }

    /// The replacement text at a place.
    @inline(__always)
    package func text(at place: Int32) -> ArraySlice<UInt8> {
        var end = Int(place)
        while end < texts.count, texts[end] != 0 { end += 1 }
        return texts[Int(place)..<end]
    }

    private func walk(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> Int32 {
        var position = Self.offset(units[0])
        for index in start..<end {
            let byte = bytes[index]
            position ^= Int(byte)
            guard byte != 0, position < units.count, Self.label(units[position]) == UInt32(byte) else { return -1 }
            let unit = units[position]
            position ^= Self.offset(unit)
            if Self.hasLeaf(unit) {
                guard position < units.count else { return -1 }
                return Int32(units[position] & 0x7FFF_FFFF)
            }
        }
        return -1
    }

    // MARK: Units

    private static func word(_ bytes: [UInt8], at index: Int) -> UInt32 {
        UInt32(bytes[index]) | UInt32(bytes[index + 1]) << 8 | UInt32(bytes[index + 2]) << 16
            | UInt32(bytes[index + 3]) << 24
    }

    @inline(__always)
    private static func hasLeaf(_ unit: UInt32) -> Bool { unit >> 8 & 1 == 1 }

    /// The label; for a leaf, something that equals no byte.
    @inline(__always)
    private static func label(_ unit: UInt32) -> UInt32 { unit & 0x8000_00FF }

    @inline(__always)
    private static func offset(_ unit: UInt32) -> Int { Int(unit >> 10) << Int((unit & 0x200) >> 6) }

    /// Follows every branch once, the shortest first, and measures the replacements.
    private mutating func checkTrie() throws(Malformed) {
        var isSeen = [Bool](repeating: false, count: units.count)
        var open = [(node: 0, depth: 0)]
        var next = 0
        isSeen[0] = true
        while next < open.count {
            let (node, depth) = open[next]
            next += 1
            let base = node ^ Self.offset(units[node])
            guard base < units.count else {
                throw Malformed(reason: "unit \(node) of the trie points to \(base), outside of \(units.count) units")
            }
            if Self.hasLeaf(units[node]) {
                let place = Int(units[base] & 0x7FFF_FFFF)
                guard place <= texts.count, place == texts.count || texts[place] & 0xC0 != 0x80 else {
                    throw Malformed(reason: "unit \(base) of the trie points to text \(place), which does not exist")
                }
                var end = place
                while end < texts.count, texts[end] != 0, end - place <= Self.longestText { end += 1 }
                guard end - place <= Self.longestText else {
                    throw Malformed(reason: "the text at \(place) has more than \(Self.longestText) bytes")
                }
                greatestGrowth = max(greatestGrowth, (end - place + max(depth, 1) - 1) / max(depth, 1))
            }
            for byte in 1...255 {
                let child = base ^ byte
                guard child < units.count, Self.label(units[child]) == UInt32(byte), !isSeen[child] else { continue }
                isSeen[child] = true
                open.append((child, depth + 1))
            }
        }
    }
}
