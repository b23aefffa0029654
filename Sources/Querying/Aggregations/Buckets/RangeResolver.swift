import JSON
import Mappings

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
