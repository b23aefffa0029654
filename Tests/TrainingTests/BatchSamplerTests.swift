import TestSupport
import Testing
import Training

@Suite struct BatchSamplerTests {
    /// Random samplers, over texts that many examples share.
    private static func random(_ seed: UInt64) -> BatchSampler {
        var generator = SeededGenerator(seed: seed)
        let count = Int.random(in: 1...300, using: &generator)
        let vocabulary = Int32.random(in: 2...400, using: &generator)
        return BatchSampler(
            count: count, batchSize: Int.random(in: 1...40, using: &generator), seed: seed,
            isShuffled: Bool.random(using: &generator), dropsIncomplete: Bool.random(using: &generator),
            lengths: Bool.random(using: &generator)
                ? (0..<count).map { _ in Int.random(in: 1...50, using: &generator) } : nil,
            texts: Bool.random(using: &generator)
                ? (0..<count).map { _ in
                    (0..<Int.random(in: 1...3, using: &generator)).map { _ in
                        Int32.random(in: 0..<vocabulary, using: &generator)
                    }
                } : nil)
    }

    @Test func everyExampleComesOnceAndNoBatchHasATextTwice() {
        for seed in 0..<200 as Range<UInt64> {
            let sampler = Self.random(seed)
            for epoch in 0..<2 {
                let batches = sampler.batches(epoch: epoch)
                let all = batches.flatMap { $0 }
                #expect(Set(all).count == all.count)
                if !sampler.dropsIncomplete { #expect(Set(all) == Set(0..<sampler.count)) }
                for batch in batches {
                    #expect(!batch.isEmpty && batch.count <= sampler.batchSize)
                    if sampler.dropsIncomplete { #expect(batch.count == sampler.batchSize) }
                    guard let texts = sampler.texts else { continue }
                    let taken = batch.flatMap { Array(Set(texts[$0])) }
                    #expect(Set(taken).count == taken.count)
                }
                #expect(batches == sampler.batches(epoch: epoch))
            }
        }
    }

    @Test func withoutShufflingTheOrderIsThatOfTheData() {
        let sampler = BatchSampler(count: 10, batchSize: 4, seed: 1, isShuffled: false)
        #expect(sampler.batches(epoch: 3) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]])
        var apart = sampler
        apart.texts = (0..<10).map { [Int32($0 / 2)] }
        #expect(apart.batches(epoch: 0) == [[0, 2, 4, 6], [1, 3, 5, 7], [8], [9]])
    }

    @Test func epochsAndSeedsHaveOrdersOfTheirOwn() {
        var sampler = BatchSampler(count: 1000, batchSize: 1000, seed: 42)
        let first = sampler.batches(epoch: 0)[0]
        #expect(first != Array(0..<1000))
        #expect(sampler.batches(epoch: 1)[0] != first)
        sampler.seed = 43
        #expect(sampler.batches(epoch: 0)[0] != first)
        // A fair shuffle leaves one of a thousand in its place on average.
        #expect(first.enumerated().count { $0 == $1 } < 8)
        sampler.seed = 42
        // Philox 4x32-10 with the key 42 and the counters (example, 0, epoch, 1), in Python: the same on every machine.
        #expect(first.prefix(4) == [520, 811, 302, 900])
    }

    @Test func batchesOfLikeLengthSpanLess() {
        var generator = SeededGenerator(seed: 5)
        let lengths = (0..<1600).map { _ in Int.random(in: 1...500, using: &generator) }
        func spread(_ sampler: BatchSampler) -> Int {
            var sum = 0
            for batch in sampler.batches(epoch: 0) {
                let found = batch.map { lengths[$0] }
                sum += (found.max() ?? 0) - (found.min() ?? 0)
            }
            return sum
        }
        let any = BatchSampler(count: 1600, batchSize: 16, seed: 9)
        var like = any
        like.lengths = lengths
        #expect(spread(like) * 10 < spread(any))
        let longest = like.batches(epoch: 0).map { lengths[$0[0]] }
        #expect(longest != longest.sorted(by: >))
    }
}
