import Tensors

/// The threads of a scheduler that share one tile: the one that took it, and those that have nothing else to do.
///
/// A thread that helps looks for waiting requests between phases and does them first.
struct SchedulerTeam: Team {
    let core: SchedulerCore
    let freeThreads: Int

    func run(
        phases: Int, parts: Int, leader: Worker,
        _ body: @escaping @Sendable (_ phase: Int, _ part: Int, _ worker: Worker) -> Void
    ) {
        if parts > 1 {
            core.share(phases, parts, leader: leader, body)
        } else if parts == 1 {
            for phase in 0..<phases { body(phase, 0, leader) }
        }
    }
}
