import Synchronization

/// Observations counted by size.
public final class Histogram: Sendable {
    /// The upper bounds of the buckets, ascending; the one without bound is implied.
    public let bounds: [Double]
    private let state: Mutex<State>

    private struct State {
        var counts: [Int]
        var sum = 0.0
    }

    init(bounds: [Double]) {
        self.bounds = bounds
        state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    /// Counts one value.
    ///
    /// Complexity: O(log buckets), under a lock of its own.
    public func observe(_ value: Double) {
        var (low, high) = (0, bounds.count)
        while low < high {
            let middle = (low + high) / 2
            if bounds[middle] < value { low = middle + 1 } else { high = middle }
        }
        state.withLock {
            $0.counts[low] += 1
            $0.sum += value
        }
    }

    /// Counts a duration in seconds.
    public func observe(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        observe(Double(seconds) + Double(attoseconds) * 1e-18)
    }

    /// The counts of the buckets (not cumulative, the unbounded one last) and the sum of all values.
    public var snapshot: (counts: [Int], sum: Double) { state.withLock { ($0.counts, $0.sum) } }
}
