import Relevance
import TestSupport
import Testing

@Suite struct PairedComparisonTests {
    @Test func equalSystemsDoNotDiffer() {
        let values = [0.1, 0.5, 1, 0]
        let comparison = PairedComparison(values, values)
        #expect(comparison.difference == 0)
        #expect(comparison.interval == 0...0)
        #expect(comparison.pValue == 1)
        #expect((comparison.better, comparison.worse, comparison.equal) == (0, 0, 4))
    }

    @Test func aConstantGainIsCertain() {
        let first = (0..<50).map { Double($0) / 100 }
        let comparison = PairedComparison(first, first.map { $0 + 0.25 }, resamples: 1000)
        #expect(abs(comparison.difference - 0.25) < 1e-12)
        #expect(comparison.pValue < 0.002)
        #expect(comparison.better == 50)
        #expect(comparison.interval.lowerBound > 0.249)
    }

    /// The bootstrap's interval has to agree with the normal one for many independent differences: mean ± 1.96 s / sqrt(n).
    @Test func theIntervalAgreesWithTheNormalOneOnManyQueries() {
        var random = SeededGenerator(seed: 3)
        let first = (0..<2000).map { _ in Double.random(in: 0..<1, using: &random) }
        let second = first.map { $0 + Double.random(in: -0.4...0.5, using: &random) }
        let comparison = PairedComparison(first, second, resamples: 4000)
        let differences = zip(first, second).map { $1 - $0 }
        let mean = differences.reduce(0, +) / 2000
        let variance = differences.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 1999
        let half = 1.96 * (variance / 2000).squareRoot()
        #expect(abs(comparison.interval.lowerBound - (mean - half)) < half * 0.1)
        #expect(abs(comparison.interval.upperBound - (mean + half)) < half * 0.1)
    }

    /// Under no difference, p values are uniform: about one in twenty is below 0.05.
    @Test func pValuesAreUniformWithoutADifference() {
        var random = SeededGenerator(seed: 11)
        var below = 0
        for trial in 0..<400 {
            let first = (0..<60).map { _ in Double.random(in: 0..<1, using: &random) }
            let second = (0..<60).map { _ in Double.random(in: 0..<1, using: &random) }
            if PairedComparison(first, second, resamples: 300, seed: UInt64(trial)).pValue < 0.05 { below += 1 }
        }
        #expect((8...36).contains(below))
    }

    @Test func theSeedDecidesTheResult() {
        let first = [0.1, 0.9, 0.4, 0.3, 0.8]
        let second = [0.3, 0.7, 0.9, 0.3, 0.9]
        #expect(PairedComparison(first, second) == PairedComparison(first, second))
        #expect(PairedComparison(first, second, seed: 1) != PairedComparison(first, second, seed: 2))
    }
}
