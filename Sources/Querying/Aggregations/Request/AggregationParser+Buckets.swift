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
        let minimum = try body.int("min_doc_count")
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

    func histogram(_ body: inout AggregationBody) throws -> HistogramSpecification {
        let isDate = body.type == "date_histogram"
        let interval = isDate ? try dateInterval(&body) : try numberInterval(&body)
        var offset = 0.0
        if let given = body.take("offset") {
            if let number = given.double {
                offset = number
            } else if isDate, let text = given.string {
                offset = Double(try Self.signedMilliseconds(text))
            } else if let number = given.string.flatMap({ Double($0) }) {
                offset = number
            } else {
                throw body.unexpected("offset", given)
            }
        }
        let minimum = try body.int("min_doc_count") ?? 0
        let keyed = try body.bool("keyed") ?? false
        let order = try body.order()?.first
        let extended = try bounds("extended_bounds", &body)
        let hard = try bounds("hard_bounds", &body)
        var histogram = HistogramSpecification(values: try body.values(), interval: interval)
        histogram.offset = offset
        histogram.minimumCount = minimum
        histogram.keyed = keyed
        if let order { histogram.order = order }
        histogram.extendedBounds = extended
        histogram.hardBounds = hard
        if case .number(let step) = interval {
            // An offset is only a place within one interval.
            histogram.offset = offset - step * (offset / step).rounded(.down)
        }
        return histogram
    }

    private func numberInterval(_ body: inout AggregationBody) throws -> HistogramSpecification.Interval {
        guard let interval = try body.double("interval") else {
            throw SearchError.illegalArgument("[interval] must be > 0 for histogram aggregation [\(body.name)]")
        }
        guard interval > 0, interval.isFinite else {
            throw SearchError.illegalArgument("[interval] must be >0 for histogram aggregation [\(body.name)]")
        }
        return .number(interval)
    }

    private static let calendarUnits: [String: HistogramSpecification.CalendarUnit] = [
        "year": .year, "1y": .year, "quarter": .quarter, "1q": .quarter, "month": .month, "1M": .month, "week": .week,
        "1w": .week, "day": .day, "1d": .day, "hour": .hour, "1h": .hour, "minute": .minute, "1m": .minute,
        "second": .second, "1s": .second,
    ]

    private func dateInterval(_ body: inout AggregationBody) throws -> HistogramSpecification.Interval {
        let calendar = try body.string("calendar_interval")
        let fixed = try body.string("fixed_interval")
        let either = try body.string("interval")
        if let calendar {
            guard let unit = Self.calendarUnits[calendar] else {
                throw SearchError.illegalArgument(
                    "The supplied interval [\(calendar)] could not be parsed as a calendar interval.")
            }
            if fixed != nil {
                throw SearchError.illegalArgument(
                    "Cannot use [fixed_interval] with [calendar_interval] configuration option.")
            }
            return .calendar(unit)
        }
        if let text = fixed ?? either {
            if fixed == nil, let unit = Self.calendarUnits[text] { return .calendar(unit) }
            let milliseconds = try Self.signedMilliseconds(text)
            guard milliseconds > 0 else {
                throw SearchError.illegalArgument("[interval] must be 1 or greater for aggregation [\(body.name)]")
            }
            return .fixed(milliseconds)
        }
        throw SearchError.illegalArgument(
            "Invalid interval specified, must be non-null and non-empty in [\(body.name)]")
    }

    /// `30s`, `+6h`, `-1d`, `500ms` in milliseconds.
    static func signedMilliseconds(_ text: String) throws -> Int64 {
        var digits = Substring(text)
        var sign: Int64 = 1
        if let first = digits.first, first == "+" || first == "-" {
            sign = first == "-" ? -1 : 1
            digits.removeFirst()
        }
        let units: [(String, Int64)] = [
            ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
        ]
        let fault = SearchError.illegalArgument(
            "failed to parse setting [DateHistogramAggregation.parse] with value [\(text)] as a time value: unit is missing or "
                + "unrecognized")
        for (unit, factor) in units where digits.hasSuffix(unit) {
            guard let amount = Int64(digits.dropLast(unit.count)) else { throw fault }
            let (product, overflow) = amount.multipliedReportingOverflow(by: factor)
            if overflow { throw fault }
            return sign * product
        }
        throw fault
    }

    private func bounds(_ key: String, _ body: inout AggregationBody) throws -> (JSONValue?, JSONValue?)? {
        guard let members = try body.object(key) else { return nil }
        return (
            members["min"].flatMap { $0.isNull ? nil : $0 }, members["max"].flatMap { $0.isNull ? nil : $0 }
        )
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

    func pipeline(_ kind: PipelineSpecification.Kind, _ body: inout AggregationBody) throws -> PipelineSpecification {
        var pipeline = PipelineSpecification(kind: kind)
        if kind == .bucketSort {
            if let sort = body.take("sort") {
                for entry in sort.array ?? [sort] {
                    switch entry {
                    case .string(let path): pipeline.sort.append((path, false))
                    case .object(let members):
                        for (path, options) in members {
                            let order = options.string ?? options["order"]?.string
                            pipeline.sort.append((path, order == "desc"))
                        }
                    default: throw body.unexpected("sort", entry)
                    }
                }
            }
            pipeline.from = try body.int("from") ?? 0
            guard pipeline.from >= 0 else {
                throw SearchError.illegalArgument("[from] must be a non-negative integer: [\(pipeline.from)]")
            }
            pipeline.size = try body.int("size")
            if let size = pipeline.size, size <= 0 {
                throw SearchError.illegalArgument("[size] must be a positive integer: [\(size)]")
            }
        } else {
            guard let path = body.take("buckets_path") else {
                throw SearchError(
                    type: "parsing_exception",
                    reason: "Missing required field [buckets_path] for pipeline aggregation [\(body.name)]")
            }
            guard let text = path.string ?? path.array?.first?.string else {
                throw body.unexpected("buckets_path", path)
            }
            pipeline.path = text
        }
        pipeline.format = try body.string("format")
        if let policy = try body.string("gap_policy") {
            guard ["skip", "insert_zeros", "keep_values"].contains(policy.lowercased()) else {
                throw SearchError.illegalArgument("Invalid gap policy: [\(policy)]")
            }
            pipeline.gapPolicy = policy.lowercased()
        }
        pipeline.lag = try body.int("lag") ?? 1
        guard pipeline.lag > 0 else {
            throw SearchError(
                type: "parsing_exception",
                reason: "Lag must be a positive, non-zero integer.  Value supplied was[\(pipeline.lag)]")
        }
        pipeline.sigma = try body.double("sigma") ?? 2
        pipeline.percents = body.take("percents")?.array?.compactMap(\.double) ?? [1, 5, 25, 50, 75, 95, 99]
        guard pipeline.percents.allSatisfy({ (0...100).contains($0) }) else {
            throw SearchError.illegalArgument(
                "percents must only contain non-null doubles from 0.0-100.0 inclusive: [\(body.name)]")
        }
        if let unit = try body.string("unit") {
            pipeline.unit = try Self.lengths[unit] ?? Double(Self.signedMilliseconds(unit))
        }
        return pipeline
    }

    private static let lengths: [String: Double] = [
        "second": 1000, "1s": 1000, "minute": 60_000, "1m": 60_000, "hour": 3_600_000, "1h": 3_600_000,
        "day": 86_400_000, "1d": 86_400_000, "week": 604_800_000, "1w": 604_800_000, "month": 2_592_000_000,
        "1M": 2_592_000_000, "quarter": 7_776_000_000, "year": 31_536_000_000, "1y": 31_536_000_000,
    ]
}
