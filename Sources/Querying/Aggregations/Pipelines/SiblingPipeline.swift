import JSON
import Mappings

extension PipelineSpecification {
    /// Whether it stands beside the aggregation that it reads, not inside it.
    var isSibling: Bool {
        switch kind {
        case .avgBucket, .sumBucket, .minBucket, .maxBucket, .statsBucket, .extendedStatsBucket, .percentilesBucket:
            true
        case .cumulativeSum, .derivative, .serialDifference, .bucketSort: false
        }
    }
}

/// Pipelines over the buckets of a sibling: `avg_bucket`, `sum_bucket`, `min_bucket`, `max_bucket`, `stats_bucket`,
/// `extended_stats_bucket`, `percentiles_bucket`.
enum SiblingPipeline {
    static func run(
        _ specification: PipelineSpecification, _ node: AggregationRequest.Node, over siblings: [ReducedAggregation]
    ) throws -> ReducedAggregation {
        let steps = specification.path.split(separator: ">", maxSplits: 1).map(String.init)
        guard let name = steps.first, let sibling = siblings.first(where: { $0.name == name }) else {
            throw SearchError(
                type: "action_request_validation_exception",
                reason: "Validation Failed: 1: No aggregation exists for path [\(specification.path)];")
        }
        guard case .buckets(let buckets, _, _) = sibling.body, steps.count > 1 else {
            throw SearchError(
                type: "action_request_validation_exception",
                reason:
                    "Validation Failed: 1: The first aggregation in buckets_path must be a multi-bucket aggregation for "
                    + "aggregation [\(node.name)] found :[\(sibling.type)] for buckets path: [\(specification.path)];")
        }
        var values: [(value: Double, key: String)] = []
        for bucket in buckets {
            guard let value = bucket.metric(steps[1]) else {
                throw SearchError(
                    type: "aggregation_execution_exception",
                    reason:
                        "buckets_path must reference either a number value or a single value numeric metric aggregation",
                    status: 500, phase: .query)
            }
            let isGap = value.isNaN || (bucket.count == 0 && steps[1] != "_count")
            if isGap, specification.gapPolicy == "skip" { continue }
            values.append((isGap && specification.gapPolicy == "insert_zeros" ? 0 : value, bucket.shownKey))
        }
        return try result(specification, node, values.filter { !$0.value.isNaN })
    }

    private static func result(
        _ specification: PipelineSpecification, _ node: AggregationRequest.Node,
        _ values: [(value: Double, key: String)]
    ) throws -> ReducedAggregation {
        let format = try ParentPipelines.format(specification)
        var summary = NumberSummary()
        for (value, _) in values { summary.add(value) }
        var result = ReducedAggregation(
            name: node.name, type: "simple_value", body: .value(nil, text: nil), meta: node.meta)
        func text(_ value: Double) -> String? { format.showsText ? format.text(value) : nil }
        switch specification.kind {
        case .avgBucket:
            let mean = summary.sum / Double(summary.count)
            result.body = summary.count == 0 ? .value(nil, text: nil) : .value(mean, text: text(mean))
        case .sumBucket: result.body = .value(summary.sum, text: text(summary.sum))
        case .minBucket, .maxBucket:
            let isMinimum = specification.kind == .minBucket
            let best = isMinimum ? summary.minimum : summary.maximum
            result.type = "bucket_metric_value"
            var fields: [(key: String, value: JSONValue)] = [
                ("value", values.isEmpty ? .null : .number(JSONNumber(best)))
            ]
            if let shown = text(best), !values.isEmpty { fields.append(("value_as_string", .string(shown))) }
            fields.append(("keys", .array(values.filter { $0.value == best }.map { .string($0.key) })))
            result.body = .fields(fields)
        case .statsBucket, .extendedStatsBucket:
            let isExtended = specification.kind == .extendedStatsBucket
            result.type = isExtended ? "extended_stats_bucket" : "stats_bucket"
            result.body = MetricResults.body(
                of: summary, isExtended ? .extendedStats : .stats, format, sigma: specification.sigma)
        default:
            result.type = "percentiles_bucket"
            let sorted = values.map(\.value).sorted()
            var members = JSONObject()
            for percent in specification.percents {
                // The nearest rank, as OpenSearch takes it.
                let index = Int((percent / 100 * Double(sorted.count - 1)).rounded())
                members[JavaNumbers.text(percent)] = sorted.isEmpty ? .null : .number(JSONNumber(sorted[max(0, index)]))
            }
            result.body = .fields([("values", .object(members))])
        }
        return result
    }
}

extension ReducedBucket {
    /// The key as the keys of `max_bucket` show it.
    var shownKey: String {
        if let text = members.first(where: { $0.key == "key_as_string" })?.value.string { return text }
        guard let key = members.first(where: { $0.key == "key" })?.value else { return keyText }
        if let text = key.string { return text }
        if case .number(let number) = key, !number.isInteger { return JavaNumbers.text(number.double) }
        return key.serialized()
    }
}
