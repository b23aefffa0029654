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
            return PercentilesAggregator(
                values: try values(specification.values, node, .numbers), compression: specification.compression)
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

/// Reads the ends of ranges by the type of the field.
struct RangeResolver {
    let context: any AggregationContext

    func ranges(_ specification: RangesSpecification) throws -> [ResolvedRange] {
        let field = context.mapping.field(specification.values.field)
        var ranges = try specification.ranges.map { range in
            var resolved = ResolvedRange()
            resolved.key = range.key
            switch specification.kind {
            case .address: try resolveAddresses(range, into: &resolved)
            case .number:
                resolved.from = try range.from.map(number)
                resolved.to = try range.to.map(number)
            case .date:
                resolved.from = try range.from.map { try date($0, field, specification) }
                resolved.to = try range.to.map { try date($0, field, specification) }
            }
            return resolved
        }
        // In the order of their beginnings, then of their ends.
        ranges = ranges.enumerated().sorted { left, right in
            let a = left.element
            let b = right.element
            if specification.kind == .address {
                let low = a.fromBytes ?? []
                let other = b.fromBytes ?? []
                if low != other { return low.lexicographicallyPrecedes(other) }
                let high = a.toBytes ?? [UInt8](repeating: 255, count: 17)
                let otherHigh = b.toBytes ?? [UInt8](repeating: 255, count: 17)
                if high != otherHigh { return high.lexicographicallyPrecedes(otherHigh) }
            } else {
                let from = a.from ?? -.infinity
                let otherFrom = b.from ?? -.infinity
                if from != otherFrom { return from < otherFrom }
                let to = a.to ?? .infinity
                let otherTo = b.to ?? .infinity
                if to != otherTo { return to < otherTo }
            }
            return left.offset < right.offset
        }.map(\.element)
        return ranges
    }

    private func number(_ value: JSONValue) throws -> Double {
        guard let number = value.double ?? value.string.flatMap({ Double($0) }) else {
            throw SearchError(
                type: "number_format_exception", reason: "For input string: \"\(value.string ?? value.serialized())\"",
                phase: .query)
        }
        return number
    }

    private func date(_ value: JSONValue, _ field: MappedField?, _ specification: RangesSpecification) throws -> Double
    {
        if let number = value.double, value.string == nil { return number }
        do {
            let format = try specification.values.format.map { pattern throws(MappingError) in try DateFormat(pattern) }
            let zone = try specification.values.timeZone.map { name throws(MappingError) in try TimeZoneRules(name) }
            let moment = try DateMath.moment(
                of: value.string ?? value.serialized(), format: format ?? field?.dateFormat ?? .standard,
                now: context.now,
                zone: zone ?? .utc)
            return Double(moment.milliseconds)
        } catch { throw SearchError.aggregation(error) }
    }

    private func resolveAddresses(_ range: RangesSpecification.Range, into resolved: inout ResolvedRange) throws {
        if let mask = range.mask {
            guard let block = IPAddress.block(mask) else {
                throw SearchError.aggregation("Expected [ip/prefix] but was [\(mask)]")
            }
            resolved.mask = mask
            resolved.fromBytes = block.lowerBound.bytes
            resolved.toBytes = block.upperBound.next?.bytes
            return
        }
        resolved.fromBytes = try range.from.map(address)
        resolved.toBytes = try range.to.map(address)
    }

    private func address(_ value: JSONValue) throws -> [UInt8] {
        guard let address = value.string.flatMap({ IPAddress($0) }) else {
            throw SearchError.aggregation("'\(value.string ?? value.serialized())' is not an IP string literal.")
        }
        return address.bytes
    }
}

/// `extended_bounds` and `hard_bounds` of a histogram.
enum HistogramBounds {
    static func range(
        _ bounds: (JSONValue?, JSONValue?)?, _ values: FieldValues, _ context: any AggregationContext
    ) throws -> ClosedRange<Double>? {
        guard let bounds else { return nil }
        let low = try bounds.0.map { try value($0, values.format, context.now, roundsUp: false) } ?? -.infinity
        let high = try bounds.1.map { try value($0, values.format, context.now, roundsUp: true) } ?? .infinity
        guard low <= high else {
            throw SearchError.aggregation(
                "[extended_bounds.min][\(low)] cannot be greater than [extended_bounds.max][\(high)]")
        }
        return low...high
    }

    static func value(_ value: JSONValue, _ format: ValueFormat, _ now: Moment, roundsUp: Bool) throws -> Double {
        if let number = value.double { return number }
        if case .date(let dateFormat, let zone, _) = format, let text = value.string {
            do {
                let moment = try DateMath.moment(of: text, format: dateFormat, now: now, zone: zone, roundsUp: roundsUp)
                return Double(moment.milliseconds)
            } catch { throw SearchError.aggregation(error) }
        }
        guard let number = value.string.flatMap({ Double($0) }) else {
            throw SearchError.aggregation("bounds of a histogram must be numbers, not \(value.serialized())")
        }
        return number
    }
}
