import Synchronization

/// Reading connections, opened as they are needed and kept for the next call.
final class ReaderPool: Sendable {
    private struct State {
        var idle: [DocumentReader] = []
        var isClosed = false
    }

    private let path: String
    private let recent: RecentIDs
    private let state = Mutex(State())
    /// More than that are closed when they come back.
    private static let idleLimit = 4

    init(path: String, recent: RecentIDs) {
        self.path = path
        self.recent = recent
    }

    /// Lends a reader to `body`.
    func with<Result>(
        _ body: (DocumentReader) throws(DocumentStoreError) -> Result
    ) throws(DocumentStoreError) -> Result {
        let (kept, isClosed) = state.withLock { ($0.idle.popLast(), $0.isClosed) }
        if isClosed { throw .closed(path) }
        let reader = if let kept { kept } else { try DocumentReader(path: path, recent: recent) }
        defer {
            state.withLock { state in
                if !state.isClosed && state.idle.count < Self.idleLimit { state.idle.append(reader) }
            }
        }
        return try body(reader)
    }

    /// Closes what is idle; what is lent out is closed when it comes back.
    func close() {
        let idle = state.withLock { state in
            state.isClosed = true
            defer { state.idle = [] }
            return state.idle
        }
        _ = consume idle
    }
}

extension DocumentStoreError {
    static func closed(_ path: String) -> DocumentStoreError {
        DocumentStoreError(.closed, path: path, reason: "the store has been closed; open the index again")
    }
}
