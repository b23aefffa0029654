import CKernels
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A fixed number of operating-system threads for heavy loops.
///
/// The thread that calls `run` takes part, so a pool of n threads starts n - 1. Several threads may call `run` at once,
/// and work may call `run` again: each call drives its own work to the end, idle threads help whoever came first. Threads
/// without work look for some for a few microseconds, then sleep. Work runs with denormal numbers flushed to zero, on
/// the pool's threads and on the caller's, so that results do not depend on which thread did what.
public final class WorkerPool: Sendable {
    /// Threads that compute for one caller: the caller and the pool's own.
    public let threads: Int

    private let queue: JobQueue
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
        self.threads = threads
        self.kernels = kernels
        // Spinning with more threads than CPUs would take time from those that work.
        let queue = JobQueue(spins: threads <= AvailableProcessors.count ? 2000 : 0)
        self.queue = queue
        handles = (1..<threads).map { _ in
            ThreadHandle {
                let worker = Worker(kernels: kernels)
                _ = ck_float_mode_enter()
                queue.serve(worker)
            }
        }
    }

    deinit {
        queue.stop()
        for handle in handles { handle.join() }
    }

    /// Calls `body` once for each index below `count`, on several threads, and returns when all calls have ended.
    ///
    /// Indices are handed out in ascending order, one at a time: put the longest pieces first. `body` is not called after
    /// the return, but a thread may let go of it a moment later.
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
        let job = Job(count: count, body: body)
        queue.post(job)
        job.work(worker)
        queue.finish(job)
    }
}

/// One call of `WorkerPool.run`.
private final class Job: Sendable {
    let count: Int
    private let body: @Sendable (Int, Worker) -> Void
    private let next = Atomic<Int>(0)
    private let ended = Atomic<Int>(0)

    init(count: Int, body: @escaping @Sendable (Int, Worker) -> Void) {
        self.count = count
        self.body = body
    }

    var hasWork: Bool { next.load(ordering: .relaxed) < count }
    var isDone: Bool { ended.load(ordering: .acquiring) == count }

    /// Takes indices until none is left; true when this call ended the last one.
    @discardableResult
    func work(_ worker: Worker) -> Bool {
        var last = false
        while true {
            let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
            guard index < count else { return last }
            body(index, worker)
            last = ended.wrappingAdd(1, ordering: .acquiringAndReleasing).newValue == count
        }
    }
}

/// Jobs in order of arrival, and the threads that wait for them.
private final class JobQueue: Sendable {
    private struct State {
        var jobs: [Job] = []
        var isStopped = false
    }

    private let lock = ConditionLock()
    private nonisolated(unsafe) var state = State()  // guarded by `lock`
    private let posted = Atomic<Int>(0)  // counts posts and the stop, for spinning threads
    private let spins: Int

    init(spins: Int) {
        self.spins = spins
    }

    func post(_ job: Job) {
        lock.lock()
        state.jobs.append(job)
        posted.wrappingAdd(1, ordering: .releasing)
        lock.wakeWorkers()
        lock.unlock()
    }

    /// Waits for the last index of `job`; its caller has found no index left.
    func finish(_ job: Job) {
        var spin = 0
        while !job.isDone && spin < spins {
            ck_spin_pause()
            spin += 1
        }
        lock.lock()
        state.jobs.removeAll { $0 === job }
        while !job.isDone { lock.waitForEnd() }
        lock.unlock()
    }

    func stop() {
        lock.lock()
        state.isStopped = true
        posted.wrappingAdd(1, ordering: .releasing)
        lock.wakeWorkers()
        lock.unlock()
    }

    /// The life of a pool thread.
    func serve(_ worker: Worker) {
        lock.lock()
        while !state.isStopped {
            if let job = state.jobs.first(where: \.hasWork) {
                lock.unlock()
                if job.work(worker) {
                    lock.lock()
                    lock.signalEnd()
                } else {
                    lock.lock()
                }
                continue
            }
            let seen = posted.load(ordering: .relaxed)
            lock.unlock()
            var spin = 0
            while spin < spins && posted.load(ordering: .acquiring) == seen {
                ck_spin_pause()
                spin += 1
            }
            lock.lock()
            if posted.load(ordering: .relaxed) == seen { lock.waitForWork() }
        }
        lock.unlock()
    }
}
