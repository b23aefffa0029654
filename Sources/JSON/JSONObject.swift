/// The members of a JSON object in the order of the text, with look-up by key.
///
/// Keys are compared byte by byte. That is not how Swift compares strings: two spellings of `é` (one scalar, or `e` and a
/// combining accent) are equal as `String` and are different keys here, as they are in every vocabulary of a tokenizer.
/// When a key comes twice, the last value wins and keeps the place of the first.
///
/// Look-up is O(1); objects of at most eight members are searched in order, without a table. The table's hash is seeded per process,
/// so that hostile keys cannot make it slow.
public struct JSONObject: Sendable {
    /// One member of an object.
    public typealias Member = (key: String, value: JSONValue)

    private var members: [Member]
    /// Open addressing: position in `members` plus one, zero for an empty slot; empty for small objects.
    private var slots: [UInt32]

    private static let largestWithoutTable = 8

    /// An object without members.
    public init() {
        members = []
        slots = []
    }

    /// An object of these members; of equal keys, the last value wins.
    public init(_ members: some Sequence<(key: String, value: JSONValue)>) {
        self.init(parsed: Array(members))
    }

    package init(parsed: [Member]) {
        members = parsed
        slots = []
        if parsed.count > Self.largestWithoutTable {
            buildTable()
        } else if parsed.count > 1 {
            dropDuplicatesInOrder()
        }
    }

    /// How many members there are.
    public var count: Int { members.count }

    /// Whether there are no members.
    public var isEmpty: Bool { members.isEmpty }

    /// The keys, in order.
    public var keys: [String] { members.map(\.key) }

    /// The value of a key.
    ///
    /// Setting appends a new key, replaces an old one, and removes it for `nil` (O(n)).
    public subscript(_ key: String) -> JSONValue? {
        get {
            guard let position = position(of: key) else { return nil }
            return members[position].value
        }
        set {
            if let position = position(of: key) {
                if let newValue {
                    members[position].value = newValue
                } else {
                    members.remove(at: position)
                    self = JSONObject(parsed: members)
                }
            } else if let newValue {
                members.append((key, newValue))
                if members.count * 2 > slots.count {
                    if members.count > Self.largestWithoutTable { buildTable() }
                } else {
                    slots[freeSlot(for: key)] = UInt32(members.count)
                }
            }
        }
    }

    private func position(of key: String) -> Int? {
        if slots.isEmpty { return members.firstIndex { Self.sameBytes($0.key, key) } }
        let mask = slots.count - 1
        var slot = Self.hash(key) & mask
        while slots[slot] != 0 {
            let position = Int(slots[slot]) - 1
            if Self.sameBytes(members[position].key, key) { return position }
            slot = (slot + 1) & mask
        }
        return nil
    }

    private func freeSlot(for key: String) -> Int {
        let mask = slots.count - 1
        var slot = Self.hash(key) & mask
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        return slot
    }

    /// Builds the table with at most half of its slots in use, merging duplicate keys.
    private mutating func buildTable() {
        precondition(members.count < Int(UInt32.max) / 4, "an object of more than a thousand million members")
        var capacity = 32
        while capacity < members.count * 3 { capacity *= 2 }
        slots = [UInt32](repeating: 0, count: capacity)
        let mask = capacity - 1
        var kept = 0
        for position in members.indices {
            let key = members[position].key
            var slot = Self.hash(key) & mask
            var earlier: Int?
            while slots[slot] != 0 {
                let candidate = Int(slots[slot]) - 1
                if Self.sameBytes(members[candidate].key, key) {
                    earlier = candidate
                    break
                }
                slot = (slot + 1) & mask
            }
            if let earlier {
                members[earlier].value = members[position].value
            } else {
                if kept != position { members[kept] = members[position] }
                kept += 1
                slots[slot] = UInt32(kept)
            }
        }
        members.removeSubrange(kept...)
    }

    private mutating func dropDuplicatesInOrder() {
        var kept = 1
        for position in 1..<members.count {
            let key = members[position].key
            if let earlier = members[..<kept].firstIndex(where: { Self.sameBytes($0.key, key) }) {
                members[earlier].value = members[position].value
            } else {
                if kept != position { members[kept] = members[position] }
                kept += 1
            }
        }
        members.removeSubrange(kept...)
    }

    static func sameBytes(_ left: String, _ right: String) -> Bool {
        let left = left.utf8
        let right = right.utf8
        guard left.count == right.count else { return false }
        let areEqual = left.withContiguousStorageIfAvailable { left in
            right.withContiguousStorageIfAvailable { right in left.elementsEqual(right) }
        }
        // Strings of this process are contiguous; the slow way is for bridged ones.
        return (areEqual ?? nil) ?? left.elementsEqual(right)
    }

    private static func hash(_ key: String) -> Int {
        var hasher = Hasher()
        let hashed: Void? = key.utf8.withContiguousStorageIfAvailable {
            hasher.combine(bytes: UnsafeRawBufferPointer($0))
        }
        if hashed == nil {
            for byte in key.utf8 { hasher.combine(byte) }
        }
        return hasher.finalize()
    }
}

extension JSONObject: Sequence {
    /// Goes through the members in order.
    public func makeIterator() -> IndexingIterator<[Member]> { members.makeIterator() }

    /// The exact number of members.
    public var underestimatedCount: Int { members.count }
}

extension JSONObject: Hashable {
    /// Two objects are equal if they have the same keys with equal values, in whatever order.
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.count == right.count && left.members.allSatisfy { right[$0.key] == $0.value }
    }

    /// Hashes the members without regard to order.
    public func hash(into hasher: inout Hasher) {
        var sum = 0
        for member in members {
            var one = Hasher()
            one.combine(Self.hash(member.key))
            one.combine(member.value)
            sum &+= one.finalize()
        }
        hasher.combine(sum)
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// Makes an object from a literal, in its order.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self.init(parsed: elements.map { (key: $0.0, value: $0.1) })
    }
}
