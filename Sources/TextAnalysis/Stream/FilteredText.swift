/// The text that a character filter made, with the way of offsets back to its input.
struct FilteredText {
    /// UTF-8.
    var bytes: [UInt8] = []
    /// UTF-16 length of `bytes`, as long as the filter keeps it.
    private var offsets: [Int32] = []
    private var differences: [Int32] = []

    /// From this UTF-16 offset of the output on, input offsets are `difference` larger.
    mutating func addCorrection(at offset: Int, difference: Int) {
        if let last = offsets.last, last == Int32(truncatingIfNeeded: offset) {
            differences[differences.count - 1] = Int32(truncatingIfNeeded: difference)
        } else {
            offsets.append(Int32(truncatingIfNeeded: offset))
            differences.append(Int32(truncatingIfNeeded: difference))
        }
    }

    /// The difference in force at the end of what has been written.
    var lastDifference: Int { Int(differences.last ?? 0) }

    /// The offset in the input of an offset in the output: O(log n) in the number of corrections.
    func correct(_ offset: Int32) -> Int32 {
        var low = 0
        var high = offsets.count
        while low < high {
            let middle = (low + high) / 2
            if offsets[middle] <= offset { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? offset : offset + differences[low - 1]
    }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        offsets.removeAll(keepingCapacity: true)
        differences.removeAll(keepingCapacity: true)
    }
}
