import CKernels
import Synchronization

/// Work of several phases, each cut into the same number of parts: one call of ``Team/run(phases:parts:leader:_:)``.
///
/// Threads come and go between phases. Whoever is there takes its own part first and then what nobody has taken, so the
/// owner of the work gets everything done if no other thread comes. Nothing is promised about which parts run at the same
/// time, and no part may wait for another one of its phase.
package final class PhasedWork: SharedWork, @unchecked Sendable {
    package typealias Body = @Sendable (_ phase: Int, _ part: Int, _ worker: Worker) -> Void

    private let phases: Int
    private let parts: Int
    private let lock: ConditionLock
    private let spins: Int
    /// Written before the work is posted and after the last visitor has left.
    private var body: Body?
    /// For each part, the phases in which somebody has taken it.
    private let taken: UnsafeMutablePointer<Atomic<Int>>
    /// Parts that have ended, over all phases.
    private let ended = Atomic<Int>(0)
    private let sleepers = Atomic<Int>(0)
    private let arrivals = Atomic<Int>(0)
    private let visitors = Atomic<Int>(0)

    /// - Parameters:
    ///   - lock: what the owner's queue is guarded by; threads that wait for long sleep on it.
    ///   - spins: how long a thread looks for the end of a phase before it sleeps.
    package init(phases: Int, parts: Int, lock: ConditionLock, spins: Int, _ body: @escaping Body) {
        self.phases = phases
        self.parts = parts
        self.lock = lock
        self.spins = spins
        self.body = body
        taken = .allocate(capacity: parts)
        for part in 0..<parts { (taken + part).initialize(to: Atomic(0)) }
    }

    deinit {
        taken.deinitialize(count: parts)
        taken.deallocate()
    }

    package var hasRoom: Bool { !hasEnded && visitors.load(ordering: .relaxed) < parts - 1 }
    package var isDone: Bool { hasEnded && visitors.load(ordering: .acquiring) == 0 }
    private var hasEnded: Bool { ended.load(ordering: .acquiring) == phases * parts }

    package func enter() { visitors.wrappingAdd(1, ordering: .relaxed) }
    package func leave() { visitors.wrappingSubtract(1, ordering: .releasing) }
    package func clear() { body = nil }

    /// Works as the owner, until everything has ended.
    package func lead(_ worker: Worker) { work(0, worker, { true }) }

    func help(_ worker: Worker) { help(worker, while: { true }) }

    /// Works until everything has ended, or until there is something better to do, which is asked between phases.
    package func help(_ worker: Worker, while isWilling: () -> Bool) {
        work(arrivals.wrappingAdd(1, ordering: .relaxed).newValue % parts, worker, isWilling)
    }

    private func work(_ own: Int, _ worker: Worker, _ isWilling: () -> Bool) {
        guard let body else { return }
        while isWilling() {
            let phase = ended.load(ordering: .acquiring) / parts
            if phase == phases { return }
            for offset in 0..<parts {
                let part = own + offset < parts ? own + offset : own + offset - parts
                // Fails if somebody has the part, and if the phase has ended meanwhile.
                guard
                    taken[part].compareExchange(expected: phase, desired: phase + 1, ordering: .relaxed).exchanged
                else { continue }
                body(phase, part, worker)
                endPart()
            }
            wait(for: (phase + 1) * parts, isWilling)
        }
    }

    private func endPart() {
        let count = ended.wrappingAdd(1, ordering: .sequentiallyConsistent).newValue
        // Either this thread sees the sleeper, or the sleeper sees the count.
        guard count.isMultiple(of: parts), sleepers.load(ordering: .sequentiallyConsistent) > 0 else { return }
        lock.lock()
        lock.signalEnd()
        lock.unlock()
    }

    private func wait(for count: Int, _ isWilling: () -> Bool) {
        var spin = 0
        while spin < spins {
            if ended.load(ordering: .acquiring) >= count || !isWilling() { return }
            ck_spin_pause()
            spin += 1
        }
        lock.lock()
        sleepers.wrappingAdd(1, ordering: .sequentiallyConsistent)
        while ended.load(ordering: .sequentiallyConsistent) < count { lock.waitForEnd() }
        sleepers.wrappingSubtract(1, ordering: .relaxed)
        lock.unlock()
    }
}
