import Synchronization
import Tensors
import Testing

@Suite struct WorkerPoolTests {
    @Test(arguments: [1, 2, 5])
    func everyIndexIsVisitedOnce(threads: Int) {
        let pool = WorkerPool(threads: threads)
        for count in [0, 1, 2, 3, 64, 1000] {
            let visits = Mutex([Int](repeating: 0, count: count))
            pool.run(count) { index, _ in visits.withLock { $0[index] += 1 } }
            let once = visits.withLock { $0.allSatisfy { $0 == 1 } }
            #expect(once)
        }
    }

    @Test func workMayRunMoreWork() {
        let pool = WorkerPool(threads: 3)
        let total = Atomic<Int>(0)
        pool.run(8) { outer, _ in
            pool.run(9) { inner, _ in total.wrappingAdd(outer * 9 + inner, ordering: .relaxed) }
        }
        let sum = total.load(ordering: .relaxed)
        #expect(sum == 72 * 71 / 2)
    }

    @Test func severalCallersAtOnceAllFinish() async {
        let pool = WorkerPool(threads: 2)
        await withTaskGroup(of: Int.self) { group in
            for caller in 0..<6 {
                group.addTask {
                    let sum = Atomic<Int>(0)
                    for _ in 0..<200 {
                        pool.run(7) { index, _ in sum.wrappingAdd(index + caller, ordering: .relaxed) }
                    }
                    return sum.load(ordering: .relaxed) - 200 * 7 * caller
                }
            }
            for await sum in group { #expect(sum == 200 * 21) }
        }
    }

    @Test func concurrentWorkNeverSharesAWorkspace() {
        let pool = WorkerPool(threads: 4)
        let clash = Atomic<Bool>(false)
        pool.run(200) { index, worker in
            let mark = worker.workspace.mark()
            defer { worker.workspace.release(mark) }
            let scratch = worker.workspace.floats(5000)
            for round in 0..<20 {
                let value = Float(index * 20 + round)
                for at in 0..<5000 { scratch[at] = value }
                for at in 0..<5000 where scratch[at] != value { clash.store(true, ordering: .relaxed) }
            }
        }
        let clashed = clash.load(ordering: .relaxed)
        #expect(!clashed)
    }

    /// Otherwise the last reference to a pool could be dropped on one of its own threads.
    @Test func workIsLetGoOfBeforeRunReturns() {
        final class Probe: Sendable {}
        let pool = WorkerPool(threads: 4)
        var kept = 0
        for _ in 0..<2000 {
            weak var probe: Probe?
            do {
                let captured = Probe()
                probe = captured
                pool.run(6) { [captured] _, _ in withExtendedLifetime(captured) {} }
            }
            if probe != nil { kept += 1 }
        }
        #expect(kept == 0)
    }

    @Test func poolsStopCleanly() {
        for round in 0..<50 {
            let pool = WorkerPool(threads: 1 + round % 4)
            if round % 2 == 0 { pool.run(10) { _, _ in } }
        }
    }

    @Test func denormalsAreFlushedOnEveryThreadAndOnlyInside() {
        let pool = WorkerPool(threads: 2)
        let tiny = Mutex<[Float]>([])
        let denominator = Mutex<Float>(4)
        pool.run(16) { _, _ in
            let value = Float.leastNormalMagnitude / denominator.withLock { $0 }
            tiny.withLock { $0.append(value) }
        }
        let flushed = tiny.withLock { $0.allSatisfy { $0 == 0 } }
        #expect(flushed)
        let outside = Float.leastNormalMagnitude / denominator.withLock { $0 }
        #expect(outside > 0)
    }
}
