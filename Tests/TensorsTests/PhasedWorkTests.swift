import Synchronization
import Tensors
import Testing

@Suite struct PhasedWorkTests {
    /// Each part adds what the phase before left in all parts, so a phase that begins too early gives another sum.
    private static func sums(on pool: WorkerPool, phases: Int, parts: Int, leader: Worker) -> [Int] {
        let values = (0..<2).map { _ in UnsafeMutablePointer<Int>.allocate(capacity: parts) }
        defer { for value in values { value.deallocate() } }
        for part in 0..<parts { values[1][part] = part }
        nonisolated(unsafe) let shared = values
        pool.run(phases: phases, parts: parts, leader: leader) { phase, part, _ in
            var sum = phase ^ part
            for other in 0..<parts { sum = (sum + shared[(phase + 1) % 2][other] * (other + 3)) % 1_000_003 }
            shared[phase % 2][part] = sum
        }
        return (0..<parts).map { values[(phases - 1) % 2][$0] }
    }

    @Test(arguments: [1, 2, 3, 5])
    func aPhaseBeginsWhenTheOneBeforeHasEnded(threads: Int) {
        let (alone, pool) = (WorkerPool(threads: 1), WorkerPool(threads: threads))
        let leader = Worker()
        for parts in [1, 2, 3, 8] {
            for phases in [1, 2, 7, 40] {
                let expected = Self.sums(on: alone, phases: phases, parts: parts, leader: leader)
                for _ in 0..<50 {
                    #expect(Self.sums(on: pool, phases: phases, parts: parts, leader: leader) == expected)
                }
            }
        }
    }

    @Test func everyPartRunsOnceInEachPhase() {
        let pool = WorkerPool(threads: 4)
        let visits = Mutex([Int](repeating: 0, count: 30 * 3))
        pool.run(phases: 30, parts: 3, leader: Worker()) { phase, part, _ in
            visits.withLock { $0[phase * 3 + part] += 1 }
        }
        let once = visits.withLock { $0.allSatisfy { $0 == 1 } }
        #expect(once)
    }

    @Test func severalCallersAtOnceAllFinish() async {
        let pool = WorkerPool(threads: 3)
        let alone = Self.sums(on: WorkerPool(threads: 1), phases: 25, parts: 3, leader: Worker())
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    let leader = Worker()
                    return (0..<100).allSatisfy { _ in
                        Self.sums(on: pool, phases: 25, parts: 3, leader: leader) == alone
                    }
                }
            }
            for await same in group { #expect(same) }
        }
    }

    @Test func otherWorkOfThePoolGoesOn() {
        let pool = WorkerPool(threads: 3)
        let total = Atomic<Int>(0)
        pool.run(8) { outer, worker in
            pool.run(phases: 5, parts: 3, leader: worker) { phase, part, _ in
                total.wrappingAdd(outer + phase * part, ordering: .relaxed)
            }
        }
        let sum = total.load(ordering: .relaxed)
        #expect(sum == 28 * 15 + 8 * 10 * 3)
    }

    @Test func workIsLetGoOfBeforeRunReturns() {
        final class Probe: Sendable {}
        let (pool, leader) = (WorkerPool(threads: 3), Worker())
        var kept = 0
        for _ in 0..<1000 {
            weak var probe: Probe?
            do {
                let captured = Probe()
                probe = captured
                pool.run(phases: 3, parts: 3, leader: leader) { [captured] _, _, _ in
                    withExtendedLifetime(captured) {}
                }
            }
            if probe != nil { kept += 1 }
        }
        #expect(kept == 0)
    }
}
