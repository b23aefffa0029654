/// A set of words in UTF-8 with a look-up that touches memory once for most words that are not in it.
struct WordSet: Sendable {
    // Open addressing over `words`; 0 is an empty slot, else the word's number plus one.
    private var slots: [UInt32] = []
    private var words: [[UInt8]] = []
    // Which lengths occur, by bits; bit 63 stands for all above 62.
    private var lengths: UInt64 = 0
    /// Whether look-ups fold case, character by character.
    let ignoresCase: Bool

    init(_ list: some Sequence<String>, ignoresCase: Bool = false) {
        self.ignoresCase = ignoresCase
        var seen: Set<[UInt8]> = []
        for word in list {
            var bytes = Array(word.utf8)
            if ignoresCase { bytes = Self.lowercased(bytes) }
            if seen.insert(bytes).inserted { words.append(bytes) }
        }
        var size = 16
        while size < words.count * 4 { size *= 2 }
        slots = [UInt32](repeating: 0, count: size)
        for (number, word) in words.enumerated() {
            lengths |= 1 << UInt64(min(word.count, 63))
            var slot = word.withUnsafeBufferPointer(Self.hash) & (size - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (size - 1) }
            slots[slot] = UInt32(number + 1)
        }
    }

    var isEmpty: Bool { words.isEmpty }

    /// Whether the word is in the set. O(length).
    @inline(__always)
    func contains(_ word: UnsafeBufferPointer<UInt8>) -> Bool {
        if ignoresCase { return containsFolded(word) }
        return lengths >> UInt64(min(word.count, 63)) & 1 != 0 && find(word)
    }

    @inline(never)
    private func containsFolded(_ word: UnsafeBufferPointer<UInt8>) -> Bool {
        Self.lowercased(Array(word)).withUnsafeBufferPointer { find($0) }
    }

    private func find(_ word: UnsafeBufferPointer<UInt8>) -> Bool {
        let mask = slots.count - 1
        var slot = Self.hash(word) & mask
        while slots[slot] != 0 {
            let candidate = words[Int(slots[slot]) - 1]
            if candidate.count == word.count, candidate.elementsEqual(word) { return true }
            slot = (slot + 1) & mask
        }
        return false
    }

    @inline(__always)
    private static func hash(_ word: UnsafeBufferPointer<UInt8>) -> Int {
        var value: UInt32 = 0x811C_9DC5
        for byte in word { value = (value ^ UInt32(byte)) &* 0x0100_0193 }
        return Int(value ^ value >> 15)
    }

    static func lowercased(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBufferPointer { source in
            guard let base = source.baseAddress else { return [] }
            return [UInt8](unsafeUninitializedCapacity: ASCIIFold.room(source.count)) { target, count in
                count = target.baseAddress.map { ASCIIFold.lower.copy(base, source.count, to: $0) } ?? 0
            }
        }
    }
}
