/// Threads that may help with a running piece of work.
package protocol Team: Sendable {
    /// Threads that could work on it now, the caller's included; 1 where sharing would not pay.
    var freeThreads: Int { get }

    /// Calls `body` for each part of each phase, and returns when all calls have ended.
    ///
    /// A phase begins when all parts of the phase before it have ended; its parts may run at the same time, on any threads,
    /// or one after the other on the caller's. A thread prefers the part that it had in the phase before: what a part
    /// keeps may stay in a core's cache.
    ///
    /// - Parameters:
    ///   - leader: the worker of the calling thread, which takes part.
    ///   - body: does part `part` of phase `phase` with the memory of `worker`.
    func run(
        phases: Int, parts: Int, leader: Worker,
        _ body: @escaping @Sendable (_ phase: Int, _ part: Int, _ worker: Worker) -> Void)
}

extension WorkerPool: Team {
    /// Without those that other callers keep busy; 1 for a pool whose threads sleep between phases, which costs more than a
    /// phase gains.
    package var freeThreads: Int { queue.phaseSpins == 0 ? 1 : max(1, threads - queue.openJobs) }

    package func run(
        phases: Int, parts: Int, leader: Worker,
        _ body: @escaping @Sendable (_ phase: Int, _ part: Int, _ worker: Worker) -> Void
    ) {
        guard phases > 0, parts > 0 else { return }
        if parts == 1 || threads == 1 {
            for phase in 0..<phases {
                for part in 0..<parts { body(phase, part, leader) }
            }
            return
        }
        let work = PhasedWork(phases: phases, parts: parts, lock: queue.lock, spins: queue.phaseSpins, body)
        queue.post(work)
        work.lead(leader)
        queue.finish(work)
    }
}

extension Range<Int> {
    /// What part `part` of `parts` gets of `count` things: parts are about equal and follow each other.
    package init(part: Int, of parts: Int, count: Int) {
        self = count * part / parts..<count * (part + 1) / parts
    }
}
