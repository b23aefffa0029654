import Layers
import Tensors
import Testing

@Suite struct TileScheduleTests {
    /// Of a network that is large enough for sharing.
    private static let cost = NaiveEncoder(hidden: 256, heads: 8, intermediate: 1024, layers: 4, seed: 1).encoder.cost

    private func schedule(_ lengths: [Int], threads: Int, targetTokens: Int = 96) -> TileSchedule {
        TileSchedule(
            SequenceLayout(lengths: lengths), targetTokens: targetTokens, threads: threads, sharing: threads,
            cost: Self.cost)
    }

    @Test func oneThreadComputesEverythingAlone() {
        let schedule = schedule([500, 20, 8], threads: 1)
        #expect(schedule.together.isEmpty && schedule.alone.count == 2)
    }

    @Test func aSmallCallIsSharedInOnePiece() {
        for lengths in [[8], [27], [25, 25, 25], [95]] {
            let schedule = schedule(lengths, threads: 2)
            #expect(schedule.alone.isEmpty && schedule.together == [0..<lengths.count], "\(lengths)")
        }
    }

    @Test func whatLeavesAThreadWithoutWorkIsShared() {
        let schedule = schedule([400, 400, 400], threads: 2)
        #expect(schedule.alone == [0..<1, 1..<2] && schedule.together == [2..<3])
    }

    @Test func evenTilesAreNotShared() {
        #expect(schedule([400, 400], threads: 2).together.isEmpty)
        #expect(schedule([Int](repeating: 96, count: 40), threads: 4).together.isEmpty)
    }

    @Test func everySequenceIsComputedOnce() {
        for threads in [1, 2, 3, 7, 64] {
            for lengths in [[], [1], [0, 0], [512, 3, 2, 1], Array((1...60).reversed()), [300, 300, 300, 20]] {
                let schedule = schedule(lengths, threads: threads)
                let covered = (schedule.alone + schedule.together).flatMap { Array($0) }.sorted()
                #expect(covered == Array(lengths.indices), "\(lengths), \(threads) threads")
            }
        }
    }

    @Test func fewTokensAreSplitByPanelsAndManyByRows() {
        #expect(Self.cost.best(tokens: 8, threads: 2).split == .panels(parts: 2))
        #expect(Self.cost.best(tokens: 400, threads: 2).split == .rows(parts: 2))
        #expect(Self.cost.best(tokens: 400, threads: 1).split == .none)
        #expect(Self.cost.best(tokens: 0, threads: 4).split == .none)
        let tiny = NaiveEncoder(hidden: 16, heads: 2, intermediate: 16, layers: 2, seed: 1).encoder.cost
        #expect(tiny.best(tokens: 8, threads: 4).split == .none, "handing over costs more than it saves")
    }
}
