import RandomNumbers

/// Says whether the difference of two systems on the same queries is more than luck with the queries.
///
/// The queries are resampled with replacement (the paired bootstrap; Efron & Tibshirani 1993, for retrieval: Sakai 2006,
/// https://doi.org/10.1145/1148170.1148261). Assumes nothing about the distribution of the differences, but that the
/// queries are a fair sample of those that users ask.
public struct PairedComparison: Sendable, Hashable {
    /// Mean of the second system minus mean of the first.
    public let difference: Double
    /// The range that holds 95 % of the resampled differences.
    public let interval: ClosedRange<Double>
    /// The two-sided probability of a difference at least this large if both were equally good, from resampling the centred
    /// differences; never below 1 / (resamples + 1).
    public let pValue: Double
    /// Queries on which the second system is better, worse, and equal (within 1e-12).
    public let better: Int
    /// Queries on which the second system is worse.
    public let worse: Int
    /// Queries on which both are equal.
    public let equal: Int

    /// Compares per-query values of two systems, given in the same order of queries.
    ///
    /// The same input and seed give the same result on every machine.
    ///
    /// - Precondition: both arrays have the same, non-zero count.
    /// - Complexity: O(queries x resamples).
    public init(_ first: [Double], _ second: [Double], resamples: Int = 10_000, seed: UInt64 = 20_061_106) {
        precondition(first.count == second.count && !first.isEmpty, "a comparison needs pairs")
        let differences = zip(first, second).map { $1 - $0 }
        let count = differences.count
        let mean = differences.reduce(0, +) / Double(count)
        var random = SplitMix(seed: seed)
        var means: [Double] = []
        means.reserveCapacity(resamples)
        var extreme = 0
        for _ in 0..<resamples {
            var sum = 0.0
            for _ in 0..<count { sum += differences[Int.random(in: 0..<count, using: &random)] }
            let resampled = sum / Double(count)
            means.append(resampled)
            // A resample of the centred differences is this one shifted by the mean.
            if abs(resampled - mean) >= abs(mean) - 1e-15 { extreme += 1 }
        }
        means.sort()
        func quantile(_ share: Double) -> Double { means[min(resamples - 1, Int(share * Double(resamples)))] }
        self.difference = mean
        self.interval = resamples > 0 ? quantile(0.025)...quantile(0.975) : mean...mean
        self.pValue = Double(extreme + 1) / Double(resamples + 1)
        self.better = differences.count { $0 > 1e-12 }
        self.worse = differences.count { $0 < -1e-12 }
        self.equal = count - better - worse
    }
}
