/// A map from Unicode scalars to small values, as a two-stage table: blocks of 256 scalars, equal blocks shared.
///
/// A table is made once for the life of the process and its memory is never freed; lookups are two loads.
struct ScalarTable<Element: BitwiseCopyable & Equatable & Sendable>: @unchecked Sendable {
    // Written in `init` only.
    private let blocks: UnsafeMutablePointer<UInt16>
    private let values: UnsafeMutablePointer<Element>

    /// Makes the table of `runs`: ascending first scalars, lengths and values; what is in no run has `other`.
    init(runs: [(first: Int, count: Int, value: Element)], other: Element) {
        let blockCount = 0x110000 / 256
        var stage: [UInt16] = []
        var pool = [Element](repeating: other, count: 256)
        stage.reserveCapacity(blockCount)
        var known: [Int: [UInt16]] = [:]
        var block = [Element](repeating: other, count: 256)
        var run = 0
        for index in 0..<blockCount {
            let range = index * 256..<(index + 1) * 256
            while run < runs.count, runs[run].first + runs[run].count <= range.lowerBound { run += 1 }
            guard run < runs.count, runs[run].first < range.upperBound else {
                stage.append(0)
                continue
            }
            for slot in 0..<256 { block[slot] = other }
            var next = run
            var signature = 0
            while next < runs.count, runs[next].first < range.upperBound {
                let low = max(runs[next].first, range.lowerBound)
                let high = min(runs[next].first + runs[next].count, range.upperBound)
                for scalar in low..<high { block[scalar - range.lowerBound] = runs[next].value }
                signature = signature &* 31 &+ (low - range.lowerBound) &* 257 &+ (high - low)
                next += 1
            }
            let twin = known[signature]?.first { candidate in
                let start = Int(candidate) * 256
                return (0..<256).allSatisfy { pool[start + $0] == block[$0] }
            }
            if let twin {
                stage.append(twin)
            } else {
                let number = UInt16(pool.count / 256)
                pool.append(contentsOf: block)
                known[signature, default: []].append(number)
                stage.append(number)
            }
        }
        blocks = .allocate(capacity: stage.count)
        blocks.initialize(from: stage, count: stage.count)
        values = .allocate(capacity: pool.count)
        values.initialize(from: pool, count: pool.count)
    }

    /// The value of a scalar below 0x110000.
    @inline(__always)
    subscript(scalar: UInt32) -> Element {
        values[Int(blocks[Int(scalar >> 8)]) << 8 | Int(scalar & 0xFF)]
    }
}
