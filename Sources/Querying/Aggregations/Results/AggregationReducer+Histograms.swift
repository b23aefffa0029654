import JSON
import Mappings

/// The final forms of histograms.
extension AggregationReducer {
    mutating func reduceHistogram(
        _ partial: PartialBuckets, _ specification: HistogramSpecification, _ node: AggregationRequest.Node,
        into result: inout ReducedAggregation
    ) throws {
        var zone = TimeZoneRules.utc
        if let name = specification.values.timeZone {
            do { zone = try TimeZoneRules(name) } catch { throw SearchError.aggregation(error) }
        }
        var rounding = HistogramRounding(specification, zone: zone)
        var found = partial.buckets.sorted { BucketKey.precedes($0.key, $1.key) }
        if specification.minimumCount == 0 { try fill(&found, partial.format, specification, &rounding) }
        var buckets: [ReducedBucket] = []
        for bucket in found where bucket.count >= specification.minimumCount {
            var members: [(key: String, value: JSONValue)] = []
            var text: String?
            if partial.format.showsText {
                let shown = partial.format.text(bucket.key.number)
                text = shown
                members.append(("key_as_string", .string(shown)))
            }
            members.append(("key", bucket.key.json(.raw)))
            var reduced = ReducedBucket(
                key: bucket.key, keyText: text ?? JavaNumbers.text(bucket.key.number), members: members,
                count: bucket.count, children: [])
            reduced.children = try children(of: bucket, node)
            buckets.append(reduced)
        }
        if specification.order.target != .key || !specification.order.ascending {
            try sort(&buckets, by: [specification.order], node)
        }
        try count(buckets.count)
        result.body = .buckets(buckets, before: [], keyed: specification.keyed)
    }

    /// Adds the empty buckets between those that were found, and out to the bounds.
    private func fill(
        _ buckets: inout [PartialBucket], _ format: ValueFormat, _ specification: HistogramSpecification,
        _ rounding: inout HistogramRounding
    ) throws {
        var first = buckets.first.map { rounding.key(of: $0.key) }
        var last = buckets.last.map { rounding.key(of: $0.key) }
        if let bounds = specification.extendedBounds {
            let low = try bounds.0.map { try HistogramBounds.value($0, format, now, roundsUp: false) }
            let high = try bounds.1.map { try HistogramBounds.value($0, format, now, roundsUp: true) }
            if let low, let high, low > high {
                throw SearchError.aggregation(
                    "[extended_bounds.min][\(JavaNumbers.text(low))] cannot be greater than "
                        + "[extended_bounds.max][\(JavaNumbers.text(high))] for histogram aggregation")
            }
            if let low {
                let key = rounding.key(low)
                first = min(first ?? key, key)
            }
            if let high {
                let key = rounding.key(high)
                last = max(last ?? key, key)
            }
        }
        guard let start = first ?? last, let end = last ?? first, start <= end else { return }
        var all: [PartialBucket] = []
        var place = 0
        var key = start
        while key <= end {
            if place < buckets.count, rounding.key(of: buckets[place].key) <= key {
                all.append(buckets[place])
                place += 1
                if rounding.key(of: all[all.count - 1].key) < key { continue }
            } else {
                all.append(PartialBucket(key: rounding.bucketKey(key), count: 0, children: []))
            }
            if all.count > maximumBuckets {
                throw SearchError.tooManyBuckets(all.count, limit: maximumBuckets)
            }
            key = rounding.next(key)
        }
        all += buckets[place...]
        buckets = all
    }
}
