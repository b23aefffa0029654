public import JSON
import ModelFiles
import Synchronization

/// One execution of a state machine, with a history that survives the end of the process at any moment.
///
/// The folder holds `history.jsonl`, a line for each ``HistoryEvent``, flushed to the disk before the next step begins, and `lock`,
/// held while the execution runs. To resume is to run again: what the history tells is not done again, a state that was entered and
/// not left is entered again with the same input, a retry keeps its count, a `Wait` waits for what is left, a `Map` runs the
/// iterations that are not finished.
public final class Execution: Sendable {
    private struct Control {
        var isStopping = false
        var abortCause: String?
        var work: Task<End, any Error>?
    }

    private let machine: StateMachine
    private let handlers: [String: any TaskHandler]
    private let folder: ExecutionFolder
    private let clock: any WorkflowClock
    private let onEvent: @Sendable (ExecutionUpdate) -> Void
    private let control = Mutex(Control())

    /// Prepares an execution; nothing is written and nothing begins.
    ///
    /// - Parameters:
    ///   - machine: What is to be run.
    ///   - folder: Where the history is, or will be; it is made if it does not exist. Its last component names the execution.
    ///   - handlers: The work of the tasks, by the `Name` of `"Resource": "${Name}"`; of any other `Resource` by its whole text.
    ///   - clock: The time.
    ///   - onEvent: Called for each new event, in the order of the history, and for each report of a task, from any thread; the
    ///     execution waits for it, so it does little.
    /// - Throws: ``WorkflowError`` if a handler is missing.
    public init(
        machine: StateMachine, folder: String, handlers: [String: any TaskHandler],
        clock: any WorkflowClock = SystemClock(), onEvent: @escaping @Sendable (ExecutionUpdate) -> Void = { _ in }
    ) throws(WorkflowError) {
        let missing = machine.resources.filter { handlers[$0] == nil }
        guard missing.isEmpty else {
            throw WorkflowError(
                .missingHandler, "Resource",
                "there is no handler for \(missing.map { "'\($0)'" }.joined(separator: ", "))")
        }
        self.machine = machine
        self.handlers = handlers
        self.folder = ExecutionFolder(path: folder)
        self.clock = clock
        self.onEvent = onEvent
    }

    /// The name of the execution: the last component of its folder.
    public var name: String { folder.name }

    /// Runs the execution to its end, from its beginning or from where its history ends.
    ///
    /// An execution that has ended is not run again: its outcome is returned.
    ///
    /// - Parameters:
    ///   - input: The input; of an execution that has begun, it must be the one that it began with.
    ///   - redriving: Whether an execution that failed, timed out or was aborted goes on: at the state that failed, or, where a
    ///     `Fail` state was reached, at the state whose error a `Catch` led there, or else at the last one before it that did
    ///     work; the retries of a task begin anew.
    /// - Throws: `CancellationError` when the execution was stopped (``stop()``, or the task was cancelled) and can be resumed;
    ///   ``WorkflowError`` when it cannot be run.
    public func run(input: JSONValue, redriving: Bool = false) async throws -> ExecutionOutcome {
        let history = try HistoryFile(folder, usualStates: machine.body.usualStates, clock: clock) { [onEvent] in
            onEvent(.recorded($0))
        }
        defer { history.release() }
        let started = try begin(history, input)
        if let end = history.index.end {
            guard redriving, end.kind != .executionSucceeded else { return Self.outcome(of: end) }
            let count = history.index.redrives + 1
            try history.append(.executionRedriven, after: end.id, ["redriveCount": .number(JSONNumber(count))])
        }
        let end: HistoryEvent
        do {
            let (output, last) = try await walk(history, started, input)
            end = try history.append(.executionSucceeded, after: last.id, ["output": output])
        } catch let failure as StateFailure {
            end = try history.append(
                .executionFailed, after: failure.event.id,
                ["error": .string(failure.fault.error), "cause": .string(failure.fault.cause)])
        } catch is MachineTimeout {
            let cause = "the execution took longer than \(machine.timeout ?? 0) s (TimeoutSeconds)"
            end = try history.append(
                .executionTimedOut, after: started.id,
                ["error": .string(ReservedError.timeout.rawValue), "cause": .string(cause)])
        } catch is CancellationError {
            guard let cause = control.withLock({ $0.abortCause }) else { throw CancellationError() }
            end = try history.append(.executionAborted, after: started.id, ["cause": .string(cause)])
        }
        return Self.outcome(of: end)
    }

