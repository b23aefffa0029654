import JSON

/// Walks through the states of one execution.
///
/// Every step asks the history first: what stands there is not done again. So the way of a resumed execution is the way of one that was
/// never stopped.
struct Interpreter: Sendable {
    let machine: StateMachine
    let handlers: [String: any TaskHandler]
    let history: HistoryFile
    let clock: any WorkflowClock
    let folder: ExecutionFolder
    let isStopping: @Sendable () -> Bool
    let report: @Sendable (_ state: String, _ attempt: Int, TaskProgress) -> Void

    /// Runs states from their start to a terminal one.
    ///
    /// - Parameters:
    ///   - previous: The event that they follow.
    ///   - scope: The members of the context object that hold for all of them.
    /// - Returns: The output and the last event.
    /// - Throws: ``StateFailure``; `CancellationError` when the execution stops; ``WorkflowError``.
    func run(
        _ graph: StateGraph, input: JSONValue, after previous: HistoryEvent, scope: JSONObject
    ) async throws -> (output: JSONValue, last: HistoryEvent) {
        var name = graph.startAt
        var input = input
        var last = previous
        while true {
            try checkStop()
            guard let state = graph[name] else {
                throw WorkflowError(.invalidDefinition, "States", "there is no state '\(name)'")
            }
            let entered = try step(Self.entered(state.type), after: last, ["name": .string(name), "input": input])
            // An input with random parts is what the history says.
            input = entered.details["input"] ?? input
            let visit = StateVisit(state: state, entered: entered, input: input, scope: scope)
            let (output, transition, exited) = try await run(visit)
            last = exited
            switch transition {
            case .end: return (output, last)
            case .next(let next):
                name = next
                input = output
            }
        }
    }

    /// The event of a step: that of the history, or a new one.
    func step(
        _ kind: HistoryEvent.Kind, after previous: HistoryEvent, _ details: JSONObject = JSONObject()
    ) throws(WorkflowError) -> HistoryEvent {
        let followers = history.followers(of: previous.id)
        let (name, index) = (details["name"], details["index"])
        if let known = followers.first(where: {
            $0.kind == kind && $0.details["name"] == name && $0.details["index"] == index
        }) {
            return known
        }
        // Only branches and iterations begin several times behind one event.
        guard followers.isEmpty || previous.kind == .parallelStateStarted || previous.kind == .mapStateStarted else {
            throw WorkflowError(
                .invalidHistory, "\(folder.history):\(followers[0].id)",
                "\(followers[0].kind.rawValue) stands where \(kind.rawValue) is due; restore the file from a copy, or begin a new run"
            )
        }
        return try history.append(kind, after: previous.id, details)
    }

    /// Whether the history goes on behind an event.
    func isRecorded(after event: HistoryEvent) -> Bool { !history.followers(of: event.id).isEmpty }

    func checkStop() throws {
        try Task.checkCancellation()
        if isStopping() { throw CancellationError() }
    }

    private static func entered(_ type: StateType) -> HistoryEvent.Kind {
        switch type {
        case .task: .taskStateEntered
        case .pass: .passStateEntered
        case .choice: .choiceStateEntered
        case .wait: .waitStateEntered
        case .succeed: .succeedStateEntered
        case .fail: .failStateEntered
        case .parallel: .parallelStateEntered
        case .map: .mapStateEntered
        }
    }
}

/// One stay in a state.
struct StateVisit: Sendable {
    let state: State
    let entered: HistoryEvent
    /// The input of the state, before `InputPath`.
    let input: JSONValue
    let scope: JSONObject

    /// What the paths of the state begin at.
    func data(_ value: JSONValue, retry: Int = 0) -> StateData {
        var context = scope
        context["State"] = [
            "EnteredTime": .string(entered.timestamp.description), "Name": .string(state.name),
            "RetryCount": .number(JSONNumber(retry)),
        ]
        return StateData(input: value, context: .object(context))
    }

    /// The input after `InputPath`.
    func effectiveInput(retry: Int = 0) throws(TaskFault) -> JSONValue {
        try state.inputPath.value(in: data(input, retry: retry))
    }

    /// What a result becomes: `ResultSelector`, `ResultPath`, `OutputPath`.
    func output(of result: JSONValue, retry: Int = 0) throws(TaskFault) -> JSONValue {
        let selected = try state.resultSelector?.value(in: data(result, retry: retry)) ?? result
        let placed = try state.resultPlace.put(selected, into: input)
        return try state.outputPath.value(in: data(placed, retry: retry))
    }

    static func checkSize(_ value: JSONValue, _ title: String) throws(TaskFault) {
        // A short text is never too long, whatever its size is exactly.
        let count = value.serializedBytes().count
        guard count <= StateMachine.maximumPayload else {
            throw TaskFault(
                .dataLimitExceeded,
                "\(title) has \(count) bytes; \(StateMachine.maximumPayload) are the most. Write data to files and pass their names"
            )
        }
    }
}
