public import JSON

/// One event of an execution's history, named as `GetExecutionHistory` of Step Functions names it.
public struct HistoryEvent: Sendable, Hashable {
    /// The kinds of events.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The execution began; holds its input.
        case executionStarted = "ExecutionStarted"
        /// A failed or aborted execution goes on at the state that failed.
        case executionRedriven = "ExecutionRedriven"
        /// A terminal state was reached.
        case executionSucceeded = "ExecutionSucceeded"
        /// A `Fail` state was reached, or an error was not caught.
        case executionFailed = "ExecutionFailed"
        /// The time limit of the state machine was exceeded.
        case executionTimedOut = "ExecutionTimedOut"
        /// The execution was given up.
        case executionAborted = "ExecutionAborted"
        /// A `Task` state began.
        case taskStateEntered = "TaskStateEntered"
        /// An attempt of a task was made ready; holds the input of the handler.
        case taskScheduled = "TaskScheduled"
        /// An attempt began.
        case taskStarted = "TaskStarted"
        /// An attempt succeeded; holds the result of the handler.
        case taskSucceeded = "TaskSucceeded"
        /// An attempt failed; holds error and cause.
        case taskFailed = "TaskFailed"
        /// An attempt took too long, or did not report in time.
        case taskTimedOut = "TaskTimedOut"
        /// A `Task` state ended.
        case taskStateExited = "TaskStateExited"
        /// A `Pass` state began.
        case passStateEntered = "PassStateEntered"
        /// A `Pass` state ended.
        case passStateExited = "PassStateExited"
        /// A `Choice` state began.
        case choiceStateEntered = "ChoiceStateEntered"
        /// A `Choice` state ended.
        case choiceStateExited = "ChoiceStateExited"
        /// A `Wait` state began.
        case waitStateEntered = "WaitStateEntered"
        /// A `Wait` state ended.
        case waitStateExited = "WaitStateExited"
        /// A `Succeed` state began.
        case succeedStateEntered = "SucceedStateEntered"
        /// A `Succeed` state ended.
        case succeedStateExited = "SucceedStateExited"
        /// A `Fail` state began.
        case failStateEntered = "FailStateEntered"
        /// A `Parallel` state began.
        case parallelStateEntered = "ParallelStateEntered"
        /// The branches of an attempt begin.
        case parallelStateStarted = "ParallelStateStarted"
        /// All branches succeeded.
        case parallelStateSucceeded = "ParallelStateSucceeded"
        /// A branch failed.
        case parallelStateFailed = "ParallelStateFailed"
        /// A `Parallel` state ended.
        case parallelStateExited = "ParallelStateExited"
        /// A `Map` state began.
        case mapStateEntered = "MapStateEntered"
        /// The iterations of an attempt begin.
        case mapStateStarted = "MapStateStarted"
        /// An iteration began.
        case mapIterationStarted = "MapIterationStarted"
        /// An iteration succeeded.
        case mapIterationSucceeded = "MapIterationSucceeded"
        /// An iteration failed.
        case mapIterationFailed = "MapIterationFailed"
        /// All iterations succeeded.
        case mapStateSucceeded = "MapStateSucceeded"
        /// An iteration failed, and so did the state.
        case mapStateFailed = "MapStateFailed"
        /// A `Map` state ended.
        case mapStateExited = "MapStateExited"
    }

    /// The number of the event, from 1.
    public let id: Int
    /// The event that led to this one; 0 for the first.
    public let previousEventId: Int
    /// When it happened.
    public let timestamp: Timestamp
    /// What happened.
    public let kind: Kind
    /// The details, with the names of Step Functions; `input`, `output` and `parameters` are JSON values here, not texts of JSON.
    public let details: JSONObject

    package init(id: Int, previousEventId: Int, timestamp: Timestamp, kind: Kind, details: JSONObject) {
        self.id = id
        self.previousEventId = previousEventId
        self.timestamp = timestamp
        self.kind = kind
        self.details = details
    }

    /// The name of the state that was entered or left, or to which an iteration belongs.
    public var name: String? { details["name"]?.string }

    /// The name of the error, of events of failures.
    public var error: String? { details["error"]?.string }

    /// The cause of the error, of events of failures.
    public var cause: String? { details["cause"]?.string }
}

extension HistoryEvent.Kind {
    /// Whether a state begins with it.
    public var isStateEntered: Bool { rawValue.hasSuffix("StateEntered") }

    /// Whether a state ends with it.
    public var isStateExited: Bool { rawValue.hasSuffix("StateExited") }

    /// Whether an execution ends with it, unless it is redriven.
    public var isEndOfExecution: Bool {
        switch self {
        case .executionSucceeded, .executionFailed, .executionTimedOut, .executionAborted: true
        default: false
        }
    }

    /// The key of the details in the line of an event.
    var detailsKey: String {
        if isStateEntered { return "stateEnteredEventDetails" }
        if isStateExited { return "stateExitedEventDetails" }
        return rawValue.prefix(1).lowercased() + rawValue.dropFirst() + "EventDetails"
    }
}

extension HistoryEvent {
    /// The event as an object, as it stands in a line of the history.
    public var json: JSONValue {
        var object: JSONObject = [
            "timestamp": .string(timestamp.description), "type": .string(kind.rawValue), "id": .number(JSONNumber(id)),
            "previousEventId": .number(JSONNumber(previousEventId)),
        ]
        if !details.isEmpty { object[kind.detailsKey] = .object(details) }
        return .object(object)
    }

    /// Reads what ``json`` has made.
    init?(json: JSONValue) {
        guard let id = json["id"]?.int, let previous = json["previousEventId"]?.int, previous >= 0, previous < id,
            let timestamp = json["timestamp"]?.string.flatMap({ Timestamp($0) }),
            let kind = json["type"]?.string.flatMap({ Kind(rawValue: $0) })
        else { return nil }
        let details: JSONObject
        switch json[kind.detailsKey] {
        case nil: details = JSONObject()
        case .object(let object): details = object
        default: return nil
        }
        self.init(id: id, previousEventId: previous, timestamp: timestamp, kind: kind, details: details)
    }
}
