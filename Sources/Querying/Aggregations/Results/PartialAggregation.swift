import JSON
import Mappings

/// What one aggregation found in one index, for one bucket around it.
///
/// Results of several indices are merged before anything is shown.
indirect enum PartialAggregation: Sendable {
    /// Nothing: the bucket around has no documents here.
    case none
    case summary(NumberSummary, ValueFormat)
    case cardinality(HyperLogLog)
    case percentiles(PercentileDigest, ValueFormat)
    /// Sums of products, and of weights.
    case weightedAverage(NumberSummary, NumberSummary, ValueFormat)
    case hits(PartialHits)
    case bucket(PartialBucket)
    case buckets(PartialBuckets)
}

/// Documents with one key.
struct PartialBucket: Sendable {
    var key: BucketKey
    var count: Int
    var children: [PartialAggregation]
}

/// The buckets of one aggregation.
struct PartialBuckets: Sendable {
    var buckets: [PartialBucket] = []
    /// Documents in buckets that were left out.
    var otherCount = 0
    var format = ValueFormat.raw
    /// The ends of ranges, in the order of the buckets.
    var ranges: [ResolvedRange] = []
    /// Formats of the parts of composite keys.
    var formats: [ValueFormat] = []
    var keyType = KeyType.unmapped

    /// What `typed_keys` calls the keys.
    enum KeyType: Sendable { case strings, integers, floats, unsigned, unmapped }
}

/// Hits, best first, with what they are ordered by.
struct PartialHits: Sendable {
    struct Hit: Sendable {
        var score: Float
        var keys: [SortKey]
        var json: JSONValue
    }

    var hits: [Hit] = []
    var total = 0
}

/// What hits are ordered by: missing values come last.
enum SortKey: Sendable, Hashable {
    case number(Double)
    case integer(Int64)
    case bytes([UInt8])
    case missing

    /// Whether this key comes before another one, ascending or descending; nil if they are equal.
    func precedes(_ other: SortKey, descending: Bool) -> Bool? {
        switch (self, other) {
        case (.missing, .missing): return nil
        case (.missing, _): return false
        case (_, .missing): return true
        case (.number(let a), .number(let b)): return a == b ? nil : (a < b) != descending
        case (.integer(let a), .integer(let b)): return a == b ? nil : (a < b) != descending
        case (.bytes(let a), .bytes(let b)): return a == b ? nil : a.lexicographicallyPrecedes(b) != descending
        default: return nil
        }
    }
}

/// What tells buckets of one aggregation apart.
enum BucketKey: Sendable, Hashable {
    /// The only bucket, or one of several by its place.
    case place(Int)
    case bytes([UInt8])
    case integer(Int64)
    case double(Double)
    case unsigned(UInt64)
    /// The key of a composite bucket.
    case tuple([BucketKey])
    /// No value, in a composite key.
    case missing

    /// By value; a missing key comes first.
    static func precedes(_ left: BucketKey, _ right: BucketKey) -> Bool {
        switch (left, right) {
        case (.place(let a), .place(let b)): a < b
        case (.bytes(let a), .bytes(let b)): a.lexicographicallyPrecedes(b)
        case (.integer(let a), .integer(let b)): a < b
        case (.double(let a), .double(let b)): a < b
        case (.unsigned(let a), .unsigned(let b)): a < b
        case (.missing, .missing): false
        case (.missing, _): true
        case (_, .missing): false
        default: left.number < right.number
        }
    }

    /// The key as a number, for keys that are.
    var number: Double {
        switch self {
        case .integer(let value): Double(value)
        case .double(let value): value
        case .unsigned(let value): Double(value)
        case .place(let place): Double(place)
        default: .nan
        }
    }

    /// The key as JSON.
    func json(_ format: ValueFormat) -> JSONValue {
        switch self {
        case .place(let place): .number(JSONNumber(place))
        case .bytes(let bytes): format.json(bytes)
        case .integer(let value): .number(JSONNumber(Int(value)))
        case .double(let value): .number(JSONNumber(value))
        case .unsigned(let value): .number(JSONNumber(value))
        case .tuple, .missing: .null
        }
    }

    /// The key of a number that the index keeps.
    init(_ value: Int64, _ encoding: NumericEncoding) {
        switch encoding {
        case .integer: self = .integer(value)
        case .nanoseconds: self = .integer(value / 1_000_000)
        case .unsigned: self = .unsigned(UInt64(bitPattern: value ^ .min))
        case .floating, .scaled: self = .double(encoding.double(value))
        }
    }
}
