import JSON
import Mappings
import SearchIndex

extension FieldValues {
    /// What kinds of fields an aggregation takes.
    enum Accepted { case numbers, any }

    /// Finds the values of a field.
    ///
    /// - Throws: ``SearchError`` if the field has no values by document, or not of the kind that is needed.
    static func make(
        _ specification: ValuesSpecification, for aggregation: String, accepting: Accepted,
        context: any AggregationContext
    ) throws -> FieldValues {
        switch specification.field {
        case "_index" where accepting == .any:
            // The same value in every document.
            return .strings(StringValues(field: nil, missing: Array(context.indexName.utf8)), .raw)
        case "_id":
            throw SearchError.aggregation(
                "Fielddata access on the _id field is disallowed: aggregate over a keyword field that holds the id")
        default: break
        }
        guard let field = context.mapping.field(specification.field) else {
            return unmapped(specification, accepting: accepting)
        }
        do {
            try field.requireValues()
            if let value = field.constantValue, accepting == .any {
                return .strings(StringValues(field: nil, missing: Array(value.utf8)), .raw)
            }
            let zone = try specification.timeZone.map { name throws(MappingError) in try TimeZoneRules(name) } ?? .utc
            let format = try field.valueFormat(specification.format, zone: zone)
            if let encoding = field.numericEncoding {
                let missing = try specification.missing.map { value in
                    try integer(value, field, encoding, context)
                }
                return .numbers(NumberValues(field: field, encoding: encoding, missing: missing), format)
            }
            guard accepting == .any, field.options.values == .ordinals else {
                throw SearchError.aggregation(
                    "Field [\(field.name)] of type [\(field.kind.rawValue)] is not supported for aggregation "
                        + "[\(aggregation)]")
            }
            let missing = try specification.missing.map { value -> [UInt8] in
                if field.kind == .ip { return IPAddress(value.string ?? "")?.bytes ?? [] }
                return try field.termBytes(value)
            }
            return .strings(StringValues(field: field, missing: missing), format)
        } catch let error as MappingError {
            throw SearchError.aggregation(error)
        }
    }

    /// A field that is not mapped has values only where `missing` gives one.
    private static func unmapped(_ specification: ValuesSpecification, accepting: Accepted) -> FieldValues {
        switch specification.missing {
        case .number(let number)?:
            if number.isInteger, let value = number.int {
                return .numbers(NumberValues(field: nil, encoding: .integer, missing: Int64(value)), .raw)
            }
            let value = SortableDouble.encode(number.double)
            return .numbers(NumberValues(field: nil, encoding: .floating, missing: value), .raw)
        case .string(let text)? where accepting == .any:
            return .strings(StringValues(field: nil, missing: Array(text.utf8)), .raw)
        default: return .unmapped
        }
    }

    /// A value of the request as the field's integers.
    static func integer(
        _ value: JSONValue, _ field: MappedField, _ encoding: NumericEncoding, _ context: any AggregationContext
    ) throws -> Int64 {
        if field.kind.isDate {
            if let number = value.int {
                return field.kind == .dateNanos ? Int64(number) * 1_000_000 : Int64(number)
            }
            return try field.instant(value, RangeBounds(), QueryValueContext(now: context.now), roundsUp: false)
        }
        if field.kind == .boolean { return value == true || value == "true" || value == 1 ? 1 : 0 }
        guard let number = value.double ?? value.string.flatMap({ Double($0) }) else {
            throw SearchError(
                type: "number_format_exception", reason: "For input string: \"\(value.string ?? value.serialized())\"",
                phase: .query)
        }
        return encoding.integer(number)
    }
}

extension NumericEncoding {
    /// The nearest integer of the encoding to a number.
    func integer(_ value: Double) -> Int64 {
        func whole(_ value: Double) -> Int64 {
            if value >= 9_223_372_036_854_775_808 { return .max }
            return value < -9_223_372_036_854_775_808 ? .min : Int64(value)
        }
        switch self {
        case .integer: return whole(value)
        case .nanoseconds: return whole(value * 1_000_000)
        case .floating: return SortableDouble.encode(value)
        case .scaled(let factor): return whole((value * factor).rounded())
        case .unsigned:
            if value <= 0 { return .min }
            return value >= 18_446_744_073_709_551_616 ? .max : Int64(bitPattern: UInt64(value)) ^ .min
        }
    }
}
