import JSON

/// Aggregations over the results of others.
extension AggregationParser {
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
