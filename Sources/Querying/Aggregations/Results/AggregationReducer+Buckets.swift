import JSON
import Mappings

/// The final forms of buckets.
extension AggregationReducer {
    mutating func reduceBuckets(
        _ partial: PartialBuckets, _ node: AggregationRequest.Node, into result: inout ReducedAggregation
    ) throws {
        switch node.specification {
        case .terms(let specification): try reduceTerms(partial, specification, node, into: &result)
        case .histogram(let specification): try reduceHistogram(partial, specification, node, into: &result)
        case .ranges(let specification): try reduceRanges(partial, specification, node, into: &result)
        case .filters(let specification): try reduceFilters(partial, specification, node, into: &result)
        case .composite(let specification): try reduceComposite(partial, specification, node, into: &result)
        default: break
        }
        guard case .buckets(let buckets, let before, let keyed) = result.body else { return }
        let piped = try ParentPipelines.run(node, over: buckets)
        result.body = .buckets(piped, before: before, keyed: keyed)
    }

    // MARK: Terms

    private mutating func reduceTerms(
        _ partial: PartialBuckets, _ specification: TermsSpecification, _ node: AggregationRequest.Node,
        into result: inout ReducedAggregation
    ) throws {
        let isRare = specification.maximumCount != nil
        var buckets: [ReducedBucket] = []
        var otherCount = partial.otherCount
        for bucket in partial.buckets where bucket.count >= specification.minimumCount {
            if let maximum = specification.maximumCount, bucket.count > maximum { continue }
            var members: [(key: String, value: JSONValue)] = [("key", bucket.key.json(partial.format))]
            if partial.format.showsText, partial.keyType != .strings {
                var text = partial.format.text(bucket.key.number)
                // OpenSearch shows these with all digits, whatever the pattern.
                if case .unsigned(let value) = bucket.key { text = String(value) }
                members.append(("key_as_string", .string(text)))
            }
            var reduced = ReducedBucket(
                key: bucket.key, keyText: "", members: members, count: bucket.count, children: [])
            reduced.children = try children(of: bucket, node)
            if specification.showsError { reduced.after = [("doc_count_error_upper_bound", 0)] }
            buckets.append(reduced)
        }
        try sort(&buckets, by: specification.order, node)
        if buckets.count > specification.size {
            otherCount += buckets[specification.size...].reduce(0) { $0 + $1.count }
            buckets.removeSubrange(specification.size...)
        }
        try count(buckets.count)
        let prefix =
            switch partial.keyType {
            case .strings: "s"
            case .integers: "l"
            case .floats: "d"
            case .unsigned: "ul"
            case .unmapped: "um"
            }
        result.type = prefix + (isRare ? "rareterms" : "terms")
        let before: [(key: String, value: JSONValue)] =
            isRare
            ? []
            : [("doc_count_error_upper_bound", 0), ("sum_other_doc_count", .number(JSONNumber(otherCount)))]
        result.body = .buckets(buckets, before: before, keyed: false)
    }

    func sort(
        _ buckets: inout [ReducedBucket], by orders: [BucketOrder], _ node: AggregationRequest.Node
    ) throws {
        var keys: [[Double]] = []
        for order in orders {
            if case .path(let path) = order.target, let first = buckets.first, first.metric(path) == nil {
                throw SearchError(
                    type: "aggregation_execution_exception",
                    reason:
                        "Invalid aggregator order path [\(path)]. The provided aggregation [\(path)] either does not "
                        + "exist, or is a pipeline aggregation and cannot be used to sort the buckets.",
                    status: 500, phase: .query)
            }
        }
        for bucket in buckets {
            keys.append(
                orders.map { order in
                    if case .path(let path) = order.target { return bucket.metric(path) ?? .nan }
                    return order.target == .count ? Double(bucket.count) : 0
                })
        }
        let sorted = buckets.indices.sorted { left, right in
            for (place, order) in orders.enumerated() {
                if order.target == .key {
                    if buckets[left].key != buckets[right].key {
                        return BucketKey.precedes(buckets[left].key, buckets[right].key) == order.ascending
                    }
                    continue
                }
                let a = keys[left][place]
                let b = keys[right][place]
                // Buckets without a value come last, whatever the direction.
                if a.isNaN || b.isNaN {
                    if a.isNaN == b.isNaN { continue }
                    return b.isNaN
                }
                if a != b { return (a < b) == order.ascending }
            }
            return BucketKey.precedes(buckets[left].key, buckets[right].key)
        }
        buckets = sorted.map { buckets[$0] }
    }

    // MARK: Ranges and filters

