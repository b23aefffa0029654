import HybridTuning
import Querying
import Relevance
import Testing

/// Lists of two systems become one, as a hybrid search makes them one.
@Suite struct FusionPoolTests {
    private static let words = RankedRun(
        name: "words",
        results: ["q": [.init("a", score: 9), .init("b", score: 5), .init("c", score: 1), .init("cut", score: 0.5)]])
    private static let vectors = RankedRun(
        name: "vectors", results: ["q": [.init("c", score: 0.9), .init("d", score: 0.7), .init("a", score: 0.5)]])
    private static let judgements = Judgements(["q": ["c": 1, "a": 0, "elsewhere": 1]])

    private static var pool: FusionPool { FusionPool([words, vectors], judgements: judgements, depth: 3) }

    private func order(_ fusion: ScoreFusion) -> [String] {
        Self.pool.run(fusion, name: "fused").ranking(of: "q").map(\.document)
    }

    @Test func scoresAreNormalisedAndWeighted() throws {
        // min_max of the words: a 1, b 0.5, c 0.001; of the vectors: c 1, d 0.5, a 0.001.
        let even = ScoreFusion(.normalized(.minMax(lowerBounds: [], upperBounds: []), .arithmeticMean))
        #expect(order(even) == ["c", "a", "d", "b"], "equal scores stand in descending order of ids")
        let scores = Self.pool.run(even, name: "fused").ranking(of: "q").map(\.score)
        #expect(zip(scores, [0.5005, 0.5005, 0.25, 0.25]).allSatisfy { abs($0 - $1) < 1e-6 })
        #expect(order(ScoreFusion(even.technique, weights: [0.9, 0.1])) == ["a", "b", "c", "d"])
        #expect(order(ScoreFusion(even.technique, weights: [0.1, 0.9])) == ["c", "d", "a", "b"])
    }

    @Test func ranksAreFused() {
        // a: 1/61 + 1/63, c: 1/63 + 1/61, b and d: 1/62.
        #expect(order(.init(.reciprocalRank(constant: 60))) == ["c", "a", "d", "b"])
        // a: 0.9/61 + 0.1/63, c: 0.9/63 + 0.1/61, b: 0.9/62, d: 0.1/62.
        #expect(order(.init(.reciprocalRank(constant: 60), weights: [0.9, 0.1])) == ["a", "c", "b", "d"])
    }

    @Test func figuresAreThoseOfTheFusedRun() {
        let fusion = ScoreFusion(.reciprocalRank(constant: 10), weights: [0.3, 0.7])
        let metric = Metric.nDCG(cutoff: 10)
        let run = Self.pool.run(fusion, name: "fused")
        let evaluation = Evaluation(of: run, against: Self.judgements, metrics: [metric])
        #expect(Self.pool.perQuery(fusion, metric) == evaluation.perQuery(metric))
        #expect(Self.pool.perQuery(ofSystem: 1, .reciprocalRank(cutoff: nil)) == [1])
        #expect(Self.pool.perQuery(ofSystem: 0, .reciprocalRank(cutoff: nil)) == [1.0 / 3])
    }

    @Test func aQueryWithoutResultsCountsNothing() {
        let judgements = Judgements(["q": ["c": 1], "other": ["c": 1]])
        let pool = FusionPool([Self.words, Self.vectors], judgements: judgements, depth: 3)
        #expect(pool.queries == ["other", "q"])
        #expect(pool.perQuery(HybridTuning.rankDefault, .success(cutoff: 3)) == [0, 1])
    }
}
