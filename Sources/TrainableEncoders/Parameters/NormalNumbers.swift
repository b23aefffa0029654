#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Normally distributed numbers that are a function of seed, stream and position.
///
/// SplitMix64 over a counter (Steele et al., OOPSLA 2014), two numbers of which make one by the method of Box and Muller.
struct NormalNumbers {
    private let start: UInt64

    /// - Parameter stream: another one has other numbers.
    init(seed: UInt64, stream: UInt32) {
        start = Self.mix(seed &+ Self.mix(UInt64(stream) &+ 1))
    }

    /// Writes numbers with mean 0.
    func fill(_ values: UnsafeMutableBufferPointer<Float>, deviation: Float) {
        if deviation == 0 {
            values.update(repeating: 0)
            return
        }
        for position in values.indices {
            let first = uniform(UInt64(position) * 2)
            let second = uniform(UInt64(position) * 2 + 1)
            let number = (-2 * log(1 - first)).squareRoot() * cos(2 * Double.pi * second)
            values[position] = Float(number) * deviation
        }
    }

    /// From 0, below 1.
    private func uniform(_ counter: UInt64) -> Double {
        Double(Self.mix(start &+ counter &* 0x9E37_79B9_7F4A_7C15) >> 11) * 0x1p-53
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        var z = value &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
