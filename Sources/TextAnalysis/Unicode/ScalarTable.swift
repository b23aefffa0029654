/// A map from Unicode scalars to small values, as a two-stage table: blocks of 128 scalars, equal blocks shared.
///
/// A table is made once for the life of the process and its memory is never freed; look-ups are two loads.
struct ScalarTable<Element: BitwiseCopyable & Hashable & Sendable>: @unchecked Sendable {
    // Written in `init` only.
    private let blocks: UnsafeMutablePointer<UInt16>
    private let values: UnsafeMutablePointer<Element>

    /// Makes the table of ascending runs; what is in no run has `other`.
    init(runs: [(first: Int, count: Int, value: Element)], other: Element) {
        let width = 128
        let blockCount = 0x110000 / width
        var stage = [UInt16](repeating: 0, count: blockCount)
        let plain = [Element](repeating: other, count: width)
        var pool = plain
        var known: [[Element]: UInt16] = [plain: 0]
        var run = 0
        for index in 0..<blockCount {
            let range = index * width..<(index + 1) * width
            while run < runs.count, runs[run].first + runs[run].count <= range.lowerBound { run += 1 }
            guard run < runs.count, runs[run].first < range.upperBound else { continue }
            var block = plain
            var next = run
            while next < runs.count, runs[next].first < range.upperBound {
                let low = max(runs[next].first, range.lowerBound)
                let high = min(runs[next].first + runs[next].count, range.upperBound)
                for scalar in low..<high { block[scalar - range.lowerBound] = runs[next].value }
                next += 1
            }
            if let twin = known[block] {
                stage[index] = twin
            } else {
                let number = UInt16(pool.count / width)
                pool.append(contentsOf: block)
                known[block] = number
                stage[index] = number
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
        values[Int(blocks[Int(scalar >> 7)]) << 7 | Int(scalar & 0x7F)]
    }
}

extension ScalarTable where Element: FixedWidthInteger {
    /// Reads runs of gap, length and value.
    init(_ text: StaticString) {
        var reader = HexadecimalReader(text)
        var runs: [(first: Int, count: Int, value: Element)] = []
        var first = 0
        while let gap = reader.next(), let count = reader.next(), let value = reader.next() {
            first += gap
            runs.append((first, count, Element(truncatingIfNeeded: value)))
        }
        self.init(runs: runs, other: 0)
    }
}
