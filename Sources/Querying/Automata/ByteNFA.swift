/// A nondeterministic automaton over UTF-8 bytes, made of the parts of patterns.
struct ByteNFA {
    struct Edge {
        var low: UInt8
        var high: UInt8
        var target: Int32
    }

    private(set) var edges: [[Edge]] = []
    private(set) var jumps: [[Int32]] = []
    /// The least value with which a state accepts; -1: it does not.
    private(set) var accepts: [Int32] = []

    var count: Int { edges.count }

    mutating func state() -> Int32 {
        edges.append([])
        jumps.append([])
        accepts.append(-1)
        return Int32(edges.count - 1)
    }

    mutating func accept(_ state: Int32, value: Int32 = 0) { accepts[Int(state)] = value }

    mutating func jump(_ from: Int32, _ to: Int32) { jumps[Int(from)].append(to) }

    mutating func edge(_ from: Int32, _ low: UInt8, _ high: UInt8, _ to: Int32) {
        edges[Int(from)].append(Edge(low: low, high: high, target: to))
    }

    /// One code point, in the case given or in both (ASCII).
    mutating func scalar(_ scalar: Unicode.Scalar, from: Int32, to: Int32, bothCases: Bool = false) {
        if bothCases, let other = Self.otherCase(scalar) { self.scalar(other, from: from, to: to) }
        var at = from
        let bytes = Array(String(Character(scalar)).utf8)
        for (i, byte) in bytes.enumerated() {
            let next = i == bytes.count - 1 ? to : state()
            edge(at, byte, byte, next)
            at = next
        }
    }

    private static func otherCase(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        switch scalar.value {
        case 65...90: Unicode.Scalar(scalar.value + 32)
        case 97...122: Unicode.Scalar(scalar.value - 32)
        default: nil
        }
    }

    /// Any one code point.
    mutating func anyScalar(from: Int32, to: Int32) {
        edge(from, 0, 0x7F, to)
        let last = state()
        edge(last, 0x80, 0xBF, to)
        edge(from, 0xC2, 0xDF, last)
        let second = state()
        edge(second, 0x80, 0xBF, last)
        edge(from, 0xE0, 0xEF, second)
        let third = state()
        edge(third, 0x80, 0xBF, second)
        edge(from, 0xF0, 0xF4, third)
    }

    /// One code point of a range.
    mutating func scalars(_ range: ClosedRange<UInt32>, from: Int32, to: Int32) {
        // Split where the number of bytes changes.
        for part: ClosedRange<UInt32> in [0...0x7F, 0x80...0x7FF, 0x800...0xFFFF, 0x10000...0x10FFFF]
        where part.overlaps(range) {
            let same = range.clamped(to: part)
            bytes(Self.encode(same.lowerBound)[...], Self.encode(same.upperBound)[...], from: from, to: to)
        }
    }

    private static func encode(_ value: UInt32) -> [UInt8] {
        func tail(_ shift: UInt32) -> UInt8 { UInt8(0x80 | value >> shift & 0x3F) }
        switch value {
        case 0...0x7F: return [UInt8(value)]
        case 0x80...0x7FF: return [UInt8(0xC0 | value >> 6), tail(0)]
        case 0x800...0xFFFF: return [UInt8(0xE0 | value >> 12), tail(6), tail(0)]
        default: return [UInt8(0xF0 | value >> 18), tail(12), tail(6), tail(0)]
        }
    }

    /// All byte strings between two of the same length whose later bytes are continuation bytes.
    private mutating func bytes(_ low: ArraySlice<UInt8>, _ high: ArraySlice<UInt8>, from: Int32, to: Int32) {
        guard let a = low.first, let b = high.first else { return }
        if low.count == 1 {
            edge(from, a, b, to)
            return
        }
        let lowRest = low.dropFirst(), highRest = high.dropFirst()
        if a == b {
            let next = state()
            edge(from, a, b, next)
            bytes(lowRest, highRest, from: next, to: to)
            return
        }
        let least = ArraySlice([UInt8](repeating: 0x80, count: lowRest.count))
        let most = ArraySlice([UInt8](repeating: 0xBF, count: lowRest.count))
        var first = a, last = b
        if !lowRest.elementsEqual(least) {
            let next = state()
            edge(from, a, a, next)
            bytes(lowRest, most, from: next, to: to)
            first += 1
        }
        if !highRest.elementsEqual(most) {
            let next = state()
            edge(from, b, b, next)
            bytes(least, highRest, from: next, to: to)
            last -= 1
        }
        if first <= last {
            let next = state()
            edge(from, first, last, next)
            bytes(least, most, from: next, to: to)
        }
    }
}
