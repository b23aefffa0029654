/// Where each sequence lies in packed token rows: no padding, sequence `s` has rows `offsets[s] ..< offsets[s + 1]`.
public struct SequenceLayout: Sendable, Hashable {
    /// B + 1 row numbers, ascending from 0.
    public let offsets: [Int32]

    /// From row numbers that start with 0 and never fall.
    public init(offsets: [Int32]) {
        precondition(offsets.first == 0, "offsets start with 0")
        precondition(zip(offsets, offsets.dropFirst()).allSatisfy { $0 <= $1 }, "offsets ascend")
        self.offsets = offsets
    }

    /// From the number of tokens of each sequence.
    public init(lengths: [Int]) {
        var offsets: [Int32] = [0]
        offsets.reserveCapacity(lengths.count + 1)
        var total: Int32 = 0
        for length in lengths {
            total += Int32(length)
            offsets.append(total)
        }
        self.init(offsets: offsets)
    }

    /// B, the number of sequences.
    public var count: Int { offsets.count - 1 }

    /// T, the number of token rows.
    public var tokenCount: Int { Int(offsets[offsets.count - 1]) }

    /// The rows of a sequence.
    public func rows(of sequence: Int) -> Range<Int> { Int(offsets[sequence])..<Int(offsets[sequence + 1]) }

    /// The number of tokens of a sequence.
    public func length(of sequence: Int) -> Int { Int(offsets[sequence + 1] - offsets[sequence]) }

    /// The rows of consecutive sequences.
    public func rows(of sequences: Range<Int>) -> Range<Int> {
        Int(offsets[sequences.lowerBound])..<Int(offsets[sequences.upperBound])
    }

    /// The layout of some consecutive sequences by themselves, from row 0 on.
    public func slice(_ sequences: Range<Int>) -> SequenceLayout {
        if sequences == 0..<count { return self }
        let first = offsets[sequences.lowerBound]
        return SequenceLayout(offsets: offsets[sequences.lowerBound...sequences.upperBound].map { $0 - first })
    }
}
