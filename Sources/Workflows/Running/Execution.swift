public import JSON

/// One execution of a state machine, with a history that survives the end of the process at any moment.
///
/// The folder holds `history.jsonl`, a line for each ``HistoryEvent``, flushed to the disk before the next step begins, and `lock`,
/// held while the execution runs. To resume is to run again: what the history tells is not done again, a state that was entered and
/// not left is entered again with the same input, a retry keeps its count, a `Wait` waits for what is left, a `Map` runs the
/// iterations that are not finished.
public final class Execution: Sendable {
    /// Prepares an execution; nothing is written and nothing begins.
    ///
    /// - Parameters:
    ///   - machine: What is to be run.
    ///   - folder: Where the history is, or will be; it is made if it does not exist. Its last component names the execution.
    ///   - handlers: The work of the tasks, by the `Name` of `"Resource": "${Name}"`.
    ///   - clock: The time.
    ///   - onEvent: Called for each new event and each report of a task, in the order of the history, from any thread.
    /// - Throws: ``WorkflowError`` if a handler is missing.
    public init(
        machine: StateMachine, folder: String, handlers: [String: any TaskHandler],
        clock: any WorkflowClock = SystemClock(), onEvent: @escaping @Sendable (ExecutionUpdate) -> Void = { _ in }
    ) throws(WorkflowError) {
        throw WorkflowError(.missingHandler, "", "")
    }

    /// Runs the execution to its end, from its beginning or from where its history ends.
    ///
    /// An execution that has ended is not run again: its outcome is returned.
    ///
    /// - Parameters:
    ///   - input: The input; of an execution that has begun, it must be the one that it began with.
    ///   - redriving: Whether an execution that failed, timed out or was aborted goes on: at the state that failed, or whose error
    ///     was caught last, with its retries counted from zero.
    /// - Throws: `CancellationError` when the execution was stopped (``stop()``, or the task was cancelled) and can be resumed;
    ///   ``WorkflowError`` when it cannot be run.
    public func run(input: JSONValue, redriving: Bool = false) async throws -> ExecutionOutcome {
        throw CancellationError()
    }

    /// Stops the execution where it is, so that it can be resumed: waits end, handlers are told.
    public func stop() {}

    /// Stops the execution for good: `ExecutionAborted` is written when the running tasks have ended. It can be redriven.
    public func abort(cause: String) {}
}
