/// A fixed set of names with look-up by bytes: what the keys of a document are compared with.
///
/// O(length of the name).
package struct NameTable: Sendable {
    private let names: [[UInt8]]
    /// Open addressing: place plus one, zero for an empty slot; at most half full.
    private let slots: [Int32]
    private let mask: Int

    package init(_ names: [String]) {
        self.names = names.map { Array($0.utf8) }
        var capacity = 8
        while capacity < names.count * 2 { capacity *= 2 }
        var slots = [Int32](repeating: 0, count: capacity)
        for (place, name) in self.names.enumerated() {
            var slot = name.withUnsafeBufferPointer { Self.hash($0) } & (capacity - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (capacity - 1) }
            slots[slot] = Int32(place + 1)
        }
        self.slots = slots
        mask = capacity - 1
    }

    /// The place of a name in the order of ``init(_:)``, or -1.
    @inline(__always)
    package func place(of name: UnsafeBufferPointer<UInt8>) -> Int {
        var slot = Self.hash(name) & mask
        while true {
            let place = Int(slots[slot]) - 1
            if place < 0 { return -1 }
            if Self.equal(names[place], name) { return place }
            slot = (slot + 1) & mask
        }
    }

    @inline(__always)
    private static func equal(_ left: [UInt8], _ right: UnsafeBufferPointer<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        return left.withUnsafeBufferPointer { left in
            for index in 0..<left.count where left[index] != right[index] { return false }
            return true
        }
    }

    /// FNV-1a with a final mix.
    @inline(__always)
    private static func hash(_ name: UnsafeBufferPointer<UInt8>) -> Int {
        var hash: UInt32 = 2_166_136_261
        for byte in name { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return Int(hash ^ hash >> 15)
    }
}
