import Synchronization

/// All time series of a process, and their text for Prometheus.
///
/// Ask for a series once and keep it: looking one up takes a lock, feeding it does not. Labels must have few values (model
/// names, routes, status classes): a series is never dropped.
public final class MetricRegistry: Sendable {
    private enum Series: Sendable {
        case counter(Counter)
        case gauge(Gauge)
        case histogram(Histogram)
    }

    private struct Family {
        let definition: MetricDefinition
        var series: [[String]: Series] = [:]
        var collect: (@Sendable () -> [(labels: [String], value: Double)])?
    }

    private let families = Mutex<[String: Family]>([:])

    /// An empty registry.
    public init() {}

    /// The counter with these label values, in the order of the definition's labels.
    public func counter(_ definition: MetricDefinition, _ labels: String...) -> Counter {
        guard case .counter(let counter) = series(definition, labels, { .counter(Counter()) }) else {
            preconditionFailure("\(definition.name) is not a counter")
        }
        return counter
    }

    /// The gauge with these label values.
    public func gauge(_ definition: MetricDefinition, _ labels: String...) -> Gauge {
        guard case .gauge(let gauge) = series(definition, labels, { .gauge(Gauge()) }) else {
            preconditionFailure("\(definition.name) is not a gauge")
        }
        return gauge
    }

    /// The histogram with these label values.
    public func histogram(_ definition: MetricDefinition, _ labels: String...) -> Histogram {
        guard case .histogram(let bounds) = definition.kind,
            case .histogram(let histogram) = series(definition, labels, { .histogram(Histogram(bounds: bounds)) })
        else { preconditionFailure("\(definition.name) is not a histogram") }
        return histogram
    }

    /// A counter or gauge whose values are read when somebody asks for the text.
    public func collect(
        _ definition: MetricDefinition, _ body: @escaping @Sendable () -> [(labels: [String], value: Double)]
    ) {
        families.withLock { $0[definition.name, default: Family(definition: definition)].collect = body }
    }

    /// The definitions of all series so far, by name.
    public var definitions: [MetricDefinition] {
        families.withLock { $0.values.map(\.definition) }.sorted { $0.name < $1.name }
    }

    private func series(
        _ definition: MetricDefinition, _ labels: [String], _ make: () -> Series
    ) -> Series {
        precondition(labels.count == definition.labels.count, "\(definition.name): one value for each label")
        return families.withLock { families in
            if let series = families[definition.name]?.series[labels] { return series }
            let series = make()
            var family = families[definition.name] ?? Family(definition: definition)
            precondition(family.definition == definition, "\(definition.name) is defined twice")
            family.series[labels] = series
            families[definition.name] = family
            return series
        }
    }

    /// The text exposition format 0.0.4 (`text/plain; version=0.0.4`), families by name, series by labels.
    public func prometheusText() -> String {
        var text = PrometheusText()
        for family in families.withLock({ Array($0.values) }).sorted(by: { $0.definition.name < $1.definition.name }) {
            text.begin(family.definition)
            for (labels, series) in family.series.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
                switch series {
                case .counter(let counter): text.sample(family.definition, labels, Double(counter.value))
                case .gauge(let gauge): text.sample(family.definition, labels, Double(gauge.value))
                case .histogram(let histogram): text.histogram(family.definition, labels, histogram)
                }
            }
            for (labels, value) in family.collect?() ?? [] { text.sample(family.definition, labels, value) }
        }
        return text.text
    }
}
