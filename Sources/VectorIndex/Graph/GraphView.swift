import CKernels

/// The links of a graph, wherever they lie: while it is built, or in a file.
///
/// The lowest level has all rows, in one of two forms. Rows of higher levels stand in ``upperRows``, ascending; such a row has
/// ``upperStride`` numbers for each of its levels from 1 on: how many links, and the links. Numbers come from files: whoever
/// follows a link makes sure that it is below ``rowCount``.
struct GraphView: @unchecked Sendable {
    var rowCount: Int
    var m: Int
    /// Where searches begin; `rowCount` of an empty graph.
    var entry: UInt32
    /// The level of ``entry``.
    var topLevel: Int
    /// Links of the lowest level.
    var lowest: UnsafePointer<UInt32>
    /// [rowCount + 1] where each row's links begin in ``lowest``; `nil`: at row * ``lowestStride`` stands their number.
    var lowestStarts: UnsafePointer<UInt32>?
    /// Numbers in ``lowest`` altogether.
    var lowestCount: Int
    var lowestStride: Int { 2 * m + 1 }
    var upperRows: UnsafePointer<UInt32>
    /// [upperRowCount + 1] the levels of all rows before.
    var upperStarts: UnsafePointer<UInt32>
    var upperRowCount: Int
    var upper: UnsafePointer<UInt32>
    /// Numbers in ``upper`` altogether.
    var upperCount: Int
    var upperStride: Int { m + 1 }

    /// The links of a row; none where bytes are damaged.
    @inline(__always)
    func links(of row: UInt32) -> UnsafeBufferPointer<UInt32> {
        if let starts = lowestStarts {
            let start = Int(starts[Int(row)]), end = Int(starts[Int(row) + 1])
            guard start <= end, end <= lowestCount, end - start <= 2 * m else { return .init(start: nil, count: 0) }
            return .init(start: lowest + start, count: end - start)
        }
        let base = lowest + Int(row) * lowestStride
        return .init(start: base + 1, count: Int(base.pointee))
    }

    /// Asks for the links of a row that will soon be wanted.
    @inline(__always)
    func prefetch(_ row: UInt32) {
        if let starts = lowestStarts {
            let start = lowest + min(Int(starts[Int(row)]), lowestCount)
            ck_prefetch(start)
            ck_prefetch(start + 16)
        } else {
            ck_prefetch(lowest + Int(row) * lowestStride)
            ck_prefetch(lowest + Int(row) * lowestStride + 16)
        }
    }

    /// The place of a row in ``upperRows``, or `nil`.
    func upperPlace(of row: UInt32) -> Int? {
        var low = 0, high = upperRowCount
        while low < high {
            let middle = (low + high) / 2
            if upperRows[middle] < row { low = middle + 1 } else { high = middle }
        }
        return low < upperRowCount && upperRows[low] == row ? low : nil
    }

    /// The links of a row on a level from 1 on; none if it is not there.
    func links(of row: UInt32, level: Int) -> UnsafeBufferPointer<UInt32> {
        guard let place = upperPlace(of: row) else { return .init(start: nil, count: 0) }
        let start = Int(upperStarts[place]) + level - 1
        guard start < Int(upperStarts[place + 1]), (start + 1) * upperStride <= upperCount else {
            return .init(start: nil, count: 0)
        }
        let base = upper + start * upperStride
        return .init(start: base + 1, count: min(m, Int(base.pointee)))
    }
}
