/// The values of a percentiles aggregation, as the algorithm that was asked for keeps them.
enum PercentileDigest: Sendable {
    case tDigest(TDigest)
    case hdr(HDRHistogram)

    mutating func merge(_ other: PercentileDigest) {
        switch (self, other) {
        case (.tDigest(var a), .tDigest(let b)):
            a.merge(b)
            self = .tDigest(a)
        case (.hdr(var a), .hdr(let b)):
            a.merge(b)
            self = .hdr(a)
        default: break
        }
    }

    /// The value at a percentile from 0 to 100; NaN without values.
    func value(atPercentile percentile: Double) -> Double {
        switch self {
        case .tDigest(var digest): digest.quantile(percentile / 100)
        case .hdr(let histogram): histogram.value(atPercentile: percentile)
        }
    }

    /// The percentage of values at or below a value; NaN without values.
    func percentile(of value: Double) -> Double {
        switch self {
        case .tDigest(var digest): digest.rank(of: value) * 100
        case .hdr(let histogram): histogram.percentile(of: value)
        }
    }
}

/// What gathers values for percentiles.
protocol PercentileSketch: Sendable {
    mutating func add(_ value: Double)

    var digest: PercentileDigest { get }
}

extension TDigest: PercentileSketch {
    var digest: PercentileDigest { .tDigest(self) }
}

extension HDRHistogram: PercentileSketch {
    var digest: PercentileDigest { .hdr(self) }
}
