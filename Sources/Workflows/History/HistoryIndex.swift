/// The events of a history by the events that led to them, without those that a redrive has set aside.
struct HistoryIndex: Sendable {
    private(set) var events: [HistoryEvent] = []
    private var followers: [Int: [Int]] = [:]
    /// The event that ended the execution, if it has ended.
    private(set) var end: HistoryEvent?
    /// How often the execution was redriven.
    private(set) var redrives = 0
    /// When the execution was started or redriven last.
    private(set) var begin: Timestamp?

    init(_ events: [HistoryEvent]) {
        for event in events { add(event) }
    }

    mutating func add(_ event: HistoryEvent) {
        events.append(event)
        switch event.kind {
        case .executionStarted: begin = event.timestamp
        case .executionRedriven:
            begin = event.timestamp
            redrives += 1
            if let end { setAside(end) }
            end = nil
        case let kind where kind.isEndOfExecution: end = event
        default: followers[event.previousEventId, default: []].append(event.id)
        }
    }

    /// The events that an event led to.
    func followers(of id: Int) -> [HistoryEvent] { (followers[id] ?? []).map { events[$0 - 1] } }

    private func event(_ id: Int) -> HistoryEvent? { events.indices.contains(id - 1) ? events[id - 1] : nil }

    /// Forgets what has to be done again after an end.
    private mutating func setAside(_ end: HistoryEvent) {
        var current = end.kind == .executionFailed ? event(end.previousEventId) : nil
        while let failure = current {
            current = nil
            switch failure.kind {
            case .failStateEntered:
                if let exit = caughtExit(before: failure) {
                    current = event(exit.previousEventId)
                } else {
                    forget(failure)
                }
            case .parallelStateFailed, .mapIterationFailed, .mapStateFailed:
                forget(failure)
                current = event(failure.previousEventId)
            case .taskFailed, .taskTimedOut, .taskSucceeded:
                var entered: HistoryEvent? = failure
                while let earlier = entered, earlier.kind != .taskStateEntered {
                    entered = event(earlier.previousEventId)
                }
                if let entered { for follower in followers(of: entered.id) { forget(follower) } }
            default: break
            }
        }
    }

    /// The end of the state whose error was caught last before a `Fail` state, in the same branch or iteration.
    private func caughtExit(before failure: HistoryEvent) -> HistoryEvent? {
        var current = event(failure.previousEventId)
        while let exit = current {
            switch exit.kind {
            case .mapIterationStarted, .parallelStateStarted, .executionStarted: return nil
            default: break
            }
            let previous = event(exit.previousEventId)
            switch previous?.kind {
            case .taskFailed, .taskTimedOut, .mapStateFailed, .parallelStateFailed:
                if exit.kind.isStateExited { return exit }
            default: break
            }
            current = previous
        }
        return nil
    }

    /// Takes an event and all that followed from it out of the index.
    private mutating func forget(_ event: HistoryEvent) {
        followers[event.previousEventId]?.removeAll { $0 == event.id }
        var waiting = [event.id]
        while let id = waiting.popLast() {
            waiting += followers.removeValue(forKey: id) ?? []
        }
    }
}
