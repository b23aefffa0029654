/// Chooses texts that are spread over all that come, in bounded memory, without knowing how many will come.
package struct CalibrationSelection {
    private let count: Int
    /// Every so manieth text is kept.
    private var stride = 1
    private var seen = 0
    private var kept: [CalibrationSample.Item] = []

    /// - Parameter count: texts that are wanted; twice as many are kept at most.
    package init(count: Int) {
        self.count = max(1, count)
    }

    /// Takes a text; blank ones do not count.
    package mutating func add(_ item: CalibrationSample.Item) {
        if item.isBlank { return }
        defer { seen += 1 }
        guard seen.isMultiple(of: stride) else { return }
        if kept.count == 2 * count {
            kept = kept.indices.filter { $0.isMultiple(of: 2) }.map { kept[$0] }
            stride *= 2
            // 2 * count * old stride is a multiple of the new one: this text is kept.
        }
        kept.append(item)
    }

    /// The chosen texts, in the order in which they came; all if they are no more than wanted.
    package var items: [CalibrationSample.Item] {
        kept.count <= count ? kept : (0..<count).map { kept[$0 * kept.count / count] }
    }
}
