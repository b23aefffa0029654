import DocumentStore

/// Lets batches into the segments one after the other in the order of their tickets, and a refresh only between two of them: so
/// no snapshot sees half of an update.
final class IndexingOrder: @unchecked Sendable {
    private let lock = ConditionLock()
    // Under the lock.
    private var next = 0
    private var isBusy = false
    private var waitingBetween = 0

    /// Runs `body` when it is the ticket's turn.
    func run<Result, Failure>(
        _ ticket: Int, _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        lock.lock()
        while isBusy || waitingBetween > 0 || next != ticket { lock.wait() }
        isBusy = true
        lock.unlock()
        defer {
            lock.with {
                isBusy = false
                next += 1
                lock.broadcast()
            }
        }
        return try body()
    }

    /// Runs `body` between two batches; it goes before the batches that wait.
    func between<Result, Failure>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        lock.lock()
        waitingBetween += 1
        while isBusy { lock.wait() }
        waitingBetween -= 1
        isBusy = true
        lock.unlock()
        defer {
            lock.with {
                isBusy = false
                lock.broadcast()
            }
        }
        return try body()
    }
}
