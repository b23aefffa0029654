import Synchronization
import Telemetry
import Tensors

/// What the threads of a ``Scheduler`` share.
final class SchedulerCore: Sendable {
    struct State {
        var queue = FairQueue<Job>()
        /// Requests that were let in and have not ended.
        var activeJobs = 0
        /// Tokens that they hold, or may come to hold.
        var reservedTokens = 0
        /// Tokens that wait for a tile.
        var waitingTokens = 0
        /// What all requests together have been served since the start, in multiplications.
        var servedCost = 0.0
        /// The earliest moment at which a request may have waited too long.
        var nextDeadline: ContinuousClock.Instant?
        var sleepers = 0
        /// Threads that are doing something.
        var busy = 0
        /// Tiles whose threads wish for help.
        var offers: [PhasedWork] = []
        var isClosed = false
        var isStopping = false
        var stopWaiters: [CheckedContinuation<Void, Never>] = []
    }

    let settings: InferenceSettings
    let threads: Int
    private let metrics: EngineMetrics
    private let observer: SchedulerObserver?
    private let lock = ConditionLock()
    private nonisolated(unsafe) var state = State()  // guarded by `lock`
    private let posted = Atomic<Int>(0)  // counts what may end a thread's idleness, for spinning threads
    private let spins: Int

    init(settings: InferenceSettings, threads: Int, metrics: EngineMetrics, observer: SchedulerObserver?) {
        self.settings = settings
        self.threads = threads
        self.metrics = metrics
        self.observer = observer
        // Some ten microseconds; with more threads than CPUs it would take time from those that work.
        spins = threads <= WorkerPool.defaultThreadCount ? 4000 : 0
    }

    /// Calls `body` with the state and answers the callers of the requests that it ended, after the lock is given back.
    @discardableResult
    private func withState<Result>(_ body: (inout State, inout [Ending]) -> Result) -> Result {
        var endings: [Ending] = []
        lock.lock()
        let result = body(&state, &endings)
        lock.unlock()
        for ending in endings { ending.deliver() }
        return result
    }

    // MARK: Callers

    /// Lets a request in, or refuses it.
    func submit(_ job: Job, _ continuation: CheckedContinuation<InferenceError?, Never>) {
        withState { state, endings in
            job.state.continuation = continuation
            // Cancelled before it came here.
            if job.isAbandoned.load(ordering: .relaxed) {
                endings.append(Ending(job, .cancelled))
                return
            }
            if let refusal = state.refusal(of: job, settings) {
                endings.append(Ending(job, refusal))
                return
            }
            state.activeJobs += 1
            state.reservedTokens += job.tokenBound
            job.state.reservedTokens = job.tokenBound
            job.state.place = state.queue.arrive()
            job.state.servedUpTo = state.servedCost
            state.enqueue(job, deadline: deadline(of: job))
            // One to read the texts, and one that will help with the tile, which is nearly always wanted at once.
            wake(2, &state)
        }
    }

    /// Ends a request whose caller went away; may come before ``submit(_:_:)``.
    func cancel(_ job: Job) {
        withState { state, endings in
            if job.state.continuation == nil {
                // Not here yet, or ended already.
                job.isAbandoned.store(true, ordering: .relaxed)
            } else {
                state.finish(job, .cancelled, &endings)
            }
        }
    }

    func stop(_ continuation: CheckedContinuation<Void, Never>) {
        withState { state, endings in
            state.isStopping = true
            state.stopWaiters.append(continuation)
            state.endStop(&endings)
        }
    }

    /// Ends the threads; no request is in the engine any more.
    func close() {
        lock.lock()
        state.isClosed = true
        posted.wrappingAdd(1, ordering: .releasing)
        lock.wakeWorkers()
        lock.unlock()
    }

    var load: (requests: Int, tokens: Int) { withState { state, _ in (state.activeJobs, state.reservedTokens) } }

    private func deadline(of job: Job) -> ContinuousClock.Instant { job.arrival + settings.queueTimeout }

    /// Tells up to so many idle threads that there is work.
    private func wake(_ count: Int, _ state: inout State) {
        posted.wrappingAdd(1, ordering: .releasing)
        for _ in 0..<min(count, state.sleepers) { lock.wakeOneWorker() }
    }

    // MARK: Tiles that several threads share

