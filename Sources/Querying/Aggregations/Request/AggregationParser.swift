import JSON
import Mappings

/// Reads aggregations from a search body.
struct AggregationParser {
    /// Aggregations inside one another: more than anybody needs, and no danger to the stack.
    private static let maximumDepth = 64

    func nodes(_ json: JSONValue, depth: Int) throws -> [AggregationRequest.Node] {
        guard case .object(let members) = json else {
            throw SearchError(
                type: "parsing_exception",
                reason: "Expected [START_OBJECT] under [aggs], but got a [\(AggregationBody.tokenName(json))]")
        }
        if depth > Self.maximumDepth {
            throw SearchError.illegalArgument(
                "aggregations are nested more than \(Self.maximumDepth) levels deep")
        }
        return try members.map { try node($0.key, $0.value, depth: depth) }
    }

    private func node(_ name: String, _ json: JSONValue, depth: Int) throws -> AggregationRequest.Node {
        if name.isEmpty || name.contains(where: { "[]>".contains($0) }) {
            throw SearchError(
                type: "parsing_exception",
                reason:
                    "Invalid aggregation name [\(name)]. Aggregation names can contain any character except '[', ']', "
                    + "and '>'")
        }
        guard case .object(let members) = json else {
            throw SearchError(
                type: "parsing_exception",
                reason: "Aggregation definition for [\(name)] starts with a [\(AggregationBody.tokenName(json))], "
                    + "expected a [START_OBJECT].")
        }
        var found: (type: String, body: JSONObject)?
        var children: [AggregationRequest.Node] = []
        var meta: JSONValue?
        for (key, value) in members {
            switch key {
            case "aggs", "aggregations":
                guard children.isEmpty else {
                    throw SearchError(
                        type: "parsing_exception", reason: "Found two sub aggregation definitions under [\(name)]")
                }
                children = try nodes(value, depth: depth + 1)
            case "meta": meta = value
            default:
                if let found {
                    throw SearchError(
                        type: "parsing_exception",
                        reason: "Found two aggregation type definitions in [\(name)]: [\(found.type)] and [\(key)]")
                }
                if key == "filter", case .object(let body) = value {
                    found = (key, body)
                } else if case .object(let body) = value {
                    found = (key, body)
                } else {
                    throw SearchError(
                        type: "parsing_exception",
                        reason: "Expected [START_OBJECT] under [\(key)], but got a "
                            + "[\(AggregationBody.tokenName(value))] in [\(name)]")
                }
            }
        }
        guard let found else {
            throw SearchError(
                type: "parsing_exception", reason: "Missing definition for aggregation [\(name)]")
        }
        let specification = try specification(found.type, name, found.body)
        switch specification {
        case .summary, .cardinality, .percentiles, .weightedAverage, .topHits, .pipeline:
            if !children.isEmpty {
                throw SearchError(
                    type: "aggregation_initialization_exception",
                    reason: "Aggregator [\(name)] of type [\(found.type)] cannot accept sub-aggregations", status: 500)
            }
        case .global where depth > 0:
            throw SearchError(
                type: "aggregation_execution_exception",
                reason:
                    "Aggregation [\(name)] cannot have a global sub-aggregation [\(name)]. Global aggregations can only "
                    + "be defined as top level aggregations", status: 500)
        default: break
        }
        return AggregationRequest.Node(
            name: name, type: found.type, specification: specification, children: children, meta: meta)
    }

    private func specification(
        _ type: String, _ name: String, _ members: JSONObject
    ) throws -> AggregationSpecification {
        if type == "filter" { return .filter(try Query(parsing: .object(members))) }
        var body = AggregationBody(type: type, name: name, members)
        let specification: AggregationSpecification
        switch type {
        case "avg", "sum", "min", "max", "value_count", "stats", "extended_stats":
            let sigma = try body.double("sigma") ?? 2
            specification = .summary(
                SummarySpecification(
                    output: SummarySpecification.Output(rawValue: type) ?? .stats, values: try body.values(),
                    sigma: sigma))
        case "cardinality":
            body.ignore("execution_hint", "rehash")
            let threshold = try body.int("precision_threshold") ?? 3000
            if threshold < 0 {
                throw SearchError.illegalArgument(
                    "[precisionThreshold] must be greater than or equal to 0. Found [\(threshold)] in [\(name)]")
            }
            specification = .cardinality(try body.values(), precisionThreshold: min(threshold, 40_000))
        case "percentiles", "percentile_ranks": specification = .percentiles(try percentiles(&body))
        case "weighted_avg": specification = try weightedAverage(&body)
        case "top_hits": return .topHits(try topHits(members, name))
        case "terms", "rare_terms": specification = .terms(try terms(&body))
        case "histogram", "date_histogram": specification = .histogram(try histogram(&body))
        case "range", "date_range", "ip_range": specification = .ranges(try ranges(&body))
        case "filters": specification = .filters(try filters(&body))
        case "global": specification = .global
        case "missing":
            let values = try body.values()
            specification = .missing(field: values.field)
        case "nested":
            guard let path = try body.string("path") else {
                throw SearchError(
                    type: "parsing_exception",
                    reason: "Missing [path] field for nested aggregation [\(name)]")
            }
            specification = .nested(path: path)
        case "reverse_nested": specification = .reverseNested(path: try body.string("path"))
        case "composite": specification = .composite(try composite(&body))
        default:
            guard let kind = PipelineSpecification.Kind(rawValue: type) else { throw unknown(type, name) }
            specification = .pipeline(try pipeline(kind, &body))
        }
        try body.finish()
        return specification
    }

