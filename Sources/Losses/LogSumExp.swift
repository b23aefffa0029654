#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Sums of exponentials that neither overflow nor vanish.
enum LogSumExp {
    /// log(sum of e^x); -infinity for nothing.
    static func of(_ values: some Sequence<Double>) -> Double {
        let largest = values.reduce(-Double.infinity, Swift.max)
        guard largest > -.infinity else { return largest }
        return largest + log(values.reduce(0) { $0 + exp($1 - largest) })
    }

    /// x - log(sum of e^x) for each x.
    static func logSoftmax(_ values: [Double]) -> [Double] {
        let logarithm = of(values)
        return values.map { $0 - logarithm }
    }

    /// log(1 / (1 + e^-x)).
    static func logSigmoid(_ x: Double) -> Double { min(x, 0) - log1p(exp(-abs(x))) }

    /// 1 / (1 + e^-x).
    static func sigmoid(_ x: Double) -> Double { exp(logSigmoid(x)) }
}
