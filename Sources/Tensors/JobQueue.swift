import CKernels
import Synchronization

/// Work that threads of a queue may join.
///
/// `enter` and `leave` are called under the queue's lock, so that nobody comes in once the work is off the list.
protocol SharedWork: AnyObject, Sendable {
    /// Whether another thread would find something to do.
    var hasRoom: Bool { get }
    /// Whether all of it has ended and no thread but the owner is inside.
    var isDone: Bool { get }
    /// Another thread comes in.
    func enter()
    /// It leaves.
    func leave()
    /// Works on it, behind `enter`.
    func help(_ worker: Worker)
    /// Lets go of what the work holds; nobody is inside.
    func clear()
}

/// One call of `WorkerPool.run`: indices that are handed out one at a time.
final class IndexedWork: SharedWork, @unchecked Sendable {
    private let count: Int
    /// Written by the caller only, before the work is posted and after the last visitor has left.
    private var body: (@Sendable (Int, Worker) -> Void)?
    private let next = Atomic<Int>(0)
    private let ended = Atomic<Int>(0)
    private let visitors = Atomic<Int>(0)

    init(count: Int, body: @escaping @Sendable (Int, Worker) -> Void) {
        self.count = count
        self.body = body
    }

    var hasRoom: Bool { next.load(ordering: .relaxed) < count }
    var isDone: Bool { ended.load(ordering: .acquiring) == count && visitors.load(ordering: .acquiring) == 0 }

    func enter() { visitors.wrappingAdd(1, ordering: .relaxed) }
    func leave() { visitors.wrappingSubtract(1, ordering: .releasing) }
    func clear() { body = nil }

    /// Takes indices until none is left.
    func help(_ worker: Worker) {
        guard let body else { return }
        while true {
            let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
            guard index < count else { return }
            body(index, worker)
            ended.wrappingAdd(1, ordering: .acquiringAndReleasing)
        }
    }
}

/// Work in order of arrival, and the threads that wait for it.
final class JobQueue: Sendable {
    private struct State {
        var jobs: [any SharedWork] = []
        var isStopped = false
    }

    let lock = ConditionLock()
    private nonisolated(unsafe) var state = State()  // guarded by `lock`
    private let posted = Atomic<Int>(0)  // counts posts and the stop, for spinning threads
    private let open = Atomic<Int>(0)
    private let spins: Int

    /// Jobs that are posted and have not ended.
    var openJobs: Int { open.load(ordering: .relaxed) }

    /// Looks at ends of phases, which are some ten microseconds apart.
    ///
    /// Longer than looks for new work: a thread that sleeps costs the next phase as much as the phase itself.
    var phaseSpins: Int { spins * 4 }

    /// - Parameter spins: looks for new work, some ten nanoseconds apart, before a thread sleeps.
    init(spins: Int) {
        self.spins = spins
    }

    func post(_ job: any SharedWork) {
        open.wrappingAdd(1, ordering: .relaxed)
        lock.lock()
        state.jobs.append(job)
        posted.wrappingAdd(1, ordering: .releasing)
        lock.wakeWorkers()
        lock.unlock()
    }

    /// Waits for the end of `job` and for the threads inside it; its caller has found nothing left to do.
    func finish(_ job: any SharedWork) {
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
        open.wrappingSubtract(1, ordering: .relaxed)
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
            if let job = state.jobs.first(where: { $0.hasRoom }) {
                job.enter()
                lock.unlock()
                job.help(worker)
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
