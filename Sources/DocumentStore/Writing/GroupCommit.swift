/// Joins writers: while one transaction is being committed, the writers that come wait; the first of them then takes all that wait
/// into the next transaction, so that they share one synchronisation of the file.
///
/// Nobody waits for a writer that has not come: a lone one starts at once.
final class GroupCommit: @unchecked Sendable {
    /// A writer that waits.
    private final class Request {
        let operations: [DocumentOperation]
        var outcome: Result<WriteReceipt, DocumentStoreError>?

        init(_ operations: [DocumentOperation]) { self.operations = operations }
    }

    private let lock = ConditionLock()
    // Under the lock.
    private var waiting: [Request] = []
    private var isCommitting = false
    private var nextTicket = 0

    /// More operations than that are left for the transaction after.
    private static let operationLimit = 20_000

    /// Has `commit` apply the operations, perhaps together with those of others, and returns when that is done.
    ///
    /// - Parameter commit: Applies batches in one transaction; called by one thread at a time.
    func write(
        _ operations: [DocumentOperation],
        commit: ([[DocumentOperation]]) throws(DocumentStoreError) -> [[DocumentStore.WriteResult]]
    ) throws(DocumentStoreError) -> WriteReceipt {
        let request = Request(operations)
        lock.lock()
        waiting.append(request)
        while true {
            if let outcome = request.outcome {
                lock.unlock()
                return try outcome.get()
            }
            if isCommitting {
                lock.wait()
                continue
            }
            // Whoever finds nobody committing does it for all that wait, its own request among them or answered right after.
            isCommitting = true
            let group = takeGroup()
            lock.unlock()
            let outcome: Result<[[DocumentStore.WriteResult]], DocumentStoreError>
            do throws(DocumentStoreError) {
                outcome = .success(try commit(group.map(\.operations)))
            } catch {
                outcome = .failure(error)
            }
            lock.lock()
            isCommitting = false
            switch outcome {
            case .success(let results):
                for (request, results) in zip(group, results) {
                    request.outcome = .success(WriteReceipt(ticket: nextTicket, results: results))
                    nextTicket += 1
                }
            case .failure(let error):
                for request in group { request.outcome = .failure(error) }
            }
            lock.broadcast()
        }
    }

    private func takeGroup() -> [Request] {
        var operations = 0
        var count = 0
        while count < waiting.count, count == 0 || operations + waiting[count].operations.count <= Self.operationLimit {
            operations += waiting[count].operations.count
            count += 1
        }
        defer { waiting.removeFirst(count) }
        return Array(waiting[..<count])
    }
}

/// What a write gives back.
public struct WriteReceipt: Sendable {
    /// The place of this write among the successful writes since the store was opened, counted from 0.
    ///
    /// Tickets are in the order of the operations. Whoever follows the writes (an index) takes them in this order.
    public let ticket: Int
    /// For each operation what became of it.
    public let results: [DocumentStore.WriteResult]
}
