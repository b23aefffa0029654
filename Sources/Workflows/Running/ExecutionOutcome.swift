public import JSON

/// How an execution ended.
public enum ExecutionOutcome: Sendable, Hashable {
    /// It reached a terminal state.
    case succeeded(output: JSONValue)
    /// A `Fail` state, or an error that no state caught.
    case failed(error: String, cause: String)
    /// The time limit of the whole state machine was exceeded.
    case timedOut
    /// It was given up; see ``Execution/abort(cause:)``.
    case aborted(cause: String)
}

/// What an execution tells while it runs.
public enum ExecutionUpdate: Sendable {
    /// An event was written to the history.
    case recorded(HistoryEvent)
    /// A task told how far it is; not kept in the history.
    case progress(state: String, attempt: Int, TaskProgress)
}
