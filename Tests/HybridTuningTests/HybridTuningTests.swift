import HybridTuning
import JSON
import Pipelines
import Querying
import Relevance
import Testing

/// The best setting is found, and can be said to a server.
@Suite struct HybridTuningTests {
    /// Forty queries with one relevant document each; `good` has it at the top most of the time, `poor` hardly ever.
    private static func pool(_ systems: [(name: String, misses: Int)]) -> FusionPool {
        var random = Sequence(state: 7)
        var judgements = Judgements()
        var runs = systems.map { RankedRun(name: $0.name) }
        for query in 0..<40 {
            judgements.setGrade(1, query: "q\(query)", document: "right")
            for (number, system) in systems.enumerated() {
                var others = (0..<30).map { "other\($0)" }
                others.shuffle(using: &random)
                others.insert("right", at: Int.random(in: 0..<10, using: &random) < system.misses ? 15 : 0)
                let results = others.enumerated().map {
                    ScoredDocument($1, score: 30 - Double($0) + Double.random(in: 0..<0.9, using: &random))
                }
                runs[number].setResults(results, query: "q\(query)")
            }
        }
        return FusionPool(runs, judgements: judgements, depth: 20)
    }

    private struct Sequence: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 29)
        }
    }

    private static let metric = Metric.nDCG(cutoff: 10)

    private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

    @Test func aWeakSideGetsLittleWeightAndHurtsReciprocalRanks() throws {
        let pool = Self.pool([("poor", 9), ("good", 1)])
        let tuning = HybridTuning(pool, metric: Self.metric)
        let best = try #require(tuning.best.first)
        let alone = Self.mean(pool.perQuery(ofSystem: 1, Self.metric))
        #expect(best.mean >= alone, "the grid has each system alone")
        #expect(best.fusion.weights[1] > best.fusion.weights[0])
        let ranks = Self.mean(pool.perQuery(HybridTuning.rankDefault, Self.metric))
        #expect(ranks < alone - 0.1)
        #expect(tuning.best.count == 8)
        #expect(tuning.best.map(\.mean) == tuning.best.map(\.mean).sorted(by: >))
        #expect(tuning.measured > 17 * 11)
    }

    @Test func figuresAreThoseOfTheSettings() {
        let pool = Self.pool([("a", 5), ("b", 5)])
        for candidate in HybridTuning(pool, metric: Self.metric).best {
            #expect(Self.mean(pool.perQuery(candidate.fusion, Self.metric)) == candidate.mean)
            let even = ScoreFusion(candidate.fusion.technique, weights: [0.5, 0.5])
            #expect(Self.mean(pool.perQuery(even, Self.metric)) <= candidate.mean)
        }
    }

    @Test func equalSettingsGiveEvenWeights() throws {
        let pool = Self.pool([("a", 0), ("b", 0)])
        let best = try #require(HybridTuning(pool, metric: Self.metric).best.first)
        #expect(best.mean == 1)
        #expect(best.fusion.weights == [0.5, 0.5])
    }

    @Test func threeSystemsAreWeighed() throws {
        let pool = Self.pool([("a", 6), ("b", 4), ("c", 10)])
        let best = try #require(HybridTuning(pool, metric: Self.metric).best.first)
        #expect(best.fusion.weights.count == 3)
        #expect(abs(best.fusion.weights.reduce(0, +) - 1) < 1e-6)
        #expect(best.fusion.weights[2] < 0.34)
    }

    @Test(arguments: [
        ScoreFusion(.normalized(.minMax(lowerBounds: [], upperBounds: []), .arithmeticMean), weights: [0.29, 0.71]),
        ScoreFusion(.normalized(.l2, .geometricMean), weights: [0.1, 0.2, 0.7]),
        ScoreFusion(.normalized(.zScore, .arithmeticMean)),
        ScoreFusion(.reciprocalRank(constant: 10), weights: [0.4, 0.6]),
        HybridTuning.normalizationDefault, HybridTuning.rankDefault,
    ])
    func theDefinitionIsReadAsTheSameSetting(fusion: ScoreFusion) throws {
        let definition = try #require(fusion.searchPipeline)
        let read = try JSONValue(parsing: JSONValue.object(definition).serialized())
        let pipeline = try SearchPipeline(try #require(read.object), name: "tuned")
        #expect(pipeline.fusion == fusion)
        #expect(!JSONValue.object(definition).serialized().contains("0000"), "weights are written as they are meant")
    }

    @Test func noPipelineMeansTheBestScore() {
        #expect(ScoreFusion.none.searchPipeline == nil)
    }
}
