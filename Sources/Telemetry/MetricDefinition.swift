/// What a time series is called, what it counts, in which unit, and which labels split it.
///
/// Definitions are constants of the target that feeds them, so that documentation and tests can list them all.
public struct MetricDefinition: Sendable, Hashable {
    /// How values of a series relate over time.
    public enum Kind: Sendable, Hashable {
        /// Only grows.
        case counter
        /// Goes up and down.
        case gauge
        /// Counts observations by size. The buckets' upper bounds ascend; the one without bound is implied.
        case histogram(bounds: [Double])

        /// The word of the Prometheus text format.
        public var name: String {
            switch self {
            case .counter: "counter"
            case .gauge: "gauge"
            case .histogram: "histogram"
            }
        }
    }

    /// The name on the wire; counters end in `_total`, units are part of the name (`_seconds`, `_bytes`).
    public let name: String
    /// Counter, gauge or histogram.
    public let kind: Kind
    /// The unit of a value, such as `seconds`, `bytes`, `tokens` or `requests`.
    public let unit: String
    /// The names of the labels, in the order in which values are given.
    public let labels: [String]
    /// One sentence.
    public let help: String

    /// A definition.
    public init(_ name: String, _ kind: Kind, unit: String, labels: [String] = [], help: String) {
        self.name = name
        self.kind = kind
        self.unit = unit
        self.labels = labels
        self.help = help
    }

    /// Bounds that grow by a factor, from `first` on.
    public static func exponentialBounds(from first: Double, by factor: Double, count: Int) -> [Double] {
        var bounds: [Double] = []
        var bound = first
        for _ in 0..<count {
            bounds.append(bound)
            bound *= factor
        }
        return bounds
    }
}
