import Foundation
import Querying
import TestSupport
import Testing

/// The formulas of normalisation and combination, beside plain ones in double precision and by their properties.
struct ScoreFusionTests {
    /// Descending scores, some of them equal.
    static func scores(_ count: Int, _ generator: inout SeededGenerator) -> [Float] {
        (0..<count).map { _ in Float(Int.random(in: 1...400, using: &generator)) / 16 }.sorted(by: >)
    }

    static func isClose(_ a: Float, _ b: Double) -> Bool { abs(Double(a) - b) <= 1e-5 * max(1, abs(b)) }

    /// The formulas as they are written down, in double precision.
    static func reference(_ technique: ScoreNormalization, _ scores: [Float]) -> [Double] {
        let values = scores.map { Double($0) }
        switch technique {
        case .minMax:
            let (low, high) = (values.min()!, values.max()!)
            return values.map { low == high ? 1 : $0 == low ? 0.001 : ($0 - low) / (high - low) }
        case .l2:
            let norm = sqrt(values.reduce(0) { $0 + $1 * $1 })
            return values.map { $0 / norm }
        case .zScore:
            let mean = values.reduce(0, +) / Double(values.count)
            let squares = values.reduce(0) { $0 + pow($1 - mean, 2) }
            let deviation = values.count < 2 ? 0 : sqrt(squares / Double(values.count - 1))
            return values.map {
                if Float($0) == Float(mean) { return values.max()! }
                if deviation == 0 { return values.min()! }
                return $0 <= mean ? 0.001 : ($0 - mean) / deviation
            }
        }
    }

