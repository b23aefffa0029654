#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// How a `rank_feature` query scores a stored weight, in the float operations of Lucene's `FeatureField`.
///
/// Scores grow with the weight. A field with `positive_score_impact: false` stores the reciprocal (``storedValue(of:positiveScoreImpact:)``) and is
/// scored by the same functions, pivots included; ``log(scalingFactor:)`` is refused there (``refusal(positiveScoreImpact:)``).
public enum FeatureFunction: Sendable, Equatable {
    /// `w * S`.
    case linear
    /// `w * S / (S + pivot)`.
    case saturation(pivot: Float)
    /// `w * ln(scalingFactor + S)`.
    case log(scalingFactor: Float)
    /// `w * S^exponent / (S^exponent + pivot^exponent)`.
    case sigmoid(pivot: Float, exponent: Float)

    /// The pivot that `saturation` has when none is given: the weight whose bits are the mean of the bits, about the geometric mean.
    ///
    /// - Parameters:
    ///   - bitSum: sum of ``FeatureWeight/bits`` over all postings of the feature in the index.
    ///   - count: how many postings there are; without any the pivot is 1.
    public static func defaultPivot(bitSum: UInt64, count: Int) -> Float {
        guard count > 0 else { return 1 }
        let mean = Float(Double(bitSum) / Double(count))
        return Float(bitPattern: UInt32(mean) << 15)
    }

    /// The value to store for a value of a document.
    public static func storedValue(of value: Float, positiveScoreImpact: Bool) -> Float {
        positiveScoreImpact ? value : 1 / value
    }

    /// Why a field cannot be scored by this function; `nil`: it can.
    public func refusal(positiveScoreImpact: Bool) -> String? {
        guard case .log = self, !positiveScoreImpact else { return nil }
        return
            "Cannot use the [log] function with a field that has a negative score impact as it would trigger negative scores"
    }

    /// The score of a stored weight.
    ///
    /// - Parameter boost: the query's boost, `w` above.
    public func score(_ weight: FeatureWeight, boost: Float) -> Float {
        let value = weight.value
        switch self {
        case .linear: return boost * value
        // Never falls with the weight in spite of rounding, as 1 - a / b does not.
        case .saturation(let pivot): return boost * (1 - pivot / (value + pivot))
        case .log(let factor): return Float(Double(boost) * logarithm(Double(factor + value)))
        case .sigmoid(let pivot, let exponent):
            let raised = power(Double(pivot), Double(exponent))
            return Float(Double(boost) * (1 - raised / (power(Double(value), Double(exponent)) + raised)))
        }
    }
}

private func logarithm(_ x: Double) -> Double {
    #if canImport(Glibc)
        Glibc.log(x)
    #elseif canImport(Musl)
        Musl.log(x)
    #else
        Darwin.log(x)
    #endif
}

private func power(_ x: Double, _ y: Double) -> Double {
    #if canImport(Glibc)
        Glibc.pow(x, y)
    #elseif canImport(Musl)
        Musl.pow(x, y)
    #else
        Darwin.pow(x, y)
    #endif
}