    /// Computes a tile's phases on the calling thread and on those that have nothing else to do.
    func share(_ phases: Int, _ parts: Int, leader: Worker, _ body: @escaping PhasedWork.Body) {
        let work = PhasedWork(phases: phases, parts: parts, lock: lock, spins: spins * 2, body)
        withState { state, _ in
            state.offers.append(work)
            wake(parts - 1, &state)
        }
        work.lead(leader)
        lock.lock()
        state.offers.removeAll { $0 === work }
        while !work.isDone { lock.waitForEnd() }
        lock.unlock()
        work.clear()
    }

    /// A thread that helped goes on.
    private func leave(_ work: PhasedWork) {
        lock.lock()
        work.leave()
        state.busy -= 1
        if work.isDone { lock.signalEnd() }
        lock.unlock()
    }

    // MARK: Threads

    private enum Step {
        case prepare(Job, Range<Int>)
        case compute(ComputeTile)
        case help(PhasedWork, posted: Int)
        case idle(posted: Int)
        case end

        var isBusy: Bool {
            switch self {
            case .prepare, .compute, .help: true
            case .idle, .end: false
            }
        }
    }

    /// The life of a thread.
    func serve(_ worker: Worker) {
        while true {
            let step = withState { state, endings in
                state.endOverdue(settings, .now, &endings)
                let step = next(&state)
                guard step.isBusy else { return step }
                state.busy += 1
                if state.queue.count > 0 { wake(1, &state) }
                return step
            }
            switch step {
            case .prepare(let job, let texts): prepare(job, texts)
            case .compute(let tile): compute(tile, on: worker)
            case .help(let work, let seen):
                work.help(worker, while: { posted.load(ordering: .relaxed) == seen })
                leave(work)
            case .idle(let seen): rest(since: seen)
            case .end: return
            }
        }
    }

    private func rest(since seen: Int) {
        var spin = 0
        while spin < spins && posted.load(ordering: .acquiring) == seen {
            WorkerThread.spin()
            spin += 1
        }
        lock.lock()
        state.sleepers += 1
        while posted.load(ordering: .relaxed) == seen { lock.waitForWork() }
        state.sleepers -= 1
        lock.unlock()
    }

    private func next(_ state: inout State) -> Step {
        guard let job = state.passedOver(tileTokens: settings.tileTokens) ?? state.queue.next() else {
            let seen = posted.load(ordering: .relaxed)
            if let work = state.offers.first(where: { $0.hasRoom }) {
                work.enter()
                return .help(work, posted: seen)
            }
            return state.isClosed ? .end : .idle(posted: seen)
        }
        if job.state.plan == nil { return .prepare(job, state.takeTexts(of: job)) }
        var tile = state.takeTile(of: job, settings.tileTokens, threads: threads)
        // Threads that have nothing to do help; while anything waits, each tile has one thread.
        if state.queue.count == 0 { tile.threads = threads - state.busy }
        return .compute(tile)
    }

    private func prepare(_ job: Job, _ texts: Range<Int>) {
        observer?(.portion(model: job.workload.model.name, texts: texts.count))
        let portion = job.prepare(texts)
        let prepared: [PreparedText?]? = withState { state, endings in
            let prepared = state.store(portion, of: job, settings, &endings)
            if prepared == nil { state.busy -= 1 }
            return prepared
        }
        guard let prepared else { return }
        // The last portion: sorting takes a while for many texts, so it is done without the lock.
        let plan = SequencePlan(prepared)
        withState { state, endings in
            state.begin(job, plan, &endings)
            // Whoever takes the tile, this thread may help.
            state.busy -= 1
            guard job.state.isQueued else { return }
            state.nextDeadline = min(state.nextDeadline ?? deadline(of: job), deadline(of: job))
            wake(max(1, plan.tokenCount / max(1, settings.tileTokens)), &state)
        }
    }

    private func compute(_ tile: ComputeTile, on worker: Worker) {
        observer?(.tile(model: tile.model.name, lengths: tile.lengths))
        // Nobody waits for it any more.
        if tile.shares.allSatisfy({ $0.job.isAbandoned.load(ordering: .relaxed) }) {
            withState { state, _ in state.busy -= 1 }
            return
        }
        let team = tile.threads > 1 ? SchedulerTeam(core: self, freeThreads: spins == 0 ? 1 : tile.threads) : nil
        let outcomes = tile.run(on: worker, with: team)
        withState { state, endings in
            for outcome in outcomes { state.store(outcome, of: tile, &endings) }
            state.busy -= 1
        }
        tile.model.metrics.tileTokens.observe(Double(tile.tokenCount))
        tile.model.metrics.tokens.add(tile.tokenCount)
        metrics.batchSize.observe(Double(tile.sequences.count))
        metrics.batchTokens.observe(Double(tile.tokenCount))
    }
}