    /// Stops the execution where it is, so that it can be resumed: waits end, handlers are told.
    ///
    /// ``run(input:redriving:)`` then throws `CancellationError` as soon as the running handlers have ended.
    public func stop() {
        let work = control.withLock { control in
            control.isStopping = true
            return control.work
        }
        work?.cancel()
    }

    /// Stops the execution and ends it.
    ///
    /// `ExecutionAborted` is written when the running handlers have ended. It can be redriven.
    public func abort(cause: String) {
        control.withLock { $0.abortCause = cause }
        stop()
    }

    private typealias End = (output: JSONValue, last: HistoryEvent)

    private struct MachineTimeout: Error {}

    /// The first event; the one of the history has to fit.
    private func begin(_ history: HistoryFile, _ input: JSONValue) throws -> HistoryEvent {
        var digest = SHA256()
        digest.add(machine.json.serialized())
        let definition = JSONValue.string(digest.hexadecimal())
        guard let started = history.index.events.first else {
            do throws(TaskFault) { try StateVisit.checkSize(input, "the input") } catch {
                throw WorkflowError(.inputTooLarge, "input", error.cause)
            }
            return try history.append(.executionStarted, after: 0, ["input": input, "definition": definition])
        }
        guard started.details["definition"] == definition else {
            throw WorkflowError(
                .otherExecution, folder.path,
                "this execution was begun with another definition; take that one, or begin a new run in another folder")
        }
        guard started.details["input"] == input else {
            throw WorkflowError(
                .otherExecution, folder.path,
                "this execution was begun with another input; take that one, or begin a new run in another folder")
        }
        return started
    }

    /// Walks through the states in a task of its own, which ``stop()`` cancels.
    private func walk(
        _ history: HistoryFile, _ started: HistoryEvent, _ input: JSONValue
    ) async throws -> End {
        let interpreter = Interpreter(
            machine: machine, handlers: handlers, history: history, clock: clock, folder: folder,
            isStopping: { [self] in control.withLock { $0.isStopping } },
            report: { [onEvent] in onEvent(.progress(state: $0, attempt: $1, $2)) })
        let scope: JSONObject = [
            "Execution": [
                "Id": .string(name), "Name": .string(name), "Input": input,
                "StartTime": .string(started.timestamp.description),
                "RedriveCount": .number(JSONNumber(history.index.redrives)),
            ],
            "StateMachine": ["Id": .string(name), "Name": .string(name)],
        ]
        let work = Task {
            [machine, clock, limit = machine.timeout, begin = history.index.begin] () async throws -> End in
            guard let limit, let begin else {
                return try await interpreter.run(machine.body, input: input, after: started, scope: scope)
            }
            return try await withThrowingTaskGroup(of: End.self) { group in
                defer { group.cancelAll() }
                group.addTask { try await interpreter.run(machine.body, input: input, after: started, scope: scope) }
                group.addTask {
                    try await clock.sleep(until: begin.advanced(bySeconds: Double(limit)))
                    throw MachineTimeout()
                }
                guard let end = try await group.next() else { throw CancellationError() }
                return end
            }
        }
        let isStopping = control.withLock { control in
            control.work = work
            return control.isStopping
        }
        if isStopping { work.cancel() }
        return try await withTaskCancellationHandler {
            try await work.value
        } onCancel: {
            stop()
        }
    }

    static func outcome(of end: HistoryEvent) -> ExecutionOutcome {
        switch end.kind {
        case .executionSucceeded: .succeeded(output: end.details["output"] ?? .null)
        case .executionTimedOut: .timedOut
        case .executionAborted: .aborted(cause: end.cause ?? "")
        default: .failed(error: end.error ?? "", cause: end.cause ?? "")
        }
    }
}
