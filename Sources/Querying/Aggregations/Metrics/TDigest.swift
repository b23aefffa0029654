#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A merging t-digest (Dunning and Ertl, Computing extremely accurate quantiles using t-digests): percentiles of any number of values in
/// little memory, exact at the ends and for few values.
struct TDigest: Sendable {
    private let compression: Double
    private var means: [Double] = []
    private var weights: [Double] = []
    private var waiting: [(mean: Double, weight: Double)] = []
    private var minimum = Double.infinity
    private var maximum = -Double.infinity

    init(compression: Double) { self.compression = compression }

    mutating func add(_ value: Double) {
        guard !value.isNaN else { return }
        minimum = min(minimum, value)
        maximum = max(maximum, value)
        waiting.append((value, 1))
        if waiting.count >= Int(compression) * 10 { compress() }
    }

    mutating func merge(_ other: TDigest) {
        minimum = min(minimum, other.minimum)
        maximum = max(maximum, other.maximum)
        waiting.append(contentsOf: other.waiting)
        for index in other.means.indices { waiting.append((other.means[index], other.weights[index])) }
        compress()
    }

    /// Merges neighbours as far as the scale function k1 lets them: small centroids at the ends, large ones in the middle.
    mutating func compress() {
        guard !waiting.isEmpty else { return }
        for index in means.indices { waiting.append((means[index], weights[index])) }
        waiting.sort { $0.mean < $1.mean }
        let total = waiting.reduce(0) { $0 + $1.weight }
        means.removeAll(keepingCapacity: true)
        weights.removeAll(keepingCapacity: true)
        var mean = waiting[0].mean
        var weight = waiting[0].weight
        var before = 0.0
        var limit = total * nextQuantile(after: 0)
        for item in waiting.dropFirst() {
            if before + weight + item.weight <= limit {
                weight += item.weight
                mean += (item.mean - mean) * item.weight / weight
            } else {
                means.append(mean)
                weights.append(weight)
                before += weight
                limit = total * nextQuantile(after: before / total)
                mean = item.mean
                weight = item.weight
            }
        }
        means.append(mean)
        weights.append(weight)
        waiting.removeAll(keepingCapacity: true)
    }

    /// The quantile one step of k1 behind another: k1(q) = compression / 2pi * asin(2q - 1).
    private func nextQuantile(after q: Double) -> Double {
        let k = compression / (2 * Double.pi) * asin(2 * min(max(q, 0), 1) - 1) + 1
        let angle = k * 2 * Double.pi / compression
        return angle >= Double.pi / 2 ? 1 : (sin(angle) + 1) / 2
    }

    /// The value below which a part of all values lies; NaN without values.
    mutating func quantile(_ q: Double) -> Double {
        compress()
        let count = means.count
        guard count > 0 else { return .nan }
        if count == 1 { return means[0] }
        let total = weights.reduce(0, +)
        let index = q * total
        if index < 1 { return minimum }
        if weights[0] > 1, index < weights[0] / 2 {
            return minimum + (index - 1) / (weights[0] / 2 - 1) * (means[0] - minimum)
        }
        if index > total - 1 { return maximum }
        let last = weights[count - 1]
        if last > 1, total - index <= last / 2 {
            return maximum - (total - index - 1) / (last / 2 - 1) * (maximum - means[count - 1])
        }
        var passed = weights[0] / 2
        for i in 0..<count - 1 {
            let step = (weights[i] + weights[i + 1]) / 2
            if passed + step > index {
                // A centroid of one value is that value, half a place to either side.
                var leftUnit = 0.0
                if weights[i] == 1 {
                    if index - passed < 0.5 { return means[i] }
                    leftUnit = 0.5
                }
                var rightUnit = 0.0
                if weights[i + 1] == 1 {
                    if passed + step - index <= 0.5 { return means[i + 1] }
                    rightUnit = 0.5
                }
                let z1 = index - passed - leftUnit
                let z2 = passed + step - index - rightUnit
                return (means[i] * z2 + means[i + 1] * z1) / (z1 + z2)
            }
            passed += step
        }
        return maximum
    }

    /// The part of all values that lies at or below a value; NaN without values.
    mutating func rank(of x: Double) -> Double {
        compress()
        let count = means.count
        guard count > 0 else { return .nan }
        if x < minimum { return 0 }
        if x > maximum { return 1 }
        if count == 1 {
            return maximum == minimum ? 0.5 : (x - minimum) / (maximum - minimum)
        }
        let total = weights.reduce(0, +)
        if x < means[0] {
            guard means[0] > minimum else { return 0 }
            if x == minimum { return 0.5 / total }
            return (1 + (x - minimum) / (means[0] - minimum) * (weights[0] / 2 - 1)) / total
        }
        if x > means[count - 1] {
            guard maximum > means[count - 1] else { return 1 }
            if x == maximum { return 1 - 0.5 / total }
            return 1 - (1 + (maximum - x) / (maximum - means[count - 1]) * (weights[count - 1] / 2 - 1)) / total
        }
        var passed = 0.0
        var i = 0
        while i < count - 1 {
            if means[i] == x {
                var equal = 0.0
                while i < count, means[i] == x {
                    equal += weights[i]
                    i += 1
                }
                return (passed + equal / 2) / total
            }
            if means[i] <= x, x < means[i + 1] {
                guard means[i + 1] > means[i] else { return (passed + (weights[i] + weights[i + 1]) / 2) / total }
                var left = 0.0
                var right = 0.0
                if weights[i] == 1 {
                    if weights[i + 1] == 1 { return (passed + 1) / total }
                    left = 0.5
                } else if weights[i + 1] == 1 {
                    right = 0.5
                }
                let between = (weights[i] + weights[i + 1]) / 2 - left - right
                let base = passed + weights[i] / 2 + left
                return (base + between * (x - means[i]) / (means[i + 1] - means[i])) / total
            }
            passed += weights[i]
            i += 1
        }
        return 1 - 0.5 / total
    }
}
