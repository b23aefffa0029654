public import JSON

/// The `function_score` part.
public struct FunctionScoreQuery: Sendable, Hashable {
    /// How the functions' values become one.
    public enum ScoreMode: String, Sendable, Hashable {
        /// The product.
        case multiply
        /// The sum.
        case sum
        /// The mean, weighted.
        case avg
        /// The first function whose filter matches.
        case first
        /// The largest.
        case max
        /// The smallest.
        case min
    }

    /// How the query's score and the functions' value become one.
    public enum BoostMode: String, Sendable, Hashable {
        /// The product.
        case multiply
        /// The functions' value alone.
        case replace
        /// The sum.
        case sum
        /// The mean.
        case avg
        /// The larger.
        case max
        /// The smaller.
        case min
    }

    /// A function with the documents that it is for.
    public struct Function: Sendable, Hashable {
        /// The documents it is for; `nil`: all.
        public var filter: Query?
        /// Factor of its value.
        public var weight: Float?
        /// The function; `nil`: 1.
        public var value: Value?
    }

    /// What gives a value to a document.
    public enum Value: Sendable, Hashable {
        /// The `random_score` part.
        case random(seed: Int?, field: String?)
        /// The `field_value_factor` part.
        case field(FieldValueFactor)
        /// `gauss`, `exp` and `linear`
        case decay(Decay)
        /// `script_score` with the script `knn_score`
        case vectors(VectorScript)
    }

    /// The `field_value_factor` part.
    public struct FieldValueFactor: Sendable, Hashable {
        /// A change of the value.
        public enum Modifier: String, Sendable, Hashable {
            /// No change.
            case none
            /// log10(v)
            case log
            /// log10(v + 1)
            case log1p
            /// log10(v + 2)
            case log2p
            /// ln(v)
            case ln
            /// ln(v + 1)
            case ln1p
            /// ln(v + 2)
            case ln2p
            /// v²
            case square
            /// √v
            case sqrt
            /// 1 / v
            case reciprocal
        }

        /// The field.
        public var field: String
        /// The factor, before the modifier.
        public var factor: Float = 1
        /// The change of the value.
        public var modifier = Modifier.none
        /// The value of documents without one.
        public var missing: Double?
    }

    /// A function that falls with the distance from an origin.
    public struct Decay: Sendable, Hashable {
        /// The form of the curve.
        public enum Shape: String, Sendable, Hashable {
            /// Bell
            case gauss
            /// Exponential
            case exp
            /// Straight
            case linear
        }

        /// Which of several values counts.
        public enum MultiValueMode: String, Sendable, Hashable {
            /// The nearest.
            case min
            /// The farthest.
            case max
            /// The mean distance.
            case avg
            /// The sum of distances.
            case sum
        }

        /// The form of the curve.
        public var shape: Shape
        /// The field.
        public var field: String
        /// Where the value is 1; for dates `nil` is now.
        public var origin: JSONValue?
        /// The distance (from `offset`) at which the value is `decay`.
        public var scale: JSONValue
        /// The distance up to which the value is 1.
        public var offset: JSONValue?
        /// The value at `scale`.
        public var decay: Double = 0.5
        /// Which of several values counts.
        public var multiValueMode = MultiValueMode.min
    }

    /// What matches, and scores first.
    public var query: Query
    /// The functions.
    public var functions: [Function]
    /// How the functions' values become one.
    public var scoreMode = ScoreMode.multiply
    /// How the query's score and the functions' value become one.
    public var boostMode = BoostMode.multiply
    /// The bound of the functions' value.
    public var maxBoost = Float.greatestFiniteMagnitude
    /// Documents that score less do not match.
    public var minScore: Float?
    /// Whether the boost multiplies the value of the function, as that of the query `script_score`.
    public var takesBoost = false
}
