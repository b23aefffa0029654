/// Writes samples as the Prometheus text format has them.
///
/// Source: https://prometheus.io/docs/instrumenting/exposition_formats/
struct PrometheusText {
    private(set) var text = ""

    /// The lines that introduce a family.
    mutating func begin(_ definition: MetricDefinition) {
        text += "# HELP \(definition.name) \(escaped(definition.help, quotes: false))\n"
        text += "# TYPE \(definition.name) \(definition.kind.name)\n"
    }

    /// A line with one value.
    mutating func sample(_ definition: MetricDefinition, _ labels: [String], _ value: Double) {
        line(definition.name, Array(zip(definition.labels, labels)), value)
    }

    /// The cumulative buckets, the sum and the count.
    mutating func histogram(_ definition: MetricDefinition, _ labels: [String], _ histogram: Histogram) {
        let pairs = Array(zip(definition.labels, labels))
        let (counts, sum) = histogram.snapshot
        var total = 0
        for (index, count) in counts.enumerated() {
            total += count
            let bound = index < histogram.bounds.count ? number(histogram.bounds[index]) : "+Inf"
            line(definition.name + "_bucket", pairs + [("le", bound)], Double(total))
        }
        line(definition.name + "_sum", pairs, sum)
        line(definition.name + "_count", pairs, Double(total))
    }

    private mutating func line(_ name: String, _ labels: [(String, String)], _ value: Double) {
        text += name
        if !labels.isEmpty {
            text += "{" + labels.map { "\($0)=\"\(escaped($1, quotes: true))\"" }.joined(separator: ",") + "}"
        }
        text += " \(number(value))\n"
    }

    private func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        if value == value.rounded(), abs(value) < 1e15 { return String(Int(value)) }
        return value.description
    }

    private func escaped(_ text: String, quotes: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
