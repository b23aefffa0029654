/// The distribution of some scores.
public struct ScoreSummary: Sendable, Hashable {
    /// How many there are.
    public let count: Int
    /// Their mean; 0 of none.
    public let mean: Double
    /// The standard deviation of a sample; 0 of fewer than two.
    public let deviation: Double
    /// Minimum, lower quartile, median, upper quartile and maximum, between two values linearly; 0 of none.
    public let quartiles: [Double]

    /// - Complexity: O(n log n).
    package init(_ scores: [Float]) {
        let sorted = scores.map { Double($0) }.sorted()
        let mean = sorted.isEmpty ? 0 : sorted.reduce(0, +) / Double(sorted.count)
        count = sorted.count
        self.mean = mean
        deviation =
            sorted.count < 2
            ? 0 : (sorted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(sorted.count - 1)).squareRoot()
        quartiles = (0...4).map { quarter in
            guard !sorted.isEmpty else { return 0 }
            let place = Double(sorted.count - 1) * Double(quarter) / 4
            let (low, high) = (sorted[Int(place)], sorted[min(sorted.count - 1, Int(place) + 1)])
            return low + (high - low) * (place - place.rounded(.down))
        }
    }
}
