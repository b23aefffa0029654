public import JSON

/// The work behind the `Resource` of a `Task` state.
///
/// A handler is called again with the same input when a run is resumed after it was stopped in the middle of a task: it
/// should look for what it left behind and go on from there.
public protocol TaskHandler: Sendable {
    /// Does the work.
    ///
    /// - Parameters:
    ///   - input: The input of the task: the state's input after `InputPath` and `Parameters`.
    ///   - context: Where the task is called from.
    /// - Returns: The result, at most ``StateMachine/maximumPayload`` bytes of JSON; larger things belong into files.
    /// - Throws: ``TaskFault`` for an error that `Retry` and `Catch` know by its name; `CancellationError` to stop the
    ///   execution here, so that it can be resumed; anything else fails the task with `States.TaskFailed`.
    func run(_ input: JSONValue, _ context: TaskContext) async throws -> JSONValue
}

/// A task's failure under a name that `Retry` and `Catch` can ask for.
public struct TaskFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// The name of the error, such as `Cluster.Unreachable`; names that begin with `States.` belong to the language.
    public let error: String
    /// What happened and what to do about it.
    public let cause: String

    /// Makes a failure.
    public init(error: String, cause: String) {
        self.error = error
        self.cause = cause
    }

    /// Name and cause.
    public var description: String { cause.isEmpty ? error : "\(error): \(cause)" }
}

/// How far a task is.
public struct TaskProgress: Sendable, Hashable {
    /// What is being done, in a few words.
    public var text: String
    /// How much of it is done, in units.
    public var done: Int?
    /// How much there is to do, in units, where that is known.
    public var total: Int?
    /// What is counted, in the plural: `documents`, `steps`.
    public var unit: String?

    /// Describes progress.
    public init(_ text: String, done: Int? = nil, total: Int? = nil, unit: String? = nil) {
        self.text = text
        self.done = done
        self.total = total
        self.unit = unit
    }
}

/// What a handler knows of the execution that calls it.
public struct TaskContext: Sendable {
    /// The name of the execution.
    public let execution: String
    /// The name of the state.
    public let state: String
    /// The number of this attempt: 0 for the first, 1 for the first retry; the same when the attempt is resumed.
    public let attempt: Int
    /// The folder of the run.
    public let folder: String
    /// Tells how far the task is.
    ///
    /// It is also the heartbeat that `HeartbeatSeconds` waits for. It is not kept in the history.
    public let report: @Sendable (TaskProgress) -> Void
    /// Whether the execution is to stop: save what there is and throw `CancellationError`.
    public let isStopping: @Sendable () -> Bool

    /// Makes a context, for executions and for tests of handlers.
    public init(
        execution: String, state: String, attempt: Int = 0, folder: String,
        report: @escaping @Sendable (TaskProgress) -> Void = { _ in },
        isStopping: @escaping @Sendable () -> Bool = { Task.isCancelled }
    ) {
        self.execution = execution
        self.state = state
        self.attempt = attempt
        self.folder = folder
        self.report = report
        self.isStopping = isStopping
    }
}
