internal import Synchronization

/// Lends scratch buffers to the threads that encode; there are as many as threads that ever encoded at once.
final class ScratchPool: Sendable {
    /// Carries buffers out of the lock: whoever holds one is its only user.
    private struct Loan: @unchecked Sendable { let scratch: PipelineScratch }

    private let free = Mutex<[Loan]>([])

    init() {}

    /// Calls `body` with buffers that nobody else uses meanwhile.
    @inline(__always)
    func withScratch<Result>(
        _ body: (PipelineScratch) throws(TokenizerError) -> Result
    ) throws(TokenizerError) -> Result {
        let loan = free.withLock { $0.popLast() } ?? Loan(scratch: PipelineScratch())
        defer { free.withLock { $0.append(loan) } }
        return try body(loan.scratch)
    }
}
