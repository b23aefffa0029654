import JSON
import Mappings
import SearchIndex

/// Makes the aggregators of a request for one index: fields are looked up, values of the request read by their types.
struct AggregatorBuilder {
    let context: any AggregationContext
    let isOnlyIndex: Bool
    let maximumBuckets: Int

    /// - Parameter nestedPath: The nested objects that the aggregation around counts; nil for whole documents.
    func aggregator(for node: AggregationRequest.Node, nestedPath: String?) throws -> Aggregator {
        func children(_ nestedPath: String?) throws -> [Aggregator] {
            try node.children.filter { !$0.isPipeline }.map { try aggregator(for: $0, nestedPath: nestedPath) }
        }
        switch node.specification {
        case .summary(let summary):
            let accepted: FieldValues.Accepted = summary.output == .valueCount ? .any : .numbers
            return SummaryAggregator(
                values: try values(summary.values, node, accepted), countsOnly: summary.output == .valueCount)
        case .cardinality(let specification, let threshold):
            return CardinalityAggregator(
                values: try values(specification, node, .any), precisionThreshold: threshold)
        case .percentiles(let specification):
            let values = try values(specification.values, node, .numbers)
            switch specification.empty {
            case .tDigest(let empty): return PercentilesAggregator(values: values, empty: empty)
            case .hdr(let empty): return PercentilesAggregator(values: values, empty: empty)
            }
        case .weightedAverage(let value, let weight, let format):
            let decimal: ValueFormat
            do {
                decimal =
                    try format.map { pattern throws(MappingError) in .decimal(try DecimalFormat(pattern)) } ?? .raw
            } catch {
                throw SearchError.aggregation(error)
            }
            return WeightedAverageAggregator(
                values: try values(value, node, .numbers), weights: try values(weight, node, .numbers), format: decimal)
        case .topHits(let specification): return try topHits(specification, node)
        case .terms(let specification):
            let values = try values(specification.values, node, .any)
            return TermsAggregator(
                values: values, specification: specification,
                filter: try TermSelection(specification, values: values), isOnlyIndex: isOnlyIndex,
                children: try children(nestedPath))
        case .histogram(let specification):
            let values = try histogramValues(specification, node)
            return HistogramAggregator(
                values: values, rounding: try rounding(specification),
                hardBounds: try HistogramBounds.range(specification.hardBounds, values, context),
                maximumBuckets: maximumBuckets, children: try children(nestedPath))
        case .ranges(let specification):
            let values = try values(specification.values, node, specification.kind == .address ? .any : .numbers)
            return RangesAggregator(
                values: values, ranges: try RangeResolver(context: context).ranges(specification),
                children: try children(nestedPath))
        case .filter(let query):
            return FilterAggregator(
                filter: SegmentFilter(query, context: context), children: try children(nestedPath))
        case .filters(let specification):
            return FiltersAggregator(
                filters: specification.filters.map { SegmentFilter($0.query, context: context) },
                hasOther: specification.otherKey != nil, children: try children(nestedPath))
        case .global: return GlobalAggregator(children: try children(nil))
        case .missing(let field):
            let specification = ValuesSpecification(field: field)
            return MissingAggregator(
                values: try values(specification, node, .any), children: try children(nestedPath))
        case .nested(let path):
            let isNested = context.mapping.object(path)?.isNested ?? false
            return NestedAggregator(
                path: isNested ? path : nil, parentPath: nestedPath,
                children: try children(isNested ? path : nestedPath))
        case .reverseNested(let path):
            guard nestedPath != nil else {
                throw SearchError.aggregation(
                    "Reverse nested aggregation [\(node.name)] can only be used inside a [nested] aggregation")
            }
            return ReverseNestedAggregator(path: path, children: try children(path))
        case .composite(let specification): return try composite(specification, node, try children(nestedPath))
        case .pipeline:
            throw SearchError.aggregation("[\(node.name)] is not an aggregation over documents")
        }
    }

    private func values(
        _ specification: ValuesSpecification, _ node: AggregationRequest.Node, _ accepted: FieldValues.Accepted
    ) throws -> FieldValues {
        try FieldValues.make(specification, for: node.type, accepting: accepted, context: context)
    }

