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
    ///
    /// Fewer than were asked for if the system refused to start more.
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
        let job = Job(count: count, body: body)
        queue.post(job)
        job.work(worker)
        queue.finish(job)
    }
}

/// One call of `WorkerPool.run`.
private final class Job: @unchecked Sendable {
    let count: Int
    /// Written by the caller only, before the job is posted and after the last visitor has left.
    private var body: (@Sendable (Int, Worker) -> Void)?
    private let next = Atomic<Int>(0)
    private let ended = Atomic<Int>(0)
    private let visitors = Atomic<Int>(0)

    init(count: Int, body: @escaping @Sendable (Int, Worker) -> Void) {
        self.count = count
        self.body = body
    }

    var hasWork: Bool { next.load(ordering: .relaxed) < count }
    /// Whether every index has ended and no thread of the pool is inside.
    var isDone: Bool { ended.load(ordering: .acquiring) == count && visitors.load(ordering: .acquiring) == 0 }

    /// A thread of the pool comes in; under the queue's lock, so that none can once the job is off the list.
    func enter() { visitors.wrappingAdd(1, ordering: .relaxed) }
    /// It leaves, under the same lock.
    func leave() { visitors.wrappingSubtract(1, ordering: .releasing) }
    /// Lets go of the work.
    func clear() { body = nil }

    /// Takes indices until none is left.
    func work(_ worker: Worker) {
        guard let body else { return }
        while true {
            let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
            guard index < count else { return }
            body(index, worker)
            ended.wrappingAdd(1, ordering: .acquiringAndReleasing)
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

    /// Waits for the last index of `job` and for the threads inside it; its caller has found no index left.
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
        job.clear()
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
                job.enter()
                lock.unlock()
                job.work(worker)
                lock.lock()
                job.leave()
                if job.isDone { lock.signalEnd() }
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
