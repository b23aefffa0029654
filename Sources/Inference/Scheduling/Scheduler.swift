import Tensors

/// Fixed threads that make texts ready and take tiles through models, for all requests, in the order of ``FairQueue``.
///
/// The threads are the scheduler's own: Swift's cooperative pool is never blocked, and callers do not take part.
final class Scheduler: Sendable {
    let settings: InferenceSettings
    /// Threads that were started; 0 if the system refused all.
    let threads: Int
    private let core: SchedulerCore
    private let handles: [WorkerThread]

    init(settings: InferenceSettings, metrics: EngineMetrics, observer: SchedulerObserver?) {
        self.settings = settings
        let wanted = min(max(settings.threads ?? WorkerPool.defaultThreadCount, 1), 1024)
        let core = SchedulerCore(settings: settings, threads: wanted, metrics: metrics, observer: observer)
        var handles: [WorkerThread] = []
        while handles.count < wanted {
            guard let handle = WorkerThread({ worker in core.serve(worker) }) else { break }
            handles.append(handle)
        }
        self.core = core
        self.handles = handles
        threads = handles.count
    }

    deinit {
        core.close()
        for handle in handles { handle.join() }
    }

    /// Runs a request to its end.
    ///
    /// - Throws: ``InferenceError``: a refusal, a failure of the request's own texts, or `.cancelled` as soon as the task is
    ///   cancelled; what has not been computed then never is.
    func run(_ job: Job) async throws(InferenceError) {
        guard threads > 0 else {
            throw InferenceError(.backend, "The system refused to start compute threads. Raise its limit on threads.")
        }
        let core = core
        let failure = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in core.submit(job, continuation) }
        } onCancel: {
            core.cancel(job)
        }
        if let failure { throw failure }
    }

    /// Lets no request in any more and returns when the last one has ended.
    func stop() async {
        let core = core
        await withCheckedContinuation { continuation in core.stop(continuation) }
    }

    /// Requests in the engine and the tokens that they hold.
    var load: (requests: Int, tokens: Int) { core.load }
}

/// Watches the compute threads, for tests; called on them without a lock.
package typealias SchedulerObserver = @Sendable (SchedulerEvent) -> Void

/// What a compute thread is about to do.
package enum SchedulerEvent: Sendable, Hashable {
    /// Make so many texts of a request ready.
    case portion(model: String, texts: Int)
    /// Take sequences of these lengths through a model, listed request by request.
    case tile(model: String, lengths: [[Int]])
}
