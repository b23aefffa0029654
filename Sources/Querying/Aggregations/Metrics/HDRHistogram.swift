#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A histogram with a high dynamic range: values are kept to so many significant decimal digits, whatever their size.
///
/// Its percentiles are those of HdrHistogram's `DoubleHistogram`: the highest value that cannot be told apart from the value at the rank.
struct HDRHistogram: Sendable {
    /// Each power of two is cut into so many equal buckets.
    private let bucketsPerPower: Int
    private var counts: [Int: Int] = [:]
    private var zeros = 0
    private var lowestPower = Int.max
    private(set) var total = 0
    /// Whether a value could not be counted because it was negative.
    private(set) var hasNegative = false

    /// - Parameter digits: significant decimal digits, from 0 to 5.
    init(digits: Int) {
        var wanted = 2
        for _ in 0..<digits { wanted *= 10 }
        var buckets = 1
        while buckets < wanted { buckets *= 2 }
        bucketsPerPower = max(1, buckets / 2)
    }

    /// Counts a value; a negative one is only noted.
    mutating func add(_ value: Double) {
        if value < 0 {
            hasNegative = true
            return
        }
        total += 1
        if value == 0 {
            zeros += 1
            return
        }
        lowestPower = min(lowestPower, Int(value.exponent))
        counts[bucket(of: value), default: 0] += 1
    }

    mutating func merge(_ other: HDRHistogram) {
        total += other.total
        hasNegative = hasNegative || other.hasNegative
        zeros += other.zeros
        lowestPower = min(lowestPower, other.lowestPower)
        counts.merge(other.counts, uniquingKeysWith: +)
    }

    private func bucket(of value: Double) -> Int {
        let power = Int(value.exponent)
        let place = Int(scalbn(value, -Int32(power)) * Double(bucketsPerPower)) - bucketsPerPower
        return power * bucketsPerPower + min(place, bucketsPerPower - 1)
    }

    /// The highest value of a bucket: one unit of the lowest power's buckets below the next one.
    private func highest(of bucket: Int) -> Double {
        let place = bucket - power(of: bucket) * bucketsPerPower
        let units = scalbn(1.0, Int32(power(of: bucket) - lowestPower))
        let low = Double(bucketsPerPower + place) * units
        return (low + units - 1) * unit
    }

    private func power(of bucket: Int) -> Int {
        bucket >= 0 ? bucket / bucketsPerPower : -((-bucket + bucketsPerPower - 1) / bucketsPerPower)
    }

    private var unit: Double { scalbn(1.0, Int32(lowestPower)) / Double(bucketsPerPower) }

    /// The value at a percentile from 0 to 100; NaN without values.
    func value(atPercentile percentile: Double) -> Double {
        if total == 0 { return .nan }
        let wanted = max(1, Int((max(percentile.nextDown, 0) * Double(total) / 100).rounded(.up)))
        if wanted <= zeros { return 0 }
        var passed = zeros
        let sorted = counts.keys.sorted()
        for bucket in sorted {
            passed += counts[bucket] ?? 0
            if passed < wanted { continue }
            // At zero percent the lowest value counts.
            if percentile == 0 {
                let place = bucket - power(of: bucket) * bucketsPerPower
                return scalbn(Double(bucketsPerPower + place), Int32(power(of: bucket))) / Double(bucketsPerPower)
            }
            return highest(of: bucket)
        }
        return sorted.last.map { highest(of: $0) } ?? 0
    }

    /// The percentage of values at or below a value; NaN without values.
    func percentile(of value: Double) -> Double {
        if total == 0 { return .nan }
        if value < 0 { return 0 }
        var passed = zeros
        if value > 0 {
            let limit = bucket(of: value)
            for (bucket, count) in counts where bucket <= limit { passed += count }
        }
        return 100 * Double(passed) / Double(total)
    }
}