    static func reference(_ technique: ScoreCombination, _ parts: [Float?], _ weights: [Float]) -> Double {
        let weights = weights.isEmpty ? parts.map { _ in 1.0 } : weights.map { Double($0) }
        let found = zip(parts, weights).filter { ($0.0 ?? 0) > 0 }.map { (Double($0.0!), $0.1) }
        let sum = found.reduce(0) { $0 + $1.1 }
        if found.isEmpty || sum == 0 && technique != .arithmeticMean { return 0 }
        switch technique {
        case .arithmeticMean:
            return found.reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0, +)
        case .geometricMean: return exp(found.reduce(0) { $0 + $1.1 * log($1.0) } / sum)
        case .harmonicMean: return sum / found.reduce(0) { $0 + $1.1 / $1.0 }
        }
    }

    static let techniques: [ScoreNormalization] = [.minMax(lowerBounds: [], upperBounds: []), .l2, .zScore]

    @Test("Normalised and combined scores equal the formulas on random scores", arguments: techniques)
    func formulas(_ technique: ScoreNormalization) {
        var generator = SeededGenerator(seed: 17)
        for round in 0..<2000 {
            let scores = Self.scores(1 + round % 23, &generator)
            let normalized = technique.normalized(scores, query: 0)
            let expected = Self.reference(technique, scores)
            // A mean in single precision is off by up to half a unit of its last place, which the deviation divides.
            let deviation = (scores.max()! - scores.min()!) / Float(scores.count)
            let slack = technique == .zScore && deviation > 0 ? Double(2 * scores[0].ulp / deviation) : 0
            #expect(
                zip(normalized, expected).allSatisfy { Self.isClose($0, $1) || abs(Double($0) - $1) <= slack },
                "of \(scores.count) scores")
            // Monotone: a better score never becomes a worse one. Not so z-scores as OpenSearch defines them: that of the mean is
            // the best score, and below the mean all are 0.001, though above it they may be smaller.
            for (a, b) in zip(normalized, normalized.dropFirst()) where technique != .zScore { #expect(a >= b) }
        }
    }

    @Test("Combinations weigh, and leave out what a query did not find", arguments: ScoreCombination.allCases)
    func combinations(_ technique: ScoreCombination) {
        var generator = SeededGenerator(seed: 17)
        for _ in 0..<2000 {
            let count = Int.random(in: 1...5, using: &generator)
            let parts: [Float?] = (0..<count).map { _ in
                Int.random(in: 0..<4, using: &generator) == 0 ? nil : Float.random(in: 0...1, using: &generator)
            }
            let raw = (0..<count).map { _ in Float.random(in: 0.05...1, using: &generator) }
            let weights = Bool.random(using: &generator) ? [] : raw.map { $0 / raw.reduce(0, +) }
            let combined = technique.combined(parts, weights: weights)
            #expect(Self.isClose(combined, Self.reference(technique, parts, weights)))
            // Better parts never make a worse score.
            var better = parts
            for i in parts.indices { better[i] = parts[i].map { min(1, $0 + 0.25) } }
            #expect(technique.combined(better, weights: weights) >= combined - 1e-6)
        }
    }

    @Test("Single and equal scores, zeros, and what is missing have the values that OpenSearch gives them")
    func edges() {
        let minMax = ScoreNormalization.minMax(lowerBounds: [], upperBounds: [])
        #expect(minMax.normalized([7], query: 0) == [1])
        #expect(minMax.normalized([7, 7, 7], query: 0) == [1, 1, 1])
        #expect(minMax.normalized([3, 2, 1], query: 0) == [1, 0.5, 0.001])
        #expect(minMax.normalized([], query: 0) == [])
        #expect(ScoreNormalization.l2.normalized([0, 0], query: 0) == [0, 0])
        #expect(ScoreNormalization.l2.normalized([4, 3], query: 0) == [0.8, 0.6])
        #expect(ScoreNormalization.zScore.normalized([5], query: 0) == [5])
        #expect(ScoreNormalization.zScore.normalized([3, 2, 1], query: 0) == [1, 3, 0.001])
        #expect(ScoreCombination.arithmeticMean.combined([1, nil], weights: []) == 0.5)
        #expect(ScoreCombination.arithmeticMean.combined([1, nil], weights: [0.3, 0.7]) == 0.3)
        #expect(ScoreCombination.geometricMean.combined([0.25, nil], weights: []) == 0.25)
        #expect(ScoreCombination.harmonicMean.combined([0.5, 0.25], weights: []) == Float(2.0 / 6.0))
        #expect(ScoreCombination.harmonicMean.combined([nil, nil], weights: []) == 0)
        #expect(ScoreCombination.geometricMean.combined([0, nil], weights: []) == 0)
    }

    @Test("Scores that are all 0 are the least; what is no number does no harm")
    func degenerate() {
        let plain = ScoreNormalization.minMax(lowerBounds: [], upperBounds: [])
        #expect(plain.normalized([0, 0], query: 0) == [0.001, 0.001])
        #expect(plain.normalized([0], query: 0) == [0.001])
        for technique in Self.techniques {
            #expect(technique.normalized([.nan, 1, .infinity], query: 0).count == 3)
        }
    }

    @Test("Bounds apply, clip or are ignored")
    func bounds() {
        func normalized(_ lower: ScoreBound?, _ upper: ScoreBound?, _ scores: [Float]) -> [Float] {
            ScoreNormalization.minMax(
                lowerBounds: lower.map { [$0] } ?? [], upperBounds: upper.map { [$0] } ?? []
            ).normalized(scores, query: 0)
        }
        let scores: [Float] = [10, 6, 2]
        #expect(normalized(ScoreBound(mode: .apply, score: 0), nil, scores) == [1, 0.6, 0.2])
        #expect(normalized(ScoreBound(mode: .apply, score: 4), nil, scores) == [1, Float(2.0 / 6.0), 0.001])
        #expect(normalized(ScoreBound(mode: .clip, score: 4), nil, scores) == [1, Float(2.0 / 6.0), 0.001])
        #expect(normalized(ScoreBound(mode: .clip, score: 20), nil, scores) == [1, 0.5, 0.001])
        #expect(normalized(ScoreBound(mode: .ignore, score: 4), nil, scores) == [1, 0.5, 0.001])
        #expect(normalized(nil, ScoreBound(mode: .clip, score: 6), scores) == [1, 1, 0.001])
        #expect(normalized(nil, ScoreBound(mode: .apply, score: 8), scores) == [1, Float(4.0 / 6.0), 0.001])
    }

    @Test("Reciprocal ranks add up, with weights if there are any")
    func reciprocalRanks() {
        let fusion = ScoreFusion(.reciprocalRank(constant: 60))
        let parts = fusion.parts([9, 8, 7], query: 0)
        #expect(parts == [Float(0.0163934426), Float(0.0161290323), Float(0.0158730159)])
        #expect(fusion.combined([parts[0], nil]) == parts[0])
        #expect(fusion.combined([parts[0], parts[2]]) == parts[0] + parts[2])
        let weighted = ScoreFusion(.reciprocalRank(constant: 60), weights: [0.7, 0.3])
        #expect(weighted.combined([parts[0], parts[2]]) == parts[0] * 0.7 + parts[2] * 0.3)
    }
}
