import CPostings

/// Numbers different byte strings from 0 on, in the order in which they first come.
final class TermTable {
    struct Text {
        var offset: UInt32
        var count: UInt32
        var hash: UInt32
    }

    let arena: ByteArena
    private(set) var texts: UnsafeMutablePointer<Text>
    private(set) var count = 0
    private var capacity = 256
    /// Hash in the upper half, number plus one in the lower; 0 is free.
    private var slots: UnsafeMutablePointer<UInt64>
    private var mask = 511

    init(arena: ByteArena) {
        self.arena = arena
        texts = .allocate(capacity: capacity)
        slots = .allocate(capacity: mask + 1)
        slots.initialize(repeating: 0, count: mask + 1)
    }

    deinit {
        texts.deallocate()
        slots.deallocate()
    }

    /// How many bytes the tables take, without the strings.
    var byteCount: Int { (mask + 1) * 8 + capacity * MemoryLayout<Text>.stride }

    /// What ``number(of:_:hash:)`` looks a string up by.
    @inline(__always)
    static func hash(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> UInt32 {
        let raw = UnsafeRawPointer(bytes)
        var hash = UInt64(truncatingIfNeeded: count) &* 0x9e37_79b9_7f4a_7c15
        @inline(__always)
        func mix(_ word: UInt64) {
            let product = (hash ^ word).multipliedFullWidth(by: 0xd6e8_feb8_6659_fd93)
            hash = product.high ^ product.low
        }
        if count >= 8 {
            var at = 0
            while at &+ 8 < count {
                mix(raw.loadUnaligned(fromByteOffset: at, as: UInt64.self))
                at &+= 8
            }
            mix(raw.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self))
        } else if count >= 4 {
            let low = UInt64(raw.loadUnaligned(as: UInt32.self))
            let high = UInt64(raw.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self))
            mix(low | high << 32)
        } else if count > 0 {
            mix(UInt64(bytes[0]) | UInt64(bytes[count >> 1]) << 8 | UInt64(bytes[count &- 1]) << 16)
        }
        return UInt32(truncatingIfNeeded: hash >> 32 ^ hash)
    }

    /// Begins to load where a string is looked up.
    @inline(__always)
    func prefetch(hash: UInt32) { cp_prefetch(slots + (Int(hash) & mask)) }

    /// The number that a string most likely has; `nil` when it was not seen.
    @inline(__always)
    func likelyNumber(hash: UInt32) -> Int? {
        let entry = slots[Int(hash) & mask]
        return entry == 0 ? nil : Int(truncatingIfNeeded: entry & 0xffff_ffff) &- 1
    }

    /// The number of a string; a new one when it was not seen.
    @inline(__always)
    func number(of bytes: UnsafePointer<UInt8>, _ length: Int) -> Int {
        number(of: bytes, length, hash: Self.hash(bytes, length))
    }

    /// The number of a string with its hash; a new one when it was not seen.
    @inline(__always)
    func number(of bytes: UnsafePointer<UInt8>, _ length: Int, hash: UInt32) -> Int {
        var slot = Int(hash) & mask
        while true {
            let entry = slots[slot]
            if entry == 0 { return insert(bytes, length, hash, slot) }
            if UInt32(truncatingIfNeeded: entry >> 32) == hash {
                let number = Int(truncatingIfNeeded: entry & 0xffff_ffff) &- 1
                let text = texts[number]
                if Int(text.count) == length, Self.equal(arena.base + Int(text.offset), bytes, length) {
                    return number
                }
            }
            slot = (slot &+ 1) & mask
        }
    }

    @inline(__always)
    private static func equal(_ a: UnsafePointer<UInt8>, _ b: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        let x = UnsafeRawPointer(a), y = UnsafeRawPointer(b)
        if count >= 8 {
            var at = 0
            while at &+ 8 < count {
                if x.loadUnaligned(fromByteOffset: at, as: UInt64.self)
                    != y.loadUnaligned(fromByteOffset: at, as: UInt64.self)
                {
                    return false
                }
                at &+= 8
            }
            return x.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
                == y.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
        }
        for i in 0..<count where a[i] != b[i] { return false }
        return true
    }

    @inline(never)
    private func insert(_ bytes: UnsafePointer<UInt8>, _ length: Int, _ hash: UInt32, _ slot: Int) -> Int {
        let number = count
        if count == capacity {
            let larger = UnsafeMutablePointer<Text>.allocate(capacity: capacity * 2)
            larger.update(from: texts, count: count)
            texts.deallocate()
            texts = larger
            capacity *= 2
        }
        texts[number] = Text(offset: arena.add(bytes, length), count: UInt32(length), hash: hash)
        slots[slot] = UInt64(hash) << 32 | UInt64(number + 1)
        count += 1
        if count * 2 > mask { rehash() }
        return number
    }

    private func rehash() {
        slots.deallocate()
        mask = mask * 2 + 1
        slots = .allocate(capacity: mask + 1)
        slots.initialize(repeating: 0, count: mask + 1)
        for number in 0..<count {
            var slot = Int(texts[number].hash) & mask
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] = UInt64(texts[number].hash) << 32 | UInt64(number + 1)
        }
    }

    func text(_ number: Int) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: arena.base + Int(texts[number].offset), count: Int(texts[number].count))
    }

    /// The numbers, in the order of the bytes of their strings.
    func sorted() -> [Int32] {
        // The first eight bytes decide mostly.
        var keys: [(prefix: UInt64, number: Int32)] = []
        keys.reserveCapacity(count)
        for number in 0..<count {
            let text = text(number)
            var prefix: UInt64 = 0
            for i in 0..<8 { prefix = prefix << 8 | (i < text.count ? UInt64(text[i]) : 0) }
            keys.append((prefix, Int32(number)))
        }
        keys.sort {
            if $0.prefix != $1.prefix { return $0.prefix < $1.prefix }
            return compare(text(Int($0.number)), text(Int($1.number))) < 0
        }
        return keys.map(\.number)
    }
}