    private func histogramValues(
        _ specification: HistogramSpecification, _ node: AggregationRequest.Node
    ) throws -> FieldValues {
        if specification.isDate, let field = context.mapping.field(specification.values.field), !field.kind.isDate,
            !field.kind.isNumeric
        {
            throw SearchError.aggregation(
                "Field [\(field.name)] of type [\(field.kind.rawValue)] is not supported for aggregation "
                    + "[date_histogram]")
        }
        return try values(specification.values, node, .numbers)
    }

    func rounding(_ specification: HistogramSpecification) throws -> HistogramRounding {
        do {
            let zone = try specification.values.timeZone.map { name throws(MappingError) in try TimeZoneRules(name) }
            return HistogramRounding(specification, zone: zone ?? .utc)
        } catch { throw SearchError.aggregation(error) }
    }

    // MARK: Composite

    private func composite(
        _ specification: CompositeSpecification, _ node: AggregationRequest.Node, _ children: [Aggregator]
    ) throws -> Aggregator {
        var sources: [CompositeAggregator.Source] = []
        for entry in specification.sources {
            switch entry.source {
            case .terms(let values):
                sources.append(
                    CompositeAggregator.Source(entry: entry, values: try self.values(values, node, .any), rounding: nil)
                )
            case .histogram(let histogram):
                sources.append(
                    CompositeAggregator.Source(
                        entry: entry, values: try histogramValues(histogram, node), rounding: try rounding(histogram)))
            }
        }
        let after = try specification.after.map { after in
            try sources.map { source in
                guard let value = after[source.entry.name] else {
                    throw SearchError.aggregation("Missing value for [after.\(source.entry.name)]")
                }
                return try afterKey(value, source)
            }
        }
        return CompositeAggregator(
            sources: sources, size: specification.size, after: after, isOnlyIndex: isOnlyIndex, children: children)
    }

    private func afterKey(_ value: JSONValue, _ source: CompositeAggregator.Source) throws -> BucketKey {
        if value.isNull { return .missing }
        switch source.values {
        case .strings(_, let format):
            let text = value.string ?? value.serialized()
            return .bytes(format == .address ? IPAddress(text)?.bytes ?? [] : Array(text.utf8))
        case .numbers(let numbers, let format):
            if case .date(let dateFormat, let zone, _) = format, let text = value.string {
                do { return .integer(try dateFormat.moment(of: text, zone: zone).milliseconds) } catch {
                    throw SearchError.aggregation(error)
                }
            }
            guard let number = value.double ?? value.string.flatMap({ Double($0) }) ?? value.bool.map({ $0 ? 1 : 0 })
            else {
                throw SearchError.aggregation(
                    "Invalid value for [after.\(source.entry.name)]: \(value.serialized())")
            }
            if let rounding = source.rounding, case .double = rounding.bucketKey(0) { return .double(number) }
            switch numbers.encoding {
            case .integer, .nanoseconds:
                if let exact = value.int { return .integer(Int64(exact)) }
                return .integer(number >= 9.2e18 ? .max : number <= -9.2e18 ? .min : number.isNaN ? 0 : Int64(number))
            case .unsigned:
                if case .number(let exact) = value, let unsigned = exact.unsigned { return .unsigned(unsigned) }
                return .unsigned(number.isNaN ? 0 : UInt64(max(0, min(number, 1.8e19))))
            case .floating, .scaled: return .double(number)
            }
        case .unmapped: return .missing
        }
    }

    // MARK: Top hits

    private func topHits(_ specification: TopHitsSpecification, _ node: AggregationRequest.Node) throws -> Aggregator {
        var order: [TopHitsAggregator.Key] = []
        for (field, descending) in specification.sort {
            switch field {
            case "_score": order.append(.init(source: .score, descending: descending))
            case "_doc": order.append(.init(source: .document, descending: descending))
            default:
                guard context.mapping.field(field) != nil else {
                    throw SearchError.queryShard("No mapping found for [\(field)] in order to sort on")
                }
                let values = try FieldValues.make(
                    ValuesSpecification(field: field), for: "top_hits", accepting: .any, context: context)
                order.append(.init(source: .values(values), descending: descending))
            }
        }
        if order.isEmpty { order.append(.init(source: .score, descending: true)) }
        return TopHitsAggregator(specification, order: order, context: context)
    }
}
