import Mappings

extension PartialAggregation {
    /// One result of the results of several indices.
    static func merged(_ results: [PartialAggregation], node: AggregationRequest.Node) -> PartialAggregation {
        var merged = PartialAggregation.none
        for result in results { merged = merge(merged, result, node: node) }
        return merged
    }

    private static func merge(
        _ left: PartialAggregation, _ right: PartialAggregation, node: AggregationRequest.Node
    ) -> PartialAggregation {
        switch (left, right) {
        case (.none, _): return right
        case (_, .none): return left
        case (.summary(var a, let format), .summary(let b, let other)):
            a.merge(b)
            return .summary(a, format == .raw ? other : format)
        case (.cardinality(var a), .cardinality(let b)):
            a.merge(b)
            return .cardinality(a)
        case (.percentiles(var a, let format), .percentiles(let b, let other)):
            a.merge(b)
            return .percentiles(a, format == .raw ? other : format)
        case (.weightedAverage(var products, var weights, let format), .weightedAverage(let b, let c, _)):
            products.merge(b)
            weights.merge(c)
            return .weightedAverage(products, weights, format)
        case (.hits(var a), .hits(let b)):
            a.hits += b.hits
            a.total += b.total
            return .hits(a)
        case (.bucket(let a), .bucket(let b)): return .bucket(merge(a, b, node: node))
        case (.buckets(let a), .buckets(let b)): return .buckets(merge(a, b, node: node))
        default: return left
        }
    }

    private static func merge(
        _ left: PartialBucket, _ right: PartialBucket, node: AggregationRequest.Node
    ) -> PartialBucket {
        let children = node.children.filter { !$0.isPipeline }
        var merged = left
        merged.count += right.count
        for index in merged.children.indices where index < right.children.count && index < children.count {
            merged.children[index] = merge(merged.children[index], right.children[index], node: children[index])
        }
        return merged
    }

    private static func merge(
        _ left: PartialBuckets, _ right: PartialBuckets, node: AggregationRequest.Node
    ) -> PartialBuckets {
        if left.keyType == .unmapped, left.buckets.isEmpty { return right }
        if right.keyType == .unmapped, right.buckets.isEmpty { return left }
        var merged = left
        // Integers of one index and fractions of another meet as fractions.
        let becomesFloats = left.keyType != right.keyType && [left.keyType, right.keyType].contains(.floats)
        func key(_ key: BucketKey) -> BucketKey {
            if becomesFloats, case .integer(let value) = key { return .double(Double(value)) }
            return key
        }
        if becomesFloats {
            merged.keyType = .floats
            for index in merged.buckets.indices { merged.buckets[index].key = key(merged.buckets[index].key) }
        }
        var places: [BucketKey: Int] = [:]
        for (index, bucket) in merged.buckets.enumerated() { places[bucket.key] = index }
        for bucket in right.buckets {
            if let place = places[key(bucket.key)] {
                merged.buckets[place] = merge(merged.buckets[place], bucket, node: node)
            } else {
                var added = bucket
                added.key = key(bucket.key)
                places[added.key] = merged.buckets.count
                merged.buckets.append(added)
            }
        }
        merged.otherCount += right.otherCount
        return merged
    }
}
