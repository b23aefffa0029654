import JSON
import Synchronization

extension Interpreter {
    /// One attempt of a task.
    func attempt(
        _ task: TaskState, _ visit: StateVisit, retry: Int, after last: HistoryEvent
    ) async throws -> (result: JSONValue, last: HistoryEvent) {
        let scheduled = try schedule(task, visit, retry, after: last)
        let payload = scheduled.details["parameters"] ?? .object(JSONObject())
        let started = try step(.taskStarted, after: scheduled, ["resource": .string(task.resource)])
        let end: HistoryEvent
        if let known = history.followers(of: started.id).first {
            end = known
        } else {
            end = try await work(task, visit, payload, scheduled, retry, after: started)
        }
        switch end.kind {
        case .taskSucceeded: return (end.details["output"] ?? .null, end)
        case .taskFailed, .taskTimedOut:
            let fault = TaskFault(error: end.error ?? "", cause: end.cause ?? "")
            throw StateFailure(fault: fault, event: end, isRetriable: true)
        default:
            throw WorkflowError(
                .invalidHistory, "\(folder.history):\(end.id)",
                "\(end.kind.rawValue) stands where the end of a task is due")
        }
    }

    /// Makes the input of the handler, unless the history has it.
    private func schedule(
        _ task: TaskState, _ visit: StateVisit, _ retry: Int, after last: HistoryEvent
    ) throws -> HistoryEvent {
        var details: JSONObject = ["resource": .string(task.resource)]
        if let known = history.followers(of: last.id).first, known.kind == .taskScheduled { return known }
        do throws(TaskFault) {
            let input = try visit.effectiveInput(retry: retry)
            let data = visit.data(input, retry: retry)
            let payload = try visit.state.parameters?.value(in: data) ?? input
            try StateVisit.checkSize(payload, "the input of the task '\(visit.state.name)'")
            details["parameters"] = payload
            let range = 1...DefinitionReader.mostSeconds
            if let limit = try task.timeout?.value(in: data, of: "TimeoutSecondsPath", in: range) {
                details["timeoutInSeconds"] = .number(JSONNumber(limit))
            }
            if let beat = try task.heartbeat?.value(in: data, of: "HeartbeatSecondsPath", in: range) {
                details["heartbeatInSeconds"] = .number(JSONNumber(beat))
            }
        } catch {
            throw StateFailure(fault: error, event: last)
        }
        return try step(.taskScheduled, after: last, details)
    }

    /// Calls the handler and writes down how it ended.
    private func work(
        _ task: TaskState, _ visit: StateVisit, _ payload: JSONValue, _ scheduled: HistoryEvent, _ retry: Int,
        after started: HistoryEvent
    ) async throws -> HistoryEvent {
        guard let handler = handlers[task.handler] else {
            throw WorkflowError(.missingHandler, visit.state.name, "there is no handler '\(task.handler)'")
        }
        let resource = JSONValue.string(task.resource)
        func failed(_ fault: TaskFault, _ kind: HistoryEvent.Kind = .taskFailed) throws -> HistoryEvent {
            try step(
                kind, after: started,
                [
                    "resource": resource, "error": .string(String(fault.error.prefix(256))),
                    "cause": .string(Self.cut(fault.cause)),
                ])
        }
        do {
            let result = try await limited(handler, visit, payload, scheduled, retry)
            try StateVisit.checkSize(result, "the result of the task '\(visit.state.name)'")
            return try step(.taskSucceeded, after: started, ["resource": resource, "output": result])
        } catch let error as WorkflowError {
            throw error
        } catch let limit as LimitExceeded {
            return try failed(limit.fault, .taskTimedOut)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            // Whoever is told to stop may fail because of it.
            try checkStop()
            return try failed(error as? TaskFault ?? TaskFault(.taskFailed, "\(error)"))
        }
    }

    /// The most bytes of a cause that are kept, as in Step Functions.
    private static func cut(_ cause: String) -> String {
        guard cause.utf8.count > 32_768 else { return cause }
        return String(decoding: Array(cause.utf8.prefix(32_000)), as: UTF8.self) + "..."
    }

    private struct LimitExceeded: Error {
        var fault: TaskFault
    }

    /// Calls the handler, and tells it to stop when its time is over.
    private func limited(
        _ handler: any TaskHandler, _ visit: StateVisit, _ payload: JSONValue, _ scheduled: HistoryEvent, _ retry: Int
    ) async throws -> JSONValue {
        let name = visit.state.name
        let limit = scheduled.details["timeoutInSeconds"]?.int
        let beat = scheduled.details["heartbeatInSeconds"]?.int
        let lastReport = LastReport(clock.now)
        let cancellation = Cancellation()
        let context = TaskContext(
            execution: folder.name, state: name, attempt: retry, folder: folder.path,
            report: { [clock, report] progress in
                lastReport.moment.withLock { $0 = clock.now }
                report(name, retry, progress)
            }, isStopping: { [isStopping] in isStopping() || cancellation.isRequested })
        let call: @Sendable () async throws -> JSONValue = {
            try await withTaskCancellationHandler {
                try await handler.run(payload, context)
            } onCancel: {
                cancellation.request()
            }
        }
        guard limit != nil || beat != nil else { return try await call() }
        let end = limit.map { clock.now.advanced(bySeconds: Double($0)) }
        return try await withThrowingTaskGroup(of: JSONValue?.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await call() }
            group.addTask { [clock] in
                while true {
                    let nextBeat = beat.map { beat in
                        lastReport.moment.withLock { $0 }.advanced(bySeconds: Double(beat))
                    }
                    if let end, clock.now >= end {
                        throw LimitExceeded(
                            fault: TaskFault(.timeout, "the task took longer than \(limit ?? 0) s (TimeoutSeconds)"))
                    }
                    if let nextBeat, clock.now >= nextBeat {
                        throw LimitExceeded(
                            fault: TaskFault(
                                .heartbeatTimeout, "the task did not report for \(beat ?? 0) s (HeartbeatSeconds)"))
                    }
                    try await clock.sleep(until: [end, nextBeat].compactMap { $0 }.min() ?? clock.now)
                }
            }
            return try await group.next().flatMap { $0 } ?? .null
        }
    }
}

/// Whether a handler's call was cancelled, for handlers that ask on threads of their own, where no task is current.
private final class Cancellation: Sendable {
    private let flag = Atomic<Bool>(false)

    var isRequested: Bool { flag.load(ordering: .relaxed) }

    func request() { flag.store(true, ordering: .relaxed) }
}

/// When a task reported last.
private final class LastReport: Sendable {
    let moment: Mutex<Timestamp>

    init(_ moment: Timestamp) { self.moment = Mutex(moment) }
}
