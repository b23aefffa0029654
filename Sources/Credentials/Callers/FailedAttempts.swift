/// Wrong passwords of late, so that guessing gets slower and slower.
///
/// Counted for a user's name from one address: who guesses elsewhere does not lock out those who know the password here.
struct FailedAttempts {
    private struct Entry {
        var count = 0
        var last: ContinuousClock.Instant
        var isLockedUntil: ContinuousClock.Instant
    }

    /// Attempts that are free.
    static let free = 5
    /// The longest wait.
    static let longestWait: Duration = .seconds(60)
    /// What is forgotten without another attempt.
    private static let memory: Duration = .seconds(600)
    private static let capacity = 10_000

    private var entries: [String: Entry] = [:]

    /// Seconds that are still to be waited; nil: none.
    func wait(for user: String, from client: String, at now: ContinuousClock.Instant) -> Int? {
        guard let entry = entries[Self.key(user, client)], entry.isLockedUntil > now else { return nil }
        return max(1, Int((entry.isLockedUntil - now).components.seconds + 1))
    }

    /// Notes a wrong password.
    mutating func fail(_ user: String, from client: String, at now: ContinuousClock.Instant) {
        if entries.count >= Self.capacity {
            entries = entries.filter { now - $0.value.last < Self.memory }
            // Somebody makes up names: who was locked longest ago goes.
            if entries.count >= Self.capacity, let oldest = entries.min(by: { $0.value.last < $1.value.last }) {
                entries[oldest.key] = nil
            }
        }
        var entry = entries[Self.key(user, client)] ?? Entry(last: now, isLockedUntil: now)
        if now - entry.last > Self.memory { entry.count = 0 }
        entry.count += 1
        entry.last = now
        let over = entry.count - Self.free
        if over >= 0 { entry.isLockedUntil = now + min(Self.longestWait, .seconds(1 << min(over, 10))) }
        entries[Self.key(user, client)] = entry
    }

    /// Notes a right one.
    mutating func succeed(_ user: String, from client: String) { entries[Self.key(user, client)] = nil }

    private static func key(_ user: String, _ client: String) -> String { "\(client) \(user.prefix(200))" }
}
