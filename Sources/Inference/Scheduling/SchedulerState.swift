import Encoders
import Layers
import Synchronization

/// A caller who gets an answer, or one who waits for the stop.
enum Ending: Sendable {
    case job(CheckedContinuation<InferenceError?, Never>?, InferenceError?, remains: Job.State?)
    case stop(CheckedContinuation<Void, Never>)

    /// Takes the caller out of a request that ends; its memory, unless it has a result, goes without the lock.
    init(_ job: Job, _ failure: InferenceError?) {
        self = .job(job.state.continuation, failure, remains: failure == nil ? nil : job.state)
        job.state.continuation = nil
        job.state.isFinished = true
        if failure != nil {
            job.isAbandoned.store(true, ordering: .relaxed)
            (job.state.prepared, job.state.keys, job.state.results, job.state.plan) = ([], [], [], nil)
        }
    }

    /// Lets the caller go on.
    func deliver() {
        switch self {
        case .job(let continuation, let failure, _): continuation?.resume(returning: failure)
        case .stop(let continuation): continuation.resume()
        }
    }
}

/// The transitions of requests; all under the scheduler's lock.
extension SchedulerCore.State {
    /// What a byte of text costs to tokenise, in multiplications that take as long.
    private static let costPerByte = 4000.0

    /// Why a request is not let in; nil if it is.
    func refusal(of job: Job, _ settings: InferenceSettings) -> InferenceError? {
        if isStopping { return .stopping }
        if activeJobs >= settings.maximumConcurrentRequests {
            return .tooManyRequests(activeJobs, limit: settings.maximumConcurrentRequests)
        }
        if activeJobs > 0, reservedTokens + job.tokenBound > settings.maximumWaitingTokens {
            return .tooManyWaitingTokens(
                reservedTokens, plus: job.tokenBound, limit: settings.maximumWaitingTokens)
        }
        return nil
    }

    /// The request that has been passed over for longest, if that is more than twice its turn.
    ///
    /// Requests that end with their first piece take their cost with them, so virtual time alone would let a stream of them
    /// keep one with large pieces waiting for ever.
    func passedOver(tileTokens: Int) -> Job? {
        guard queue.count > 1,
            let job = queue.entries.min(by: { $0.element.state.servedUpTo < $1.element.state.servedUpTo })?.element
        else { return nil }
        let turn = Double(tileTokens) * job.workload.model.costPerToken * Double(activeJobs + 1)
        return servedCost - job.state.servedUpTo > 2 * turn ? job : nil
    }

    mutating func enqueue(_ job: Job, deadline: ContinuousClock.Instant?) {
        job.state.isQueued = true
        queue.insert(job, at: job.state.place)
        if let deadline { nextDeadline = min(nextDeadline ?? deadline, deadline) }
    }

    private mutating func dequeue(_ job: Job) {
        guard job.state.isQueued else { return }
        job.state.isQueued = false
        queue.remove(job.state.place)
    }

    /// Moves a request on by what was served, to the back of those that had less.
    private mutating func charge(_ job: Job, _ cost: Double, remains: Bool) {
        dequeue(job)
        job.state.place.tag += max(cost, 1)
        servedCost += max(cost, 1)
        job.state.servedUpTo = servedCost
        if remains { enqueue(job, deadline: nil) }
    }

    /// Some texts to make ready: few enough for others not to wait for long.
    mutating func takeTexts(of job: Job) -> Range<Int> {
        let (mostTexts, mostBytes) = (16, 8192)
        let first = job.state.nextText
        var (next, bytes) = (first, 0)
        repeat {
            bytes += job.workload.byteCount(of: next)
            next += 1
        } while next < job.workload.count && next - first < mostTexts && bytes < mostBytes
        job.state.nextText = next
        job.state.openPortions += 1
        if job.state.firstPortion == nil { job.state.firstPortion = .now }
        charge(job, Double(bytes) * Self.costPerByte, remains: next < job.workload.count)
        return first..<next
    }

    /// A tile that begins with the sequences of `job`; what is left of it goes to other requests for the same model.
    mutating func takeTile(of job: Job, _ tileTokens: Int, threads: Int) -> ComputeTile {
        // Alone, a request is cut as evenly as if it had the threads for itself; in company, as all that waits.
        let tokens = queue.count == 1 ? job.state.plan?.tokenCount ?? 0 : waitingTokens
        var target = TilePlan.evenTokens(tokens, targetTokens: tileTokens, threads: threads)
        // With all threads idle, a small request whose sequences do not part evenly is shared in one piece.
        if queue.count == 1, busy == 0, tokens / min(threads, TileSchedule.mostTiles) <= tileTokens,
            let plan = job.state.plan,
            job.state.nextInOrder == 0, let longest = plan.order.first
        {
            // When whole sequences would be done, and all threads together: those lose about a tenth (two threads) to a third.
            let rounds = (plan.order.count + threads - 1) / threads
            let apart = max(plan.sequences[longest].count, rounds * tokens / max(1, plan.order.count))
            let together = tokens * 10 / (min(threads, SplitCost.mostParts) * (threads == 2 ? 9 : 7))
            if together < apart {
                target = tokens
            }
        }
        var tile = ComputeTile(model: job.workload.model, kind: job.workload.computation?.kind ?? 0)
        // Whichever is nearer to the target: with or without the sequence.
        take(from: job, into: &tile) { length, held in held == 0 || held + length - target <= target - held }
        if tile.tokenCount < target {
            for (_, other) in queue.entries where other !== job && tile.accepts(other) {
                take(from: other, into: &tile) { length, held in held + length <= target }
                if tile.tokenCount >= target { break }
            }
        }
        return tile
    }

