/// Looks again and again at something that takes its time, at growing intervals.
struct Waiting: Sendable {
    private let deadline: ContinuousClock.Instant
    private var interval: Duration
    private let longest: Duration

    /// - Parameters:
    ///   - patience: How long it may take.
    ///   - first: The wait before the second look; the longest is 25 times as long.
    init(patience: Duration, first: Duration) {
        deadline = .now + patience
        interval = first
        longest = first * 25
    }

    /// Waits before the next look.
    ///
    /// - Returns: Whether there is time for one.
    mutating func next() async throws -> Bool {
        guard ContinuousClock.now < deadline else { return false }
        try await Task.sleep(for: interval)
        interval = min(longest, interval * 3 / 2)
        return true
    }
}
