import JSON
import Tensors
import Workflows

/// A phase as the work behind a task of the workflow: it computes on a thread of its own.
struct PhaseHandler: TaskHandler {
    let phase: any Phase
    let services: FineTuningServices

    func run(_ input: JSONValue, _ context: TaskContext) async throws -> JSONValue {
        let work = try PhaseContext(input, context, services)
        let phase = phase
        return try await Self.named { try await OwnThread.run { try phase.result(work) } }
    }

    /// Runs a body and gives what it throws a name that the workflow knows.
    static func named<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch let error as CancellationError {
            throw error
        } catch let error as TaskFault {
            throw error
        } catch let error as FineTuningError {
            throw TaskFault(error: error.code.rawValue, cause: error.description)
        } catch {
            throw TaskFault(error: "FineTuning.Failed", cause: "\(error)")
        }
    }
}

extension PhaseContext {
    /// What a phase works with, of what the workflow gives it.
    init(_ input: JSONValue, _ context: TaskContext, _ services: FineTuningServices) throws(TaskFault) {
        let parameters: FineTuningParameters
        do throws(InvalidParameters) {
            parameters = try FineTuningParameters(json: input["parameters"] ?? .null)
        } catch {
            throw TaskFault(error: "FineTuning.Parameters", cause: error.description)
        }
        self.init(
            parameters: parameters, folder: RunFolder(context.folder), services: services, input: input,
            report: context.report, isStopping: context.isStopping)
    }
}

/// Long computations beside the threads of asynchronous work, which they would hold.
enum OwnThread {
    /// Runs a body on a new thread and waits for it without one.
    static func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            let thread = ThreadHandle { continuation.resume(with: Swift.Result { try body() }) }
            guard let thread else {
                continuation.resume(
                    throwing: FineTuningError(
                        .folder, "the system refuses another thread",
                        advice: "Raise the limit on processes, and resume the run"))
                return
            }
            thread.detach()
        }
    }
}
