/// The events of a history by the events that led to them, without those that a redrive has set aside.
struct HistoryIndex: Sendable {
    private(set) var events: [HistoryEvent] = []
    private var followers: [Int: [Int]] = [:]
    /// The states that are reached without an error that is caught; the others lie on the way from a `Catch`.
    private let usualStates: Set<String>
    /// The event that ended the execution, if it has ended.
    private(set) var end: HistoryEvent?
    /// How often the execution was redriven.
    private(set) var redrives = 0
    /// When the execution was started or redriven last.
    private(set) var begin: Timestamp?

    init(_ events: [HistoryEvent], usualStates: Set<String> = []) {
        self.usualStates = usualStates
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

    /// The failure of an attempt of a `Map` or `Parallel` state, by the event with which the attempt began.
    func failure(_ kind: HistoryEvent.Kind, of started: HistoryEvent) -> HistoryEvent? {
        events.first { $0.kind == kind && isCurrent($0) && start(of: $0)?.id == started.id }
    }

    /// The event with which the attempt began that an event of a `Map` or `Parallel` state ends.
    private func start(of end: HistoryEvent) -> HistoryEvent? {
        let isMap = end.kind == .mapStateFailed || end.kind == .mapStateSucceeded
        var depth = 0
        var current: HistoryEvent? = end
        while let next = current {
            switch next.kind {
            case .mapStateFailed where isMap, .mapStateSucceeded where isMap: depth += 1
            case .parallelStateFailed where !isMap, .parallelStateSucceeded where !isMap: depth += 1
            case .mapStateStarted where isMap, .parallelStateStarted where !isMap:
                depth -= 1
                if depth == 0 { return next }
            default: break
            }
            current = event(next.previousEventId)
        }
        return nil
    }

    /// Whether an event was not set aside.
    private func isCurrent(_ event: HistoryEvent) -> Bool {
        followers[event.previousEventId]?.contains(event.id) == true
    }

    /// The failures behind an event that nothing follows: those of all branches and iterations that failed.
    private func openFailures(behind start: HistoryEvent) -> [HistoryEvent] {
        events.filter { failure in
            switch failure.kind {
            case .taskFailed, .taskTimedOut, .failStateEntered, .mapIterationFailed, .mapStateFailed,
                .parallelStateFailed:
                guard isCurrent(failure), followers(of: failure.id).isEmpty else { return false }
            default: return false
            }
            var current = event(failure.previousEventId)
            while let earlier = current, earlier.id > start.id { current = event(earlier.previousEventId) }
            return current?.id == start.id
        }
    }

    /// Forgets what has to be done again after an end.
    private mutating func setAside(_ end: HistoryEvent) {
        var failures = end.kind == .executionFailed ? [event(end.previousEventId)].compactMap { $0 } : []
        while let failure = failures.popLast() {
            switch failure.kind {
            case .failStateEntered:
                if let origin = origin(of: failure) { failures.append(origin) } else { forget(failure) }
            case .mapIterationFailed:
                forget(failure)
                failures += [event(failure.previousEventId)].compactMap { $0 }
            case .parallelStateFailed, .mapStateFailed:
                forget(failure)
                // The one that ended the state, which nothing follows now, and its siblings that failed as well.
                if let start = start(of: failure) { failures += openFailures(behind: start) }
            case .taskFailed, .taskTimedOut, .taskSucceeded:
                var entered: HistoryEvent? = failure
                while let earlier = entered, earlier.kind != .taskStateEntered {
                    entered = event(earlier.previousEventId)
                }
                if let entered { for follower in followers(of: entered.id) { forget(follower) } }
            case .mapStateSucceeded, .parallelStateSucceeded:
                // Back over attempts that failed, to the first one.
                var begun = start(of: failure)
                while let attempt = begun, let before = event(attempt.previousEventId) {
                    if before.kind.isStateEntered { forget(attempt) }
                    begun = before.kind.isStateEntered ? nil : start(of: before)
                }
            default: break
            }
        }
    }

    /// What led to a `Fail` state in the same branch or iteration: the failure whose `Catch` led there, else the last work that was done, whose result did.
    ///
    /// A failure that was caught did not if the way went back to the usual states since, and work was done.
    private func origin(of failure: HistoryEvent) -> HistoryEvent? {
        var isAside = true
        var work: HistoryEvent?
        for exit in exits(before: failure) {
            guard let cause = event(exit.previousEventId) else { break }
            switch cause.kind {
            case .taskFailed, .taskTimedOut, .mapStateFailed, .parallelStateFailed: return cause
            case .taskSucceeded, .mapStateSucceeded, .parallelStateSucceeded: work = work ?? cause
            default: break
            }
            if let name = exit.name, usualStates.contains(name) { isAside = false }
            if !isAside, let work { return work }
        }
        return work
    }

    /// The ends of states before an event in the same branch or iteration, the latest first.
    private func exits(before last: HistoryEvent) -> [HistoryEvent] {
        var exits: [HistoryEvent] = []
        var current = event(last.previousEventId)
        while let next = current {
            var previous = next.previousEventId
            switch next.kind {
            case .mapIterationStarted, .parallelStateStarted, .executionStarted: return exits
            // What happened inside is not on the way.
            case .mapStateSucceeded, .mapStateFailed, .parallelStateSucceeded, .parallelStateFailed:
                previous = start(of: next)?.previousEventId ?? 0
            case let kind where kind.isStateExited: exits.append(next)
            default: break
            }
            current = event(previous)
        }
        return exits
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
