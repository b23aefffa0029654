import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Which threads do a piece of work, so that one kind cannot take all of them from another.
enum WorkPool: String, Sendable, CaseIterable {
    /// Everything that is answered from memory.
    case management
    /// Reading documents by id.
    case get
    /// Queries.
    case search
    /// Changing documents.
    case write
    /// Work that goes on after its request was answered.
    case generic
}

/// The threads on which requests are answered: they may block on disks and locks, which Swift's cooperative pool must not.
///
/// Each pool has a bounded queue; what does not fit is refused with 429.
final class WorkThreads: Sendable {
    /// A pool's state at one moment, for statistics.
    struct Load: Sendable {
        let threads: Int
        let queued: Int
        let active: Int
        let rejected: Int
        let completed: Int
    }

    /// Pieces of work that may wait in a pool.
    static let queueCapacity = 1000

    private let pools: [WorkPool: ThreadPool]

    /// Starts the threads; they live as long as the process.
    ///
    /// - Parameter cores: how many the pools may keep busy.
    init(cores: Int) {
        var pools: [WorkPool: ThreadPool] = [:]
        for pool in WorkPool.allCases {
            let count =
                switch pool {
                case .management, .get, .generic: 2
                case .search: max(2, cores * 3 / 2 + 1)
                case .write: max(2, cores)
                }
            pools[pool] = ThreadPool(name: pool.rawValue, count: count)
        }
        self.pools = pools
    }

    /// Runs work on the threads of a pool.
    func run<Result: Sendable>(
        on pool: WorkPool, _ work: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        guard let threads = pools[pool] else { preconditionFailure("every pool has threads") }
        guard threads.enter() else {
            throw OpenSearchError(
                429, "rejected_execution_exception",
                "the queue of pool [\(pool.rawValue)] is full: \(Self.queueCapacity) requests wait; send fewer at a time"
            )
        }
        defer { threads.leave() }
        return try await withTaskExecutorPreference(threads) { try await work() }
    }

    /// The threads of a pool, for work that nobody counts.
    func executor(of pool: WorkPool) -> any TaskExecutor { pools[pool]! }

    /// What a pool is doing.
    func load(of pool: WorkPool) -> Load { pools[pool]!.load }
}

/// Threads with one queue.
private final class ThreadPool: TaskExecutor, @unchecked Sendable {
    private let name: String
    private let count: Int
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    /// Guarded by the mutex.
    private var jobs: [UnownedJob] = []
    private var first = 0
    private let entered = Atomic<Int>(0)
    private let rejected = Atomic<Int>(0)
    private let completed = Atomic<Int>(0)

    init(name: String, count: Int) {
        self.name = name
        self.count = count
        mutex = .allocate(capacity: 1)
        condition = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
        for _ in 0..<count {
            // Not `pthread_attr_t()`: several C modules include the header that has the type, and which of them owns it varies.
            let attributes = UnsafeMutablePointer<pthread_attr_t>.allocate(capacity: 1)
            pthread_attr_init(attributes)
            // Queries are trees that are walked by recursion.
            pthread_attr_setstacksize(attributes, 8 << 20)
            var thread = pthread_t()
            let pool = Unmanaged.passRetained(self).toOpaque()
            pthread_create(
                &thread, attributes,
                { raw in
                    #if canImport(Darwin)
                        let pool = Unmanaged<ThreadPool>.fromOpaque(raw).takeRetainedValue()
                    #else
                        let pool = Unmanaged<ThreadPool>.fromOpaque(raw!).takeRetainedValue()
                    #endif
                    pool.work()
                }, pool)
            pthread_attr_destroy(attributes)
            attributes.deallocate()
        }
    }

    func enqueue(_ job: UnownedJob) {
        pthread_mutex_lock(mutex)
        jobs.append(job)
        pthread_mutex_unlock(mutex)
        pthread_cond_signal(condition)
    }

    func enter() -> Bool {
        if entered.add(1, ordering: .relaxed).newValue <= count + WorkThreads.queueCapacity { return true }
        entered.subtract(1, ordering: .relaxed)
        rejected.add(1, ordering: .relaxed)
        return false
    }

    func leave() {
        entered.subtract(1, ordering: .relaxed)
        completed.add(1, ordering: .relaxed)
    }

    var load: WorkThreads.Load {
        let inside = entered.load(ordering: .relaxed)
        return WorkThreads.Load(
            threads: count, queued: max(0, inside - count), active: min(inside, count),
            rejected: rejected.load(ordering: .relaxed), completed: completed.load(ordering: .relaxed))
    }

    private func work() -> Never {
        while true {
            pthread_mutex_lock(mutex)
            while first == jobs.count { pthread_cond_wait(condition, mutex) }
            let job = jobs[first]
            first += 1
            if first == jobs.count || first >= 1024 {
                jobs.removeFirst(first)
                first = 0
            }
            pthread_mutex_unlock(mutex)
            job.runSynchronously(on: asUnownedTaskExecutor())
        }
    }
}