    private mutating func take(from job: Job, into tile: inout ComputeTile, _ fits: (Int, Int) -> Bool) {
        let tokens = tile.take(from: job, fits)
        guard tokens > 0 else { return }
        waitingTokens -= tokens
        if job.state.firstTile == nil { job.state.firstTile = .now }
        charge(
            job, Double(tokens) * job.workload.model.costPerToken,
            remains: job.state.nextInOrder < job.state.plan?.order.count ?? 0)
    }

    /// Keeps what a portion brought.
    ///
    /// - Returns: all prepared texts if it was the last portion.
    mutating func store(
        _ portion: Job.Portion, of job: Job, _ settings: InferenceSettings, _ endings: inout [Ending]
    ) -> [PreparedText?]? {
        guard !job.state.isFinished else { return nil }
        if let failure = portion.failure {
            finish(job, failure, &endings)
            return nil
        }
        job.state.openPortions -= 1
        for (offset, text) in portion.texts.enumerated() {
            job.state.prepared[text] = portion.prepared[offset]
            job.state.keys[text] = portion.keys[offset]
        }
        job.state.characterCount += portion.characterCount
        job.state.waitingTokens += portion.tokenCount
        if job.state.waitingTokens > settings.maximumRequestTokens {
            finish(
                job,
                .tooManyRequestTokens(job.state.waitingTokens, limit: settings.maximumRequestTokens), &endings)
            return nil
        }
        guard job.state.nextText == job.workload.count, job.state.openPortions == 0 else { return nil }
        return job.state.prepared
    }

    /// Lets the sequences of a request wait for tiles.
    mutating func begin(_ job: Job, _ plan: SequencePlan, _ endings: inout [Ending]) {
        guard !job.state.isFinished else { return }
        job.state.preparedAt = .now
        job.state.plan = plan
        job.state.results = Array(repeating: nil, count: plan.sequences.count)
        job.state.missingResults = plan.sequences.count
        // What the lengths of the texts promised gives way to what there is.
        reservedTokens += plan.tokenCount - job.state.reservedTokens
        job.state.reservedTokens = plan.tokenCount
        if plan.sequences.isEmpty {
            finish(job, nil, &endings)
        } else {
            waitingTokens += plan.tokenCount
            enqueue(job, deadline: nil)
        }
    }

    /// Keeps what a tile brought for one request.
    mutating func store(_ outcome: ComputeTile.Outcome, of tile: ComputeTile, _ endings: inout [Ending]) {
        let (job, range) = (outcome.share.job, outcome.share.range)
        guard !job.state.isFinished else { return }
        switch outcome.results {
        case .failure(let error): finish(job, InferenceError(error), &endings)
        case .success(let results):
            for (number, result) in zip(tile.numbers[range], results) { job.state.results[number] = result }
            job.state.missingResults -= results.count
            if job.state.missingResults == 0 { finish(job, nil, &endings) }
        }
    }

    /// Ends a request: whatever of it waits is dropped, and its tokens are free.
    mutating func finish(_ job: Job, _ failure: InferenceError?, _ endings: inout [Ending]) {
        guard !job.state.isFinished else { return }
        if job.state.plan != nil { waitingTokens -= job.state.waitingTokens }
        dequeue(job)
        activeJobs -= 1
        reservedTokens -= job.state.reservedTokens
        job.state.finishedAt = .now
        endings.append(Ending(job, failure))
        endStop(&endings)
    }

    /// Ends requests that have waited too long for their first tile.
    mutating func endOverdue(
        _ settings: InferenceSettings, _ now: ContinuousClock.Instant, _ endings: inout [Ending]
    ) {
        guard let deadline = nextDeadline, now >= deadline else { return }
        nextDeadline = nil
        // What needs no network has begun when its texts are being read.
        for (_, job) in queue.entries
        where job.state.firstTile == nil && (job.workload.computation != nil || job.state.firstPortion == nil) {
            let deadline = job.arrival + settings.queueTimeout
            if now >= deadline {
                finish(job, .waitedTooLong(limit: settings.queueTimeout), &endings)
            } else {
                nextDeadline = min(nextDeadline ?? deadline, deadline)
            }
        }
    }

    /// Tells those who wait for the stop, if nothing is left to wait for.
    mutating func endStop(_ endings: inout [Ending]) {
        guard isStopping, activeJobs == 0 else { return }
        endings += stopWaiters.map { .stop($0) }
        stopWaiters = []
    }
}

extension ComputeTile {
    /// Whether sequences of a request may join.
    fileprivate func accepts(_ job: Job) -> Bool {
        job.state.plan != nil && job.workload.model === model && job.workload.computation?.kind == kind
    }

    /// The lengths of the sequences, request by request.
    var lengths: [[Int]] { shares.map { share in sequences[share.range].map(\.count) } }
}
