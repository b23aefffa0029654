import JSON
import Mappings

/// Pipelines inside an aggregation with buckets: `cumulative_sum`, `derivative`, `serial_diff`, `bucket_sort`.
enum ParentPipelines {
    static func run(_ node: AggregationRequest.Node, over buckets: [ReducedBucket]) throws -> [ReducedBucket] {
        var buckets = buckets
        for child in node.children {
            guard case .pipeline(let specification) = child.specification, !specification.isSibling else { continue }
            switch specification.kind {
            case .bucketSort: buckets = sort(buckets, specification)
            case .cumulativeSum: try cumulativeSum(&buckets, child, specification)
            case .derivative: try derivative(&buckets, child, specification)
            case .serialDifference: try serialDifference(&buckets, child, specification)
            default: break
            }
        }
        return buckets
    }

    static func format(_ specification: PipelineSpecification) throws -> ValueFormat {
        guard let pattern = specification.format else { return .raw }
        do { return .decimal(try DecimalFormat(pattern)) } catch { throw SearchError.aggregation(error) }
    }

    /// The metric of a bucket; nil where there is none and gaps are skipped.
    private static func value(
        _ bucket: ReducedBucket, _ specification: PipelineSpecification, _ node: AggregationRequest.Node
    ) throws -> Double? {
        guard let value = bucket.metric(specification.path) else {
            throw SearchError(
                type: "action_request_validation_exception",
                reason: "Validation Failed: 1: No aggregation found for path [\(specification.path)];")
        }
        let isGap = value.isNaN || (bucket.count == 0 && specification.path != "_count")
        guard isGap else { return value }
        switch specification.gapPolicy {
        case "insert_zeros": return 0
        case "keep_values": return value.isNaN ? nil : value
        default: return nil
        }
    }

    private static func add(
        _ value: Double?, to bucket: inout ReducedBucket, _ node: AggregationRequest.Node, type: String,
        _ format: ValueFormat
    ) {
        bucket.children.append(
            ReducedAggregation(
                name: node.name, type: type,
                body: .value(value, text: format.showsText ? value.map(format.text) : nil), meta: node.meta))
    }

    private static func cumulativeSum(
        _ buckets: inout [ReducedBucket], _ node: AggregationRequest.Node, _ specification: PipelineSpecification
    ) throws {
        let format = try format(specification)
        var sum = 0.0
        for index in buckets.indices {
            sum += try value(buckets[index], specification, node) ?? 0
            add(sum, to: &buckets[index], node, type: "simple_value", format)
        }
    }

    private static func derivative(
        _ buckets: inout [ReducedBucket], _ node: AggregationRequest.Node, _ specification: PipelineSpecification
    ) throws {
        let format = try format(specification)
        var last: (value: Double, key: Double)?
        for index in buckets.indices {
            guard let value = try value(buckets[index], specification, node) else { continue }
            let key = buckets[index].key.number
            if let last {
                let difference = value - last.value
                if let unit = specification.unit {
                    buckets[index].children.append(
                        ReducedAggregation(
                            name: node.name, type: "derivative",
                            body: .fields([
                                ("value", ReducedAggregation.number(difference)),
                                ("normalized_value", ReducedAggregation.number(difference / ((key - last.key) / unit))),
                            ]), meta: node.meta))
                } else {
                    add(difference, to: &buckets[index], node, type: "simple_value", format)
                }
            }
            last = (value, key)
        }
    }

    private static func serialDifference(
        _ buckets: inout [ReducedBucket], _ node: AggregationRequest.Node, _ specification: PipelineSpecification
    ) throws {
        let format = try format(specification)
        var values: [Double?] = []
        for index in buckets.indices {
            let value = try value(buckets[index], specification, node)
            values.append(value)
            let before = index - specification.lag
            if before >= 0, let value, let earlier = values[before] {
                add(value - earlier, to: &buckets[index], node, type: "simple_value", format)
            }
        }
    }

    private static func sort(
        _ buckets: [ReducedBucket], _ specification: PipelineSpecification
    ) -> [ReducedBucket] {
        var kept = buckets.map { bucket in (bucket, specification.sort.map { bucket.metric($0.path) ?? .nan }) }
        if specification.gapPolicy == "skip" { kept.removeAll { $0.1.contains { $0.isNaN } } }
        let order = kept.indices.sorted { left, right in
            for (place, key) in specification.sort.enumerated() {
                let a = kept[left].1[place]
                let b = kept[right].1[place]
                if a != b, !a.isNaN, !b.isNaN { return (a < b) != key.descending }
            }
            return left < right
        }
        let sorted = order.map { kept[$0].0 }.dropFirst(specification.from)
        return Array(specification.size.map { sorted.prefix($0) } ?? sorted)
    }
}
