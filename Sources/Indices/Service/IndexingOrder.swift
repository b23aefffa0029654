import DocumentStore

/// When batches go into the segments: beginning in the order of their tickets, several at once; and a refresh only while none is
/// under way, so that no snapshot sees half of an update.
final class IndexingOrder: @unchecked Sendable {
    private let lock = ConditionLock()
    // Under the lock.
    private var next = 0
    private var running = 0
    private var isExclusive = false
    private var waitingBetween = 0

    /// Runs `body` when the batches with lower tickets have begun.
    ///
    /// - Parameter following: Waits until they have ended: for a batch that deletes what they may have added.
    func run<Result, Failure>(
        _ ticket: Int, following: Bool, _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        lock.lock()
        while isExclusive || waitingBetween > 0 || next != ticket || following && running > 0 { lock.wait() }
        next += 1
        running += 1
        lock.broadcast()
        lock.unlock()
        defer {
            lock.with {
                running -= 1
                lock.broadcast()
            }
        }
        return try body()
    }

    /// Runs `body` while no batch is under way; it goes before the batches that wait.
    func between<Result, Failure>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        lock.lock()
        waitingBetween += 1
        while isExclusive || running > 0 { lock.wait() }
        waitingBetween -= 1
        isExclusive = true
        lock.unlock()
        defer {
            lock.with {
                isExclusive = false
                lock.broadcast()
            }
        }
        return try body()
    }
}
