import JSON
import NegativeMining
import Tensors
import Workflows

/// What a phase works with.
struct PhaseContext: Sendable {
    let parameters: FineTuningParameters
    let folder: RunFolder
    let services: FineTuningServices
    /// What the workflow gives the phase.
    let input: JSONValue
    let report: @Sendable (TaskProgress) -> Void
    let isStopping: @Sendable () -> Bool

    /// Threads for this phase.
    var pool: WorkerPool { parameters.threads.map { WorkerPool(threads: $0) } ?? WorkerPool() }

    /// Watches and stops what mining and generation do.
    func control(unit: String) -> MiningControl {
        MiningControl(
            isCancelled: isStopping,
            onProgress: { report(TaskProgress($0.part, done: $0.completed, total: $0.total, unit: unit)) })
    }

    /// Throws if the run is to stop.
    func checkStopping() throws(CancellationError) {
        if isStopping() { throw CancellationError() }
    }
}

/// A phase of the pipeline that computes on this machine.
///
/// It may be ended at any time and run again: its files appear whole or not at all, and what it finds complete it keeps. The same
/// parameters and files before it give the same files.
protocol Phase: Sendable {
    /// The name in the workflow, as `${Name}`.
    static var name: String { get }
    /// The file that says that the phase is complete, and with what result.
    static func record(_ folder: RunFolder) -> String
    /// Does the work; it blocks the thread.
    ///
    /// - Throws: ``FineTuningError``; `CancellationError` if the run is to stop.
    func run(_ context: PhaseContext) throws -> JSONObject
}

extension Phase {
    /// Does the work unless it was done: from the same input.
    func result(_ context: PhaseContext) throws -> JSONValue {
        let record = Self.record(context.folder)
        if let known = try RunFiles.value(record), known["input"] == context.input, let result = known["result"] {
            return result
        }
        do {
            let result = JSONValue.object(try run(context))
            try RunFiles.write(["phase": .string(Self.name), "input": context.input, "result": result], to: record)
            return result
        } catch let error as MiningError where error.code == .cancelled {
            throw CancellationError()
        }
    }
}
