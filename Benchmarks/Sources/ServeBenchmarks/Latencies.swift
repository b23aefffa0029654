/// Times of single requests, in milliseconds.
struct Latencies: Sendable {
    private(set) var milliseconds: [Double] = []

    mutating func add(_ duration: Duration) { milliseconds.append(duration / .milliseconds(1)) }

    mutating func add(_ other: Latencies) { milliseconds += other.milliseconds }

    var count: Int { milliseconds.count }

    /// The smallest time that a share of all requests did not exceed (nearest rank).
    func percentile(_ share: Double) -> Double {
        let sorted = milliseconds.sorted()
        guard !sorted.isEmpty else { return .nan }
        return sorted[min(sorted.count - 1, Int((Double(sorted.count) * share).rounded(.up)) - 1)]
    }
}
