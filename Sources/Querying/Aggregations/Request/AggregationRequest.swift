public import JSON

/// The aggregations of a search, read and checked; independent of any index.
public struct AggregationRequest: Sendable {
    /// One named aggregation with those inside it.
    struct Node: Sendable {
        let name: String
        let type: String
        let specification: AggregationSpecification
        var children: [Node]
        let meta: JSONValue?

        var isPipeline: Bool { if case .pipeline = specification { true } else { false } }
    }

    let nodes: [Node]

    /// Reads the value of `aggs` or `aggregations`.
    ///
    /// - Throws: ``SearchError`` as OpenSearch words it.
    public init(parsing json: JSONValue) throws {
        nodes = try AggregationParser().nodes(json, depth: 0)
    }

    /// Whether any of them reads the scores of hits.
    public var needsScores: Bool { nodes.contains(where: Self.needsScores) }

    private static func needsScores(_ node: Node) -> Bool {
        if case .topHits = node.specification { return true }
        return node.children.contains(where: needsScores)
    }
}

/// What an aggregation does, with its parameters.
indirect enum AggregationSpecification: Sendable {
    case summary(SummarySpecification)
    case cardinality(ValuesSpecification, precisionThreshold: Int)
    case percentiles(PercentilesSpecification)
    case weightedAverage(value: ValuesSpecification, weight: ValuesSpecification, format: String?)
    case topHits(TopHitsSpecification)
    case terms(TermsSpecification)
    case histogram(HistogramSpecification)
    case ranges(RangesSpecification)
    case filter(Query)
    case filters(FiltersSpecification)
    case global
    case missing(field: String)
    case nested(path: String)
    case reverseNested(path: String?)
    case composite(CompositeSpecification)
    case pipeline(PipelineSpecification)
}

/// Where an aggregation's values come from.
struct ValuesSpecification: Sendable {
    var field: String
    /// What documents without a value count as.
    var missing: JSONValue?
    var format: String?
    var timeZone: String?
}

/// `avg`, `sum`, `min`, `max`, `value_count`, `stats`, `extended_stats`: all from one pass.
struct SummarySpecification: Sendable {
    enum Output: String, Sendable {
        case avg, sum, min, max, stats
        case valueCount = "value_count"
        case extendedStats = "extended_stats"
    }

    var output: Output
    var values: ValuesSpecification
    /// Standard deviations of the bounds of `extended_stats`.
    var sigma = 2.0
}

struct PercentilesSpecification: Sendable {
    var values: ValuesSpecification
    /// Percents, or values for `percentile_ranks`.
    var points: [Double]
    var isRanks: Bool
    var keyed: Bool
    /// The algorithm, without values.
    var empty: PercentileDigest
}

struct TopHitsSpecification: Sendable {
    var from = 0
    var size = 3
    var sort: [(field: String, descending: Bool)] = []
    /// The whole body, for what concerns the contents of hits.
    var body: JSONObject
}

/// How buckets are ordered: by count, key or a metric inside them.
struct BucketOrder: Sendable {
    enum Target: Sendable, Equatable {
        case count
        case key
        /// `inner>metric.value`
        case path(String)
    }

    var target: Target
    var ascending: Bool
}

struct TermsSpecification: Sendable {
    var values: ValuesSpecification
    var size = 10
    var shardSize: Int?
    var minimumCount = 1
    var order: [BucketOrder] = [BucketOrder(target: .count, ascending: false)]
    var include: TermFilter?
    var exclude: TermFilter?
    var showsError = false
    /// `rare_terms`: the most documents a bucket may have.
    var maximumCount: Int?
}

/// `include` and `exclude` of terms.
enum TermFilter: Sendable {
    case pattern(String)
    case values([JSONValue])
    case partition(Int, of: Int)
}

struct HistogramSpecification: Sendable {
    enum Interval: Sendable {
        case number(Double)
        case calendar(CalendarUnit)
        /// Milliseconds.
        case fixed(Int64)
    }

    enum CalendarUnit: Sendable { case second, minute, hour, day, week, month, quarter, year }

    var values: ValuesSpecification
    var interval: Interval
    /// In the values' unit: milliseconds for dates.
    var offset = 0.0
    var minimumCount = 0
    var keyed = false
    var order = BucketOrder(target: .key, ascending: true)
    var extendedBounds: (JSONValue?, JSONValue?)?
    var hardBounds: (JSONValue?, JSONValue?)?

    var isDate: Bool { if case .number = interval { false } else { true } }
}

struct RangesSpecification: Sendable {
    enum Kind: String, Sendable {
        case number = "range"
        case date = "date_range"
        case address = "ip_range"
    }

    struct Range: Sendable {
        var key: String?
        var from: JSONValue?
        var to: JSONValue?
        /// An address block, in place of ends.
        var mask: String?
    }

    var kind: Kind
    var values: ValuesSpecification
    var ranges: [Range]
    var keyed = false
}

struct FiltersSpecification: Sendable {
    /// Names and queries, in order; numbers as names where the filters have none.
    var filters: [(name: String, query: Query)]
    var keyed: Bool
    /// The name of a last bucket with what matches no filter.
    var otherKey: String?
}

struct CompositeSpecification: Sendable {
    enum Source: Sendable {
        case terms(ValuesSpecification)
        case histogram(HistogramSpecification)
    }

    struct Entry: Sendable {
        var name: String
        var source: Source
        var ascending = true
        var includesMissing = false
        /// Where documents without a value are sorted: nil for first when ascending.
        var missingFirst: Bool?
    }

    var sources: [Entry]
    var size = 10
    var after: JSONObject?
}

struct PipelineSpecification: Sendable {
    enum Kind: String, Sendable {
        case avgBucket = "avg_bucket"
        case sumBucket = "sum_bucket"
        case minBucket = "min_bucket"
        case maxBucket = "max_bucket"
        case statsBucket = "stats_bucket"
        case extendedStatsBucket = "extended_stats_bucket"
        case percentilesBucket = "percentiles_bucket"
        case cumulativeSum = "cumulative_sum"
        case derivative
        case serialDifference = "serial_diff"
        case bucketSort = "bucket_sort"
    }

    var kind: Kind
    var path = ""
    var format: String?
    /// `skip`, `insert_zeros` or `keep_values`.
    var gapPolicy = "skip"
    /// Of `bucket_sort`.
    var sort: [(path: String, descending: Bool)] = []
    var from = 0
    var size: Int?
    /// Of `serial_diff`.
    var lag = 1
    /// Of `percentiles_bucket`.
    var percents: [Double] = []
    var sigma = 2.0
    /// Of `derivative`: milliseconds.
    var unit: Double?
}
