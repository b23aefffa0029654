/// How a term's frequency and the length of its field become a score.
///
/// Never falls with a higher frequency nor rises with a longer field: pruning relies on that.
public struct TermWeight: Sendable {
    /// The forms of scoring.
    public enum Form: Sendable {
        /// `weight - weight / (1 + frequency * normInverse[norm])`: BM25 with its table of 256 lengths.
        case saturating(weight: Float, normInverse: [Float])
        /// The same score for every document with the term.
        case constant(Float)
        /// `weight * value`, where the frequency holds the upper half of a float32's bits (Lucene's `FeatureField`: `bits >> 15`).
        case linear(weight: Float)
        /// `weight * value / (value + pivot)` of such a value.
        case saturation(weight: Float, pivot: Float)
        /// `weight * ln(scaling + value)` of such a value.
        case logarithm(weight: Float, scaling: Float)
        /// `weight * value^exponent / (value^exponent + pivot^exponent)` of such a value.
        case sigmoid(weight: Float, pivot: Float, exponent: Float)
    }

    /// The form and its parameters.
    public let form: Form

    /// A scoring of the given form.
    public init(_ form: Form) { self.form = form }

    /// The score of a frequency and a norm byte (1 where the field has no norms).
    public func score(frequency: Float, norm: UInt8) -> Float {
        switch form {
        case .saturating(let weight, let normInverse):
            return weight - weight / (1 + frequency * normInverse[Int(norm)])
        case .constant(let value): return value
        case .linear(let weight): return weight * Self.featureValue(frequency)
        case .saturation(let weight, let pivot):
            return weight * (1 - pivot / (Self.featureValue(frequency) + pivot))
        case .logarithm(let weight, let scaling):
            return Float(Double(weight) * naturalLogarithm(Double(scaling + Self.featureValue(frequency))))
        case .sigmoid(let weight, let pivot, let exponent):
            let pivotPower = raise(Double(pivot), Double(exponent))
            let power = raise(Double(Self.featureValue(frequency)), Double(exponent))
            return Float(Double(weight) * (1 - pivotPower / (power + pivotPower)))
        }
    }

    /// No document scores more.
    public var bound: Float {
        switch form {
        case .saturating(let weight, _): weight
        case .constant(let value): value
        case .linear, .logarithm: .infinity
        case .saturation(let weight, _), .sigmoid(let weight, _, _): weight
        }
    }

    /// The frequency under which a feature's value is kept: the top nine bits of the fraction.
    public static func featureFrequency(_ value: Float) -> UInt32 { value.bitPattern >> 15 }

    /// The value that such a frequency stands for.
    public static func featureValue(_ frequency: Float) -> Float {
        Float(bitPattern: UInt32(frequency) << 15)
    }
}
