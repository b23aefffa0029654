import FineTuning
import JSON
import Synchronization
import Training
import Workflows

/// A run that this process carries on until it ends or is stopped.
struct RunSession {
    let run: FineTuningRun
    /// The name under which the run is found again.
    let name: String
    let runs: RunsOptions
    let cluster: ClusterOptions
    /// Whether events are printed as JSON lines instead of a view and a summary.
    let printsEvents: Bool

    /// Begins the run, or goes on with it.
    ///
    /// - Parameter redriving: Whether a run that failed goes on where that was.
    /// - Throws: `CommandFailure` if it fails.
    func carryOn(redriving: Bool) throws {
        let stop = StopOnSignals.install("what is done is saved")
        let view = printsEvents ? nil : RunView(run.machine)
        let lines = EventLines()
        let resources = ProcessServices(cluster)
        // A new run is repeated by what was typed, one that goes on by what it holds.
        let command = redriving ? runs.command("resume", name) : TypedCommand.text
        let execution = try run.execution(resources.services(command: command)) { [view] update in
            if let view { view.show(update) } else { lines.write(update) }
        }
        if let view { tellBeginning(view) } else { try lines.write(opening: name, run.folder.path) }
        let input = run.input
        let outcome: ExecutionOutcome?
        do {
            outcome = try waitForTask {
                let watching = Task {
                    var count = 0
                    while !Task.isCancelled {
                        try await Task.sleep(for: .milliseconds(100))
                        if stop.isRequested { execution.stop() }
                        // Nobody reads the events any more.
                        if lines.failure != nil { execution.stop() }
                        count += 1
                        if count % 10 == 0 { view?.tick() }
                    }
                }
                defer { watching.cancel() }
                let outcome: ExecutionOutcome?
                do {
                    outcome = try await execution.run(input: input, redriving: redriving)
                } catch is CancellationError {
                    outcome = nil
                } catch {
                    await resources.shutDown()
                    throw error
                }
                await resources.shutDown()
                return outcome
            }
        } catch {
            view?.finish()
            throw error
        }
        view?.finish()
        if let failure = lines.failure { throw failure }
        try end(outcome)
    }

    /// Says what the run is, and what was done before.
    private func tellBeginning(_ view: RunView) {
        view.say("run \(name) in \(run.folder.path)")
        guard let history = try? ExecutionHistory(folder: run.folder.path) else { return }
        var done: [String] = []
        for visit in history.visits where visit.type == .task && visit.parent == nil && visit.ended != nil {
            if visit.fault == nil, !done.contains(visit.name) { done.append(visit.name) }
        }
        if !done.isEmpty { view.say("done before: \(done.joined(separator: ", "))") }
    }

    private func end(_ outcome: ExecutionOutcome?) throws {
        let resume = runs.command("resume", name)
        do {
            _ = try RunReportPage(folder: run.folder, name: name, runs: runs).write()
        } catch {
            // The run is worth more than the page about it, which can be written at any time.
            let reason = CommandFailure(describing: error)?.message ?? "\(error)"
            StandardError.write("needletail: warning: the report is not written: \(reason)\n")
        }
        switch outcome {
        case nil:
            StandardError.write("needletail: stopped. To go on: \(resume)\n")
        case .succeeded(let output):
            if !printsEvents {
                let summary = RunSummary(output, run.parameters, folder: run.folder)
                try StandardOutput.print(summary.text(for: .output))
            }
        case .failed(let error, let cause):
            throw CommandFailure(
                Self.status(of: error),
                "\(cause.isEmpty ? error : cause) When that is mended: \(resume)")
        case .timedOut:
            throw CommandFailure(.failure, "the run took longer than its workflow allows. To go on: \(resume)")
        case .aborted(let cause):
            throw CommandFailure(.failure, "the run was given up: \(cause). To go on: \(resume)")
        }
    }

    /// What the program ends with for an error of the workflow.
    static func status(of error: String) -> ExitStatus {
        switch error {
        case FineTuningError.Code.corpus.rawValue, FineTuningError.Code.queries.rawValue,
            FineTuningError.Code.gate.rawValue, FineTuningError.Code.model.rawValue:
            .badData
        case FineTuningError.Code.folder.rawValue: .cannotWrite
        case FineTuningError.Code.cluster.rawValue: .unavailable
        case let name where name.hasPrefix("Cluster.") || name.hasPrefix("Endpoint."): .unavailable
        default: .failure
        }
    }
}

/// The events of a run as JSON lines on standard output.
private final class EventLines: Sendable {
    private let state = Mutex<(failure: CommandFailure?, last: [String: ContinuousClock.Instant])>((nil, [:]))

    /// Why nothing can be written any more.
    var failure: CommandFailure? { state.withLock { $0.failure } }

    /// The first line, which says which run it is.
    func write(opening name: String, _ folder: String) throws {
        let line: JSONValue = ["type": "RunOpened", "run": .string(name), "folder": .string(folder)]
        try StandardOutput.print(line.serialized() + "\n")
    }

    /// Writes one event, and of the reports of a state at most one a second.
    func write(_ update: ExecutionUpdate) {
        state.withLock { state in
            let line: JSONValue
            switch update {
            case .recorded(let event): line = event.json
            case .progress(let name, let attempt, let progress):
                let now = ContinuousClock.now
                let isLast = progress.done != nil && progress.done == progress.total
                if let last = state.last[name], now - last < .seconds(1), !isLast { return }
                state.last[name] = now
                line = Self.line(name, attempt, progress)
            }
            do throws(CommandFailure) { try StandardOutput.print(line.serialized() + "\n") } catch {
                state.failure = state.failure ?? error
            }
        }
    }

    private static func line(_ name: String, _ attempt: Int, _ progress: TaskProgress) -> JSONValue {
        var object: JSONObject = [
            "timestamp": .string(SystemClock().now.description), "type": "TaskProgress", "name": .string(name),
            "attempt": .number(JSONNumber(attempt)), "text": .string(progress.text),
        ]
        object["done"] = progress.done.map { .number(JSONNumber($0)) }
        object["total"] = progress.total.map { .number(JSONNumber($0)) }
        object["unit"] = progress.unit.map { .string($0) }
        return .object(object)
    }
}
