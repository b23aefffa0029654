import CKernels
import Synchronization

/// A fixed number of operating-system threads for heavy loops.
///
/// The thread that calls `run` takes part, so a pool of n threads starts n - 1. Several threads may call `run` at once,
/// and work may call `run` again: each call drives its own work to the end, idle threads help whoever came first. Threads
/// without work look for some for a few microseconds, then sleep. Work runs with denormal numbers flushed to zero, on
/// the pool's threads and on the caller's, so that results do not depend on which thread did what.
public final class WorkerPool: Sendable {
    /// Threads that compute for one caller: the caller and the pool's own.
    ///
    /// Fewer than were asked for if the system refused to start more.
    public let threads: Int

    let queue: JobQueue
    private let handles: [ThreadHandle]
    private let callers = Mutex<[Worker]>([])
    private let kernels: Kernels

    /// One thread per CPU that this process may use.
    public static var defaultThreadCount: Int { AvailableProcessors.count }

    /// Starts the threads.
    ///
    /// - Parameters:
    ///   - threads: at least 1; 1 means that callers compute alone.
    ///   - kernels: the build that the workers' workspaces name.
    public init(threads: Int = WorkerPool.defaultThreadCount, kernels: Kernels = .active) {
        precondition(threads >= 1, "a pool needs at least one thread")
        self.kernels = kernels
        // Spinning with more threads than CPUs would take time from those that work.
        let queue = JobQueue(spins: threads <= AvailableProcessors.count ? 2000 : 0)
        self.queue = queue
        var handles: [ThreadHandle] = []
        while handles.count < threads - 1 {
            let handle = ThreadHandle {
                let worker = Worker(kernels: kernels)
                _ = ck_float_mode_enter()
                queue.serve(worker)
            }
            // A limit on processes or memory: work goes on with the threads that there are.
            guard let handle else { break }
            handles.append(handle)
        }
        self.handles = handles
        self.threads = handles.count + 1
    }

    deinit {
        queue.stop()
        for handle in handles { handle.join() }
    }

    /// Calls `body` once for each index below `count`, on several threads, and returns when all calls have ended.
    ///
    /// Indices are handed out in ascending order, one at a time: put the longest pieces first. When this returns, no thread
    /// of the pool holds `body` or what it captured: the last reference to them is never dropped on a pool thread.
    public func run(_ count: Int, _ body: @escaping @Sendable (_ index: Int, _ worker: Worker) -> Void) {
        guard count > 0 else { return }
        let worker = callers.withLock { $0.popLast() } ?? Worker(kernels: kernels)
        let mode = ck_float_mode_enter()
        defer {
            ck_float_mode_leave(mode)
            callers.withLock { $0.append(worker) }
        }
        if count == 1 || handles.isEmpty {
            for index in 0..<count { body(index, worker) }
            return
        }
        let job = IndexedWork(count: count, body: body)
        queue.post(job)
        job.help(worker)
        queue.finish(job)
    }
}
