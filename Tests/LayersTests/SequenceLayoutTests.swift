import Layers
import Testing

@Suite struct SequenceLayoutTests {
    @Test func rowsOfSequences() {
        let layout = SequenceLayout(lengths: [3, 0, 5])
        #expect(layout.offsets == [0, 3, 3, 8])
        #expect(layout.count == 3)
        #expect(layout.tokenCount == 8)
        #expect(layout.rows(of: 2) == 3..<8)
        #expect(layout.rows(of: 1..<3) == 3..<8)
        #expect(layout.slice(1..<3).offsets == [0, 0, 5])
    }

    @Test(arguments: [1, 2, 3])
    func tilesCoverTheBatchOnceAndFallInSize(threads: Int) {
        for lengths in [[], [1], [512, 1, 1], [Int](repeating: 20, count: 100), (0..<57).map { $0 * 7 % 90 }] {
            let layout = SequenceLayout(lengths: lengths)
            let plan = TilePlan(layout, targetTokens: 96, threads: threads)
            #expect(
                plan.tiles.sorted { $0.lowerBound < $1.lowerBound }.flatMap { Array($0) } == Array(0..<lengths.count))
            let sizes = plan.tiles.map { layout.rows(of: $0).count }
            #expect(sizes == sizes.sorted(by: >))
            if lengths.count == 100 {
                #expect(plan.tiles.count >= threads)
                #expect(sizes.allSatisfy { (60...120).contains($0) })
            }
        }
    }
}
