/// How the vectors of segments were searched, for `profile`, and when such searches must end.
///
/// Belongs to one thread.
final class VectorSearches {
    /// One segment's search.
    struct Entry {
        var query: String
        var segment: String
        /// The way, and why it was taken.
        var plan: String
        /// Distances that were computed.
        var comparisons: Int
        var nanoseconds: UInt64
    }

    private(set) var entries: [Entry] = []
    /// Asked before each segment.
    var deadline: Deadline?
    /// A clock in nanoseconds.
    let clock: @Sendable () -> UInt64

    init(clock: @escaping @Sendable () -> UInt64 = { 0 }) { self.clock = clock }

    func add(_ entry: Entry) { entries.append(entry) }
}
