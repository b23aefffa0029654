/// What a step of each feature's quantised weight is worth, so that weights of different features compare.
final class FeatureSteps: @unchecked Sendable {
    /// One a short number, as shares of the largest.
    private let steps: UnsafeMutablePointer<Float>

    /// - Parameter scales: the weight that 255 stands for, for each term.
    init(scales: [Float]) {
        steps = .allocate(capacity: 1 << 16)
        steps.initialize(repeating: 0, count: 1 << 16)
        let largest = scales.max() ?? 1
        for (number, scale) in scales.enumerated() { steps[number & 0xffff] = scale / largest }
    }

    deinit { steps.deallocate() }

    @inline(__always)
    subscript(_ number: UInt16) -> Float { steps[Int(number)] }

    /// A weight in steps of the feature with the largest ones: at most 255.
    @inline(__always)
    func value(_ number: UInt16, _ weight: UInt8) -> Float { Float(weight) * steps[Int(number)] }

    /// A whole number that about `count` weights of a vector reach; more where some are nearly equal, all where it is 0.
    func least(of vector: SeismicVector, reachedBy count: Int) -> UInt8 {
        guard vector.count > count else { return 0 }
        return withUnsafeTemporaryAllocation(of: Int32.self, capacity: 256) { counts in
            counts.initialize(repeating: 0)
            for i in 0..<vector.count { counts[Int(value(vector.numbers[i], vector.weights[i]))] += 1 }
            var reached = 0, least = 255
            while least > 0 {
                reached += Int(counts[least])
                if reached >= count { break }
                least -= 1
            }
            return UInt8(least)
        }
    }
}
