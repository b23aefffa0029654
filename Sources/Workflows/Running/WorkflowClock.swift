#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What time it is, and how to wait; tests bring their own.
public protocol WorkflowClock: Sendable {
    /// The present.
    var now: Timestamp { get }
    /// Waits until a moment has come; returns at once if it has.
    ///
    /// - Throws: `CancellationError` when the task is cancelled meanwhile.
    func sleep(until moment: Timestamp) async throws
}

/// The clock of the machine.
///
/// It is the wall clock, because a wait that began before a restart ends at the same moment after it.
public struct SystemClock: WorkflowClock {
    /// Makes the clock.
    public init() {}

    /// The present.
    public var now: Timestamp {
        var clock = timespec()
        clock_gettime(CLOCK_REALTIME, &clock)
        return Timestamp(milliseconds: Int64(clock.tv_sec) * 1000 + Int64(clock.tv_nsec) / 1_000_000)
    }

    /// Sleeps in pieces, so that a clock that is set meanwhile is followed.
    public func sleep(until moment: Timestamp) async throws {
        while true {
            try Task.checkCancellation()
            let rest = moment.milliseconds - now.milliseconds
            guard rest > 0 else { return }
            try await Task.sleep(for: .milliseconds(min(rest, 10_000)))
        }
    }
}
