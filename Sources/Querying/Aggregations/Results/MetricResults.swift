import JSON
import Mappings

/// The final forms of metrics.
enum MetricResults {
    static func summary(_ specification: SummarySpecification, _ partial: PartialAggregation) -> ReducedAggregation.Body
    {
        var summary = NumberSummary()
        var format = ValueFormat.raw
        if case .summary(let found, let shown) = partial {
            summary = found
            format = shown
        }
        return body(of: summary, specification.output, format, sigma: specification.sigma)
    }

    static func body(
        of summary: NumberSummary, _ output: SummarySpecification.Output, _ format: ValueFormat, sigma: Double
    ) -> ReducedAggregation.Body {
        let isEmpty = summary.count == 0
        func text(_ value: Double) -> String? { format.showsText ? format.text(value) : nil }
        func value(_ value: Double?) -> ReducedAggregation.Body { .value(value, text: value.flatMap(text)) }
        switch output {
        case .avg: return value(isEmpty ? nil : summary.sum / Double(summary.count))
        case .sum: return value(summary.sum)
        case .min: return value(isEmpty ? nil : summary.minimum)
        case .max: return value(isEmpty ? nil : summary.maximum)
        case .valueCount: return .fields([("value", .number(JSONNumber(summary.count)))])
        case .stats, .extendedStats: break
        }
        var values: [(key: String, value: Double?)] = [
            ("min", isEmpty ? nil : summary.minimum), ("max", isEmpty ? nil : summary.maximum),
            ("avg", isEmpty ? nil : summary.sum / Double(summary.count)), ("sum", summary.sum),
        ]
        var bounds: [(key: String, value: Double?)] = []
        if output == .extendedStats {
            let count = Double(summary.count)
            let mean = summary.sum / count
            let deviation = summary.squares - summary.sum * summary.sum / count
            let population = max(0, deviation / count)
            let sampling = summary.count > 1 ? max(0, deviation / (count - 1)) : Double.nan
            func optional(_ value: Double) -> Double? { isEmpty ? nil : value }
            values += [
                ("sum_of_squares", optional(summary.squares)), ("variance", optional(population)),
                ("variance_population", optional(population)), ("variance_sampling", optional(sampling)),
                ("std_deviation", optional(population.squareRoot())),
                ("std_deviation_population", optional(population.squareRoot())),
                ("std_deviation_sampling", optional(sampling.squareRoot())),
            ]
            for (suffix, part) in [("", population), ("_population", population), ("_sampling", sampling)] {
                bounds.append(("upper" + suffix, optional(mean + sigma * part.squareRoot())))
                bounds.append(("lower" + suffix, optional(mean - sigma * part.squareRoot())))
            }
        }
        var fields: [(key: String, value: JSONValue)] = [("count", .number(JSONNumber(summary.count)))]
        for (key, value) in values { fields.append((key, value.map(ReducedAggregation.number) ?? .null)) }
        if output == .extendedStats {
            fields.append(
                (
                    "std_deviation_bounds",
                    .object(
                        JSONObject(
                            bounds.map { (key: $0.key, value: $0.value.map(ReducedAggregation.number) ?? .null) }))
                ))
        }
        if format.showsText, !isEmpty {
            for (key, value) in values {
                if let value { fields.append((key + "_as_string", .string(format.text(value)))) }
            }
        }
        return .fields(fields)
    }

    static func percentiles(
        _ specification: PercentilesSpecification, _ partial: PartialAggregation
    ) -> ReducedAggregation.Body {
        var digest = specification.empty
        var format = ValueFormat.raw
        if case .percentiles(let found, let shown) = partial {
            digest = found
            format = shown
        }
        var keyed = JSONObject()
        var list: [JSONValue] = []
        for point in specification.points {
            let value = specification.isRanks ? digest.percentile(of: point) : digest.value(atPercentile: point)
            let shown: JSONValue = value.isNaN ? .null : .number(JSONNumber(value))
            let key = specification.isRanks && format.showsText ? format.text(point) : JavaNumbers.text(point)
            let text = format.showsText && !specification.isRanks && !value.isNaN ? format.text(value) : nil
            keyed[key] = shown
            if let text { keyed[key + "_as_string"] = .string(text) }
            var entry: JSONObject = ["key": .number(JSONNumber(point)), "value": shown]
            if let text { entry["value_as_string"] = .string(text) }
            list.append(.object(entry))
        }
        return .fields([("values", specification.keyed ? .object(keyed) : .array(list))])
    }

    static func weightedAverage(_ partial: PartialAggregation) -> ReducedAggregation.Body {
        guard case .weightedAverage(let products, let weights, let format) = partial, weights.sum != 0 else {
            return .value(nil, text: nil)
        }
        let value = products.sum / weights.sum
        return .value(value, text: format.showsText ? format.text(value) : nil)
    }

    static func topHits(_ specification: TopHitsSpecification, _ partial: PartialAggregation) -> ReducedAggregation.Body
    {
        var found = PartialHits()
        if case .hits(let hits) = partial { found = hits }
        let order = specification.sort.isEmpty ? [("_score", true)] : specification.sort
        let sorted = found.hits.enumerated().sorted { left, right in
            for (place, key) in order.enumerated() {
                if let result = left.element.keys[place].precedes(right.element.keys[place], descending: key.1) {
                    return result
                }
            }
            return left.offset < right.offset
        }.map(\.element)
        let page = sorted.dropFirst(specification.from).prefix(specification.size)
        let showsScore = specification.sort.isEmpty || specification.sort.contains { $0.field == "_score" }
        let best = showsScore ? found.hits.map(\.score).max() : nil
        return .fields([
            (
                "hits",
                [
                    "total": ["value": .number(JSONNumber(found.total)), "relation": "eq"],
                    "max_score": best.map { .number(JSONNumber(Double($0))) } ?? .null,
                    "hits": .array(page.map(\.json)),
                ]
            )
        ])
    }
}
