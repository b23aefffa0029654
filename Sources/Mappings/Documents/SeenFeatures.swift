import SearchIndex

/// The features that a document has had so far: each may come once.
///
/// Emptied and filled again without allocating. Keys are hashed with the process's own seed, so that nobody can choose keys that collide.
struct SeenFeatures {
    private var bytes: [UInt8] = []
    /// Where the bytes of each feature end.
    private var ends: [Int] = []
    /// The slot of each feature.
    private var places: [Int] = []
    /// Open addressing: the number of a feature plus one, or zero.
    private var slots = [UInt32](repeating: 0, count: 64)

    /// How many there are.
    var count: Int { ends.count }

    mutating func removeAll() {
        for place in places { slots[place] = 0 }
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        places.removeAll(keepingCapacity: true)
    }

    /// Adds a feature of a field; if it is there already, the number of the earlier one is returned.
    mutating func insert(_ key: UnsafeBufferPointer<UInt8>, of field: FieldNumber) -> Int? {
        let start = bytes.count
        withUnsafeBytes(of: field.rawValue) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: key)
        if (count + 1) * 2 > slots.count { grow() }
        var place = slot(start..<bytes.count)
        while slots[place] != 0 {
            let other = Int(slots[place]) - 1
            if isEqual(range(other), start..<bytes.count) {
                bytes.removeLast(bytes.count - start)
                return other
            }
            place = (place + 1) & (slots.count - 1)
        }
        ends.append(bytes.count)
        places.append(place)
        slots[place] = UInt32(count)
        return nil
    }

    private func range(_ feature: Int) -> Range<Int> { (feature == 0 ? 0 : ends[feature - 1])..<ends[feature] }

    private func isEqual(_ a: Range<Int>, _ b: Range<Int>) -> Bool {
        guard a.count == b.count else { return false }
        for offset in 0..<a.count where bytes[a.lowerBound + offset] != bytes[b.lowerBound + offset] { return false }
        return true
    }

    private func slot(_ range: Range<Int>) -> Int {
        var hasher = Hasher()
        bytes.withUnsafeBytes { hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: $0[range])) }
        return hasher.finalize() & (slots.count - 1)
    }

    private mutating func grow() {
        slots = [UInt32](repeating: 0, count: slots.count * 2)
        for feature in places.indices {
            var place = slot(range(feature))
            while slots[place] != 0 { place = (place + 1) & (slots.count - 1) }
            places[feature] = place
            slots[place] = UInt32(feature + 1)
        }
    }
}
