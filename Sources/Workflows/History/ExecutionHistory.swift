public import JSON

/// The history of an execution as it stands, for those who only look: it takes no lock, and another process may be writing.
public struct ExecutionHistory: Sendable {
    /// What has become of an execution.
    public enum Status: String, Sendable, Hashable, CaseIterable {
        /// A process runs it.
        case running
        /// It has not ended and nobody runs it: it can be resumed.
        case stopped
        /// It has succeeded.
        case succeeded
        /// It has failed; it can be redriven.
        case failed
        /// Its time limit was exceeded; it can be redriven.
        case timedOut = "timed_out"
        /// It was given up; it can be redriven.
        case aborted
    }

    /// The events, without a last one that is not written to its end yet; never empty.
    public let events: [HistoryEvent]
    /// What has become of it.
    public let status: Status
    /// The process that runs it; 0 where it is not known, `nil` where there is none.
    public let holder: Int32?
    /// How it has ended, if it has.
    public let outcome: ExecutionOutcome?

    /// Reads what is in a folder.
    ///
    /// - Throws: ``WorkflowError`` if there is no history, or if it cannot be understood.
    public init(folder: String) throws(WorkflowError) {
        let folder = ExecutionFolder(path: folder)
        // Asked before the events are read: an execution that ends meanwhile has ended then.
        holder = folder.holder
        events = try HistoryLines(reading: folder.history).events
        guard !events.isEmpty else {
            throw WorkflowError(.file, folder.history, "there is no history of an execution here")
        }
        let end = HistoryIndex(events).end
        outcome = end.map { Execution.outcome(of: $0) }
        status =
            switch outcome {
            case .succeeded: .succeeded
            case .failed: .failed
            case .timedOut: .timedOut
            case .aborted: .aborted
            case nil: holder == nil ? .stopped : .running
            }
    }

    /// The input of the execution.
    public var input: JSONValue { events[0].details["input"] ?? .null }

    /// When it began.
    public var started: Timestamp { events[0].timestamp }

    /// The stays in states, in the order in which they began.
    public var visits: [StateRecord] {
        var records: [StateRecord] = []
        // The place of the record to which an event belongs, by the event's number; -1 outside of states.
        var owners = [-1]
        for event in events {
            var owner = owners[event.previousEventId]
            switch event.kind {
            case let kind where kind.isStateEntered:
                let parent =
                    owner >= 0 && records[owner].ended != nil ? records[owner].parent : owner >= 0 ? owner : nil
                owner = records.count
                records.append(StateRecord(entered: event, parent: parent))
            case let kind where kind.isStateExited:
                if owner >= 0 { records[owner].ended = event.timestamp }
            case .taskScheduled, .mapStateStarted, .parallelStateStarted:
                if owner >= 0 { records[owner].attempts += 1 }
            case .taskFailed, .taskTimedOut:
                if owner >= 0 { records[owner].fault = TaskFault(error: event.error ?? "", cause: event.cause ?? "") }
            case .taskSucceeded:
                if owner >= 0 { records[owner].fault = nil }
            case .mapIterationSucceeded, .mapIterationFailed:
                while owner >= 0, records[owner].name != event.name { owner = records[owner].parent ?? -1 }
                if owner >= 0, event.kind == .mapIterationSucceeded { records[owner].iterations += 1 }
            case .parallelStateSucceeded, .parallelStateFailed:
                owner = owner >= 0 ? records[owner].parent ?? -1 : -1
            case let kind where kind.isEndOfExecution || kind == .executionRedriven || kind == .executionStarted:
                owner = -1
            default: break
            }
            owners.append(owner)
        }
        return records
    }
}

/// One stay in a state, as the history tells it.
public struct StateRecord: Sendable, Hashable {
    /// The name of the state.
    public let name: String
    /// Its type.
    public let type: StateType
    /// When it began.
    public let began: Timestamp
    /// When it ended, if it has.
    public internal(set) var ended: Timestamp?
    /// How many attempts were begun, of a `Task`, `Map` or `Parallel` state.
    public internal(set) var attempts = 0
    /// How many iterations of a `Map` state have succeeded, over all attempts.
    public internal(set) var iterations = 0
    /// The failure of the last attempt of its task, if that failed.
    public internal(set) var fault: TaskFault?
    /// The place in ``ExecutionHistory/visits`` of the `Parallel` or `Map` state around it.
    public let parent: Int?

    init(entered: HistoryEvent, parent: Int?) {
        name = entered.name ?? ""
        type = StateType(rawValue: String(entered.kind.rawValue.dropLast("StateEntered".count))) ?? .pass
        began = entered.timestamp
        self.parent = parent
    }
}
