#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
import JSON

// Inside the type below, its own `read` would hide the system's.
private func systemRead(_ file: Int32, _ bytes: inout [UInt8]) -> Int { read(file, &bytes, bytes.count) }

/// The whole lines of a history.
struct HistoryLines {
    /// The most events of a history, as in Step Functions.
    static let mostEvents = 25_000
    /// The longest line in bytes: the largest payload and what stands around it.
    static let longestLine = StateMachine.maximumPayload + 65_536

    private(set) var events: [HistoryEvent] = []
    /// The bytes of the whole lines; what follows was not written to its end.
    private(set) var bytes = 0

    /// Reads a file; none is like an empty one.
    ///
    /// - Throws: ``WorkflowError`` with file and line where a whole line is no event.
    init(reading path: String) throws(WorkflowError) {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            guard errno == ENOENT else { throw ExecutionFolder.fault(path, "reading") }
            return
        }
        defer { close(file) }
        var line: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = systemRead(file, &buffer)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw ExecutionFolder.fault(path, "reading") }
            if count == 0 { return }
            var rest = buffer[..<count]
            while let end = rest.firstIndex(of: 0x0A) {
                line += rest[..<end]
                try add(line, path)
                bytes += line.count + 1
                line.removeAll(keepingCapacity: true)
                rest = rest[(end + 1)...]
            }
            line += rest
            guard line.count <= Self.longestLine else { throw fault(path, "the line is longer than an event can be") }
        }
    }

    private mutating func add(_ line: [UInt8], _ path: String) throws(WorkflowError) {
        guard events.count < Self.mostEvents + 2 else {
            throw fault(path, "there are more than \(Self.mostEvents) events")
        }
        guard line.count <= Self.longestLine else { throw fault(path, "the line is longer than an event can be") }
        let json: JSONValue
        do throws(JSONError) { json = try JSONValue(parsing: line) } catch {
            throw fault(path, "the line is no JSON (\(error.reason)); restore the file from a copy, or begin a new run")
        }
        guard let event = HistoryEvent(json: json) else {
            throw fault(
                path,
                "the line is no event as this version writes them; go on with the version that began the run, restore the file from a copy, or begin a new run"
            )
        }
        guard event.id == events.count + 1, (event.kind == .executionStarted) == events.isEmpty else {
            throw fault(path, "this is not event \(events.count + 1); restore the file from a copy, or begin a new run")
        }
        events.append(event)
    }

    private func fault(_ path: String, _ reason: String) -> WorkflowError {
        WorkflowError(.invalidHistory, "\(path):\(events.count + 1)", reason)
    }
}
