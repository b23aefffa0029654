#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
import JSON
import Synchronization

// Inside the type below, its own `write` would hide the system's.
private func systemWrite(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    write(file, bytes.baseAddress, bytes.count)
}

/// The history of an execution that this process runs: read once, then appended to, each event flushed to the disk.
final class HistoryFile: Sendable {
    private struct Contents {
        var index: HistoryIndex
        var end: off_t
        var lock: Int32?
    }

    private let contents: Mutex<Contents>
    private let file: Int32
    private let path: String
    private let clock: any WorkflowClock
    private let onEvent: @Sendable (HistoryEvent) -> Void

    /// Takes the lock and reads what is there; a last line that was not written to its end is cut off.
    ///
    /// - Parameter usualStates: See ``StateGraph/usualStates``.
    init(
        _ folder: ExecutionFolder, usualStates: Set<String>, clock: any WorkflowClock,
        onEvent: @escaping @Sendable (HistoryEvent) -> Void
    ) throws(WorkflowError) {
        path = folder.history
        self.clock = clock
        self.onEvent = onEvent
        try folder.make()
        let lock = try folder.takeLock()
        do throws(WorkflowError) {
            let lines = try HistoryLines(reading: path)
            file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
            guard file >= 0 else { throw ExecutionFolder.fault(path, "opening") }
            let end = off_t(lines.bytes)
            guard ftruncate(file, end) == 0, lseek(file, end, SEEK_SET) == end else {
                throw ExecutionFolder.fault(path, "cutting off an unfinished line")
            }
            // The entry of a new file has to be as durable as its lines.
            let entry = open(folder.path, O_RDONLY | O_CLOEXEC)
            if entry >= 0 {
                fsync(entry)
                close(entry)
            }
            let index = HistoryIndex(lines.events, usualStates: usualStates)
            contents = Mutex(Contents(index: index, end: end, lock: lock))
        } catch {
            close(lock)
            throw error
        }
    }

    deinit {
        release()
        close(file)
    }

    /// Gives the lock back; nothing can be appended any more.
    func release() {
        contents.withLock { contents in
            guard let lock = contents.lock else { return }
            flock(lock, LOCK_UN)
            close(lock)
            contents.lock = nil
        }
    }

    /// What is known so far.
    var index: HistoryIndex { contents.withLock { $0.index } }

    /// The events that an event led to.
    func followers(of id: Int) -> [HistoryEvent] { contents.withLock { $0.index.followers(of: id) } }

    /// Appends an event and waits until it is on the disk.
    @discardableResult
    func append(_ kind: HistoryEvent.Kind, after previous: Int, _ details: JSONObject) throws(WorkflowError)
        -> HistoryEvent
    {
        try contents.withLock { (contents) throws(WorkflowError) in
            guard contents.lock != nil else { throw WorkflowError(.locked, path, "the execution has ended") }
            let id = contents.index.events.count + 1
            guard id <= HistoryLines.mostEvents || kind.isEndOfExecution || kind == .executionRedriven else {
                throw WorkflowError(
                    .historyTooLong, path,
                    "the history has \(HistoryLines.mostEvents) events, which are the most; make fewer steps or longer waits"
                )
            }
            let event = HistoryEvent(
                id: id, previousEventId: previous, timestamp: clock.now, kind: kind, details: details)
            let line = event.json.serializedBytes() + [0x0A]
            guard write(line), fsync(file) == 0 else {
                let error = ExecutionFolder.fault(path, "writing")
                _ = ftruncate(file, contents.end)
                _ = lseek(file, contents.end, SEEK_SET)
                throw error
            }
            contents.end += off_t(line.count)
            contents.index.add(event)
            onEvent(event)
            return event
        }
    }

    private func write(_ line: [UInt8]) -> Bool {
        line.withUnsafeBytes { bytes in
            var rest = bytes
            while !rest.isEmpty {
                let count = systemWrite(file, rest)
                if count < 0, errno == EINTR { continue }
                if count <= 0 { return false }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
            return true
        }
    }
}
