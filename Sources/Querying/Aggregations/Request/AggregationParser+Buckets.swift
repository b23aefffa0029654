import JSON
import Mappings

/// Aggregations that make buckets.
extension AggregationParser {
    func terms(_ body: inout AggregationBody) throws -> TermsSpecification {
        let isRare = body.type == "rare_terms"
        body.ignore("execution_hint", "collect_mode", "shard_min_doc_count", "precision")
        let include = try body.take("include").map { try filter($0, "include", body) }
        let exclude = try body.take("exclude").map { try filter($0, "exclude", body) }
        let size = try body.int("size")
        let shardSize = try body.int("shard_size")
        let minimum = try body.long("min_doc_count")
        let maximum = try body.int("max_doc_count")
        let order = try body.order()
        let showsError = try body.bool("show_term_doc_count_error") ?? false
        var terms = TermsSpecification(values: try body.values())
        terms.include = include
        terms.exclude = exclude
        terms.showsError = showsError
        if isRare {
            terms.maximumCount = maximum ?? 1
            terms.size = Int.max
            terms.order = [BucketOrder(target: .count, ascending: true)]
            return terms
        }
        if maximum != nil {
            throw SearchError(type: "x_content_parse_exception", reason: "[terms] unknown field [max_doc_count]")
        }
        if let size {
            guard size > 0 else {
                throw SearchError.illegalArgument(
                    "[size] must be greater than 0. Found [\(size)] in [\(body.name)]")
            }
            terms.size = size
        }
        if let shardSize, shardSize <= 0 {
            throw SearchError.illegalArgument(
                "[shardSize] must be greater than 0. Found [\(shardSize)] in [\(body.name)]")
        }
        terms.shardSize = shardSize
        if let minimum {
            guard minimum >= 0 else {
                throw SearchError.illegalArgument(
                    "[minDocCount] must be greater than or equal to 0. Found [\(minimum)] in [\(body.name)]")
            }
            terms.minimumCount = minimum
        }
        if let order { terms.order = order }
        return terms
    }

    private func filter(_ value: JSONValue, _ key: String, _ body: AggregationBody) throws -> TermFilter {
        switch value {
        case .string(let pattern): return .pattern(pattern)
        case .array(let values): return .values(values)
        case .object(let members):
            guard let partition = members["partition"]?.int, let count = members["num_partitions"]?.int else {
                throw SearchError.illegalArgument(
                    "Missing [partition] or [num_partitions] parameter for partition-based include")
            }
            guard count > 0, (0..<count).contains(partition) else {
                throw SearchError.illegalArgument(
                    "partition id [\(partition)] must be >=0 and < number of partitions [\(count)]")
            }
            return .partition(partition, of: count)
        default: throw body.unexpected(key, value)
        }
    }

    func ranges(_ body: inout AggregationBody) throws -> RangesSpecification {
        let kind = RangesSpecification.Kind(rawValue: body.type) ?? .number
        guard let given = body.take("ranges"), case .array(let entries) = given, !entries.isEmpty else {
            throw SearchError.illegalArgument("No [ranges] specified for the [\(body.name)] aggregation")
        }
        var ranges: [RangesSpecification.Range] = []
        for entry in entries {
            guard case .object(let members) = entry else { throw body.unexpected("ranges", entry) }
            var range = RangesSpecification.Range()
            for (key, value) in members {
                switch key {
                case "key": range.key = value.string
                case "from": range.from = value.isNull ? nil : value
                case "to": range.to = value.isNull ? nil : value
                case "mask" where kind == .address: range.mask = value.string
                default:
                    throw SearchError(
                        type: "x_content_parse_exception", reason: "[\(body.type)] unknown field [\(key)]")
                }
            }
            ranges.append(range)
        }
        let keyed = try body.bool("keyed") ?? false
        return RangesSpecification(kind: kind, values: try body.values(), ranges: ranges, keyed: keyed)
    }

    func filters(_ body: inout AggregationBody) throws -> FiltersSpecification {
        let otherBucket = try body.bool("other_bucket")
        let otherKey = try body.string("other_bucket_key")
        body.ignore("keyed")
        let other = otherKey ?? (otherBucket == true ? "_other_" : nil)
        guard let given = body.take("filters") else {
            throw SearchError.illegalArgument("[filters] cannot be null: [\(body.name)]")
        }
        switch given {
        case .object(let members):
            return FiltersSpecification(
                filters: try members.map { ($0.key, try Query(parsing: $0.value)) }.sorted { $0.0 < $1.0 }, keyed: true,
                otherKey: other)
        case .array(let elements):
            return FiltersSpecification(
                filters: try elements.enumerated().map { ("\($0.offset)", try Query(parsing: $0.element)) },
                keyed: false,
                otherKey: other)
        default: throw body.unexpected("filters", given)
        }
    }

    func composite(_ body: inout AggregationBody) throws -> CompositeSpecification {
        guard let given = body.take("sources"), case .array(let entries) = given, !entries.isEmpty else {
            throw SearchError.illegalArgument(
                "Composite [sources] cannot be null or empty in aggregation [\(body.name)]")
        }
        var composite = CompositeSpecification(sources: [])
        for entry in entries {
            guard case .object(let named) = entry, named.count == 1,
                let (name, value) = named.first(where: { _ in true }),
                case .object(let typed) = value, typed.count == 1,
                let (type, parameters) = typed.first(where: { _ in true }),
                case .object(let members) = parameters
            else { throw body.unexpected("sources", entry) }
            if composite.sources.contains(where: { $0.name == name }) {
                throw SearchError.illegalArgument(
                    "Composite source names must be unique, found duplicates: [\(name)]")
            }
            var inner = AggregationBody(type: type, name: name, members)
            let order = try inner.string("order")
            let includesMissing = try inner.bool("missing_bucket") ?? false
            let missingOrder = try inner.string("missing_order")
            let source: CompositeSpecification.Source
            switch type {
            case "terms": source = .terms(try inner.values())
            case "histogram", "date_histogram": source = .histogram(try histogram(&inner))
            default:
                throw SearchError.illegalArgument("invalid source type: \(type)")
            }
            try inner.finish()
            composite.sources.append(
                CompositeSpecification.Entry(
                    name: name, source: source, ascending: order?.lowercased() != "desc",
                    includesMissing: includesMissing,
                    missingFirst: missingOrder.flatMap { $0 == "first" ? true : $0 == "last" ? false : nil }))
        }
        composite.size = try body.int("size") ?? 10
        guard composite.size > 0 else {
            throw SearchError.illegalArgument("[size] must be greater than 0 in [\(body.name)]")
        }
        composite.after = try body.object("after")
        if let after = composite.after, after.count != composite.sources.count {
            throw SearchError.illegalArgument(
                "[after] has \(after.count) value(s) but [sources] has \(composite.sources.count)")
        }
        return composite
    }
}