    /// Those that OpenSearch has and this version has not are told apart from those that nobody has.
    private func unknown(_ type: String, _ name: String) -> SearchError {
        let known: Set<String> = [
            "significant_terms", "significant_text", "auto_date_histogram", "variable_width_histogram", "multi_terms",
            "adjacency_matrix", "sampler", "diversified_sampler", "geo_distance", "geohash_grid", "geotile_grid",
            "geohex_grid", "geo_bounds", "geo_centroid", "children", "parent", "scripted_metric", "matrix_stats",
            "median_absolute_deviation", "bucket_script", "bucket_selector", "moving_avg", "moving_fn", "normalize",
        ]
        if known.contains(type) {
            return SearchError.illegalArgument(
                "aggregation [\(name)]: this version of Needletail does not have aggregations of type [\(type)]")
        }
        return SearchError(type: "parsing_exception", reason: "Unknown aggregation type [\(type)]")
    }

    // MARK: Metrics

    private func percentiles(_ body: inout AggregationBody) throws -> PercentilesSpecification {
        let isRanks = body.type == "percentile_ranks"
        let key = isRanks ? "values" : "percents"
        var points = isRanks ? [] : [1.0, 5, 25, 50, 75, 95, 99]
        if let given = body.take(key) {
            guard case .array(let elements) = given else { throw body.unexpected(key, given) }
            points = try elements.map { element in
                guard let number = element.double ?? element.string.flatMap({ Double($0) }) else {
                    throw body.unexpected(key, element)
                }
                return number
            }
        }
        if isRanks, points.isEmpty {
            throw SearchError.illegalArgument("[values] must not be an empty array: [\(body.name)]")
        }
        if !isRanks, let wrong = points.first(where: { !(0...100).contains($0) }) {
            throw SearchError.illegalArgument(
                "percent must be in [0,100], got [\(wrong)]: [\(body.name)]")
        }
        let empty = try percentileDigest(&body)
        let keyed = try body.bool("keyed") ?? true
        return PercentilesSpecification(
            values: try body.values(), points: points.sorted(), isRanks: isRanks, keyed: keyed, empty: empty)
    }

    private func percentileDigest(_ body: inout AggregationBody) throws -> PercentileDigest {
        let digest = try body.object("tdigest")
        if let histogram = try body.object("hdr") {
            if digest != nil {
                throw SearchError(
                    type: "illegal_state_exception", reason: "Only one percentiles method should be declared.")
            }
            let digits = histogram["number_of_significant_value_digits"]?.int ?? 3
            guard (0...5).contains(digits) else {
                throw SearchError.illegalArgument("[numberOfSignificantValueDigits] must be between 0 and 5")
            }
            return .hdr(HDRHistogram(digits: digits))
        }
        let compression = digest?["compression"]?.double ?? 100
        if compression < 0 {
            throw SearchError.illegalArgument(
                "[compression] must be greater than or equal to 0. Found [\(compression)]")
        }
        return .tDigest(TDigest(compression: min(max(compression, 20), 1000)))
    }

    private func weightedAverage(_ body: inout AggregationBody) throws -> AggregationSpecification {
        var parts: [ValuesSpecification] = []
        for key in ["value", "weight"] {
            guard let members = try body.object(key) else {
                throw SearchError.illegalArgument("[\(body.name)] weighted_avg needs [\(key)]")
            }
            var part = AggregationBody(type: body.type, name: body.name, members)
            parts.append(try part.values())
            try part.finish()
        }
        body.ignore("value_type")
        return .weightedAverage(value: parts[0], weight: parts[1], format: try body.string("format"))
    }

    private func topHits(_ members: JSONObject, _ name: String) throws -> TopHitsSpecification {
        var specification = TopHitsSpecification(body: members)
        // What is beyond the range of an int is beyond every window too.
        specification.from = min(members["from"]?.int ?? 0, Int(Int32.max))
        specification.size = min(members["size"]?.int ?? 3, Int(Int32.max))
        if specification.from < 0 || specification.size < 0 {
            throw SearchError.illegalArgument("[from] and [size] of [\(name)] must not be negative")
        }
        if specification.from + specification.size > 100 {
            throw SearchError(
                type: "illegal_argument_exception",
                reason:
                    "Top hits result window is too large, the top hits aggregator [\(name)]'s from + size must be less "
                    + "than or equal to: [100] but was [\(specification.from + specification.size)]. This limit can be set "
                    + "by changing the [index.max_inner_result_window] index level setting.", phase: .query)
        }
        guard let sort = members["sort"] else { return specification }
        for entry in sort.array ?? [sort] {
            switch entry {
            case .string(let field): specification.sort.append((field, field == "_score"))
            case .object(let object):
                for (field, options) in object {
                    let order = options.string ?? options["order"]?.string
                    specification.sort.append((field, order.map { $0 == "desc" } ?? (field == "_score")))
                }
            default:
                throw SearchError(type: "parsing_exception", reason: "malformed sort in [\(name)]")
            }
        }
        return specification
    }
}
