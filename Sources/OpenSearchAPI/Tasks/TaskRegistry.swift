internal import JSON
internal import Querying
import Synchronization

/// Long work: what runs, what it has done, how it ended.
final class TaskRegistry: Sendable {
    /// A piece of work.
    final class Entry: Sendable {
        let id: Int
        let node: String
        let action: String
        let description: String
        let isCancellable: Bool
        let headers: JSONObject
        let started = Clock.milliseconds
        private let begin = ContinuousClock.now
        private let state = Mutex(State())

        private struct State {
            var isCancelled = false
            var rate: Double = -1
            var status: JSONValue?
            var end: (duration: Duration, result: Result<JSONValue, OpenSearchError>)?
        }

        init(id: Int, node: String, action: String, description: String, isCancellable: Bool, headers: JSONObject) {
            self.id = id
            self.node = node
            self.action = action
            self.description = description
            self.isCancellable = isCancellable
            self.headers = headers
        }

        /// `node:number`, as requests name it.
        var name: String { "\(node):\(id)" }

        /// Whether it was asked to stop.
        var isCancelled: Bool { state.withLock { $0.isCancelled } }

        /// Asks it to stop.
        func cancel() { state.withLock { $0.isCancelled = true } }

        /// Documents a second that it may change; -1 means as many as it can.
        var rate: Double { state.withLock { $0.rate } }

        /// Sets ``rate``.
        func setRate(_ rate: Double) { state.withLock { $0.rate = rate } }

        /// Says how far it is.
        func report(_ status: JSONValue) { state.withLock { $0.status = status } }

        /// How it ended; nil while it runs.
        var result: Result<JSONValue, OpenSearchError>? { state.withLock { $0.end?.result } }

        fileprivate func finish(_ result: Result<JSONValue, OpenSearchError>) {
            let duration = ContinuousClock.now - begin
            state.withLock { $0.end = (duration, result) }
        }

        /// The task as it is told.
        func document(isDetailed: Bool) -> JSONObject {
            let (isCancelled, status, end) = state.withLock { ($0.isCancelled, $0.status, $0.end?.duration) }
            let running = (end ?? (ContinuousClock.now - begin)).nanoseconds
            var object = JSONObject()
            object["node"] = .string(node)
            object["id"] = .number(JSONNumber(id))
            object["type"] = "transport"
            object["action"] = .string(action)
            if isDetailed, let status { object["status"] = status }
            if isDetailed { object["description"] = .string(description) }
            object["start_time_in_millis"] = .number(JSONNumber(Int(started)))
            object["running_time_in_nanos"] = .number(JSONNumber(Int(running)))
            object["cancellable"] = .bool(isCancellable)
            if isCancellable { object["cancelled"] = .bool(isCancelled) }
            object["headers"] = .object(headers)
            return object
        }

        /// How long it has run.
        var runningTime: Duration { state.withLock { $0.end?.duration } ?? (ContinuousClock.now - begin) }
    }

    private struct State {
        var last = 0
        var running: [Int: Entry] = [:]
        /// The last that ended after someone was told their name.
        var finished: [Entry] = []
    }

    /// Ended tasks that are remembered.
    static let rememberedTasks = 1000

    private let node: String
    private let state = Mutex(State())

    init(node: String) { self.node = node }

    /// Registers work.
    func begin(
        _ action: String, description: String = "", isCancellable: Bool = false, headers: JSONObject = [:]
    ) -> Entry {
        state.withLock { state in
            state.last += 1
            let entry = Entry(
                id: state.last, node: node, action: action, description: description, isCancellable: isCancellable,
                headers: headers)
            state.running[entry.id] = entry
            return entry
        }
    }

    /// Ends work.
    ///
    /// - Parameter isRemembered: whether its result may be asked for later.
    func end(_ entry: Entry, _ result: Result<JSONValue, OpenSearchError>, isRemembered: Bool) {
        entry.finish(result)
        state.withLock { state in
            state.running[entry.id] = nil
            guard isRemembered else { return }
            state.finished.append(entry)
            if state.finished.count > Self.rememberedTasks { state.finished.removeFirst() }
        }
    }

    /// What runs, oldest first.
    var running: [Entry] { state.withLock { $0.running.values.sorted { $0.id < $1.id } } }

    /// The task of a name `node:number`; nil if it is unknown or forgotten.
    func find(_ name: String) -> Entry? {
        guard let number = name.split(separator: ":").last.flatMap({ Int($0) }), name == "\(node):\(number)" else {
            return nil
        }
        return state.withLock { state in state.running[number] ?? state.finished.last { $0.id == number } }
    }
}