    private mutating func reduceRanges(
        _ partial: PartialBuckets, _ specification: RangesSpecification, _ node: AggregationRequest.Node,
        into result: inout ReducedAggregation
    ) throws {
        try count(partial.buckets.count)
        let buckets = try partial.buckets.enumerated().map { place, bucket in
            let range = place < partial.ranges.count ? partial.ranges[place] : ResolvedRange()
            let (key, members) = RangeResults.members(of: range, specification.kind, partial.format)
            var reduced = ReducedBucket(
                key: bucket.key, keyText: key, members: [("key", .string(key))] + members, count: bucket.count,
                children: [])
            reduced.children = try children(of: bucket, node)
            reduced.hidesKeyWhenKeyed = true
            return reduced
        }
        result.body = .buckets(buckets, before: [], keyed: specification.keyed)
    }

    private mutating func reduceFilters(
        _ partial: PartialBuckets, _ specification: FiltersSpecification, _ node: AggregationRequest.Node,
        into result: inout ReducedAggregation
    ) throws {
        let names = specification.filters.map(\.name) + (specification.otherKey.map { [$0] } ?? [])
        try count(names.count)
        let buckets = try names.enumerated().map { place, name in
            let bucket =
                place < partial.buckets.count
                ? partial.buckets[place] : PartialBucket(key: .place(place), count: 0, children: [])
            var reduced = ReducedBucket(
                key: bucket.key, keyText: name, members: [], count: bucket.count, children: [])
            reduced.children = try children(of: bucket, node)
            return reduced
        }
        result.body = .buckets(buckets, before: [], keyed: specification.keyed)
    }

    // MARK: Composite

    private mutating func reduceComposite(
        _ partial: PartialBuckets, _ specification: CompositeSpecification, _ node: AggregationRequest.Node,
        into result: inout ReducedAggregation
    ) throws {
        func tuple(_ bucket: PartialBucket) -> [BucketKey] {
            if case .tuple(let keys) = bucket.key { keys } else { [] }
        }
        let sorted = partial.buckets.sorted { CompositeOrder.precedes(tuple($0), tuple($1), specification.sources) }
            .prefix(specification.size)
        try count(sorted.count)
        var buckets: [ReducedBucket] = []
        for bucket in sorted {
            let keys = tuple(bucket)
            var key = JSONObject()
            for (place, entry) in specification.sources.enumerated() {
                key[entry.name] = shown(
                    keys[place], entry, place < partial.formats.count ? partial.formats[place] : .raw)
            }
            var reduced = ReducedBucket(
                key: bucket.key, keyText: "", members: [("key", .object(key))], count: bucket.count, children: [])
            reduced.children = try children(of: bucket, node)
            buckets.append(reduced)
        }
        var before: [(key: String, value: JSONValue)] = []
        if let last = buckets.last, let key = last.members.first?.value { before.append(("after_key", key)) }
        result.body = .buckets(buckets, before: before, keyed: false)
    }

    private func shown(
        _ key: BucketKey, _ entry: CompositeSpecification.Entry, _ format: ValueFormat
    ) -> JSONValue {
        if key == .missing { return .null }
        var isFormatted = false
        switch entry.source {
        case .terms(let values): isFormatted = values.format != nil
        case .histogram(let histogram): isFormatted = histogram.values.format != nil
        }
        if case .boolean = format { return .bool(key.number != 0) }
        if isFormatted, format.showsText { return .string(format.text(key.number)) }
        return key.json(format)
    }
}

/// The keys and ends of ranges as they are shown.
enum RangeResults {
    static func members(
        of range: ResolvedRange, _ kind: RangesSpecification.Kind, _ format: ValueFormat
    ) -> (key: String, members: [(key: String, value: JSONValue)]) {
        var members: [(key: String, value: JSONValue)] = []
        var ends: [String] = []
        if kind == .address {
            for (name, bytes) in [("from", range.fromBytes), ("to", range.toBytes)] {
                let text = bytes.map { IPAddress(bytes: $0).description }
                if let text { members.append((name, .string(text))) }
                ends.append(text ?? "*")
            }
            return (range.key ?? range.mask ?? ends.joined(separator: "-"), members)
        }
        for (name, value) in [("from", range.from), ("to", range.to)] {
            guard let value else {
                ends.append("*")
                continue
            }
            members.append((name, .number(JSONNumber(value))))
            if format.showsText { members.append((name + "_as_string", .string(format.text(value)))) }
            ends.append(format.text(value))
        }
        return (range.key ?? ends.joined(separator: "-"), members)
    }
}
