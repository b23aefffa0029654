public import JSON
import SearchIndex

/// How values by document are shown: in `docvalue_fields`, in sort values with a format, and as keys of buckets.
public enum ValueFormat: Sendable, Hashable {
    /// As they are: numbers and strings.
    case raw
    /// `true` and `false`.
    case boolean
    /// Addresses as text.
    case address
    /// Dates by a format, in a zone.
    case date(DateFormat, zone: TimeZoneRules, isNanoseconds: Bool)
    /// Numbers by a pattern such as `#,##0.00`.
    case decimal(DecimalFormat)
    /// Unsigned 64-bit numbers.
    case unsigned

    /// The value of an integer of the index as JSON.
    public func json(_ value: Int64, encoding: NumericEncoding) -> JSONValue {
        switch self {
        case .raw:
            switch encoding {
            case .integer, .nanoseconds: return .number(JSONNumber(Int(value)))
            case .unsigned: return Self.unsigned(UInt64(bitPattern: value ^ .min))
            case .floating, .scaled: return .number(JSONNumber(encoding.double(value)))
            }
        case .boolean: return .bool(value != 0)
        case .unsigned: return Self.unsigned(UInt64(bitPattern: value ^ .min))
        case .date(let format, let zone, let isNanoseconds):
            let moment = isNanoseconds ? Moment(nanoseconds: value) : Moment(milliseconds: value)
            return .string(format.text(of: moment, zone: zone))
        case .decimal(let format): return .string(format.text(of: encoding.double(value)))
        case .address: return .number(JSONNumber(Int(value)))
        }
    }

    /// An unsigned integer as a JSON number: exact.
    private static func unsigned(_ value: UInt64) -> JSONValue {
        .number(JSONNumber(value))
    }

    /// The value of a byte string of the index as JSON.
    public func json(_ bytes: [UInt8]) -> JSONValue {
        if self == .address { return .string(IPAddress(bytes: bytes).description) }
        return .string(String(decoding: bytes, as: UTF8.self))
    }

    /// The text of a number: `key_as_string` and `value_as_string`.
    ///
    /// Dates take milliseconds.
    public func text(_ value: Double) -> String {
        switch self {
        case .raw, .address, .unsigned: return JavaNumbers.text(value)
        case .boolean: return value != 0 ? "true" : "false"
        case .date(let format, let zone, _):
            guard value.isFinite, value.magnitude < 9e18 else { return JavaNumbers.text(value) }
            return format.text(of: Moment(milliseconds: Int64(value.rounded(.down))), zone: zone)
        case .decimal(let format): return format.text(of: value)
        }
    }

    /// Whether buckets and metrics show a text beside the number.
    public var showsText: Bool {
        switch self {
        case .raw, .unsigned, .address: false
        default: true
        }
    }
}

extension MappedField {
    /// How values of the field are shown.
    ///
    /// - Parameters:
    ///   - pattern: A date format or a number pattern; nil for the field's own.
    ///   - zone: What dates are shown in.
    /// - Throws: ``MappingError`` for a format on a type that has none.
    public func valueFormat(_ pattern: String? = nil, zone: TimeZoneRules = .utc) throws(MappingError) -> ValueFormat {
        switch kind {
        case .date, .dateNanos:
            let format = try pattern.map { pattern throws(MappingError) in try DateFormat(pattern) } ?? dateFormat
            return .date(format ?? .standard, zone: zone, isNanoseconds: kind == .dateNanos)
        case .boolean, .ip:
            if pattern != nil {
                throw MappingError(
                    .illegalArgument, "Field [\(name)] of type [\(kind.rawValue)] does not support custom formats")
            }
            return kind == .ip ? .address : .boolean
        default:
            guard kind.isNumeric else {
                if pattern != nil {
                    throw MappingError(
                        .illegalArgument, "Field [\(name)] of type [\(kind.rawValue)] does not support custom formats")
                }
                return .raw
            }
            if let pattern { return .decimal(try DecimalFormat(pattern)) }
            return kind == .unsignedLong ? .unsigned : .raw
        }
    }

    /// A value of `_source` as the `fields` option of a search shows it; nil for one that it leaves out.
    ///
    /// - Parameters:
    ///   - value: A scalar of the source; arrays and objects are the caller's.
    ///   - format: A date format, nil for the field's own.
    /// - Throws: ``MappingError`` if the value is not of the field's type.
    public func sourceValue(_ value: JSONValue, format: DateFormat? = nil) throws(MappingError) -> JSONValue? {
        let value = value.isNull ? nullValue ?? .null : value
        if value.isNull { return nil }
        let text = ParameterSpecification.text(value)
        switch kind {
        case .text, .matchOnlyText, .searchAsYouType, .constantKeyword: return .string(text)
        case .keyword, .wildcard: return text.utf16.count > ignoreAbove ? nil : .string(text)
        case .boolean:
            if let bool = value.bool { return .bool(bool) }
            return .bool(text == "true")
        case .date, .dateNanos:
            let moment = try (dateFormat ?? .standard).moment(of: text)
            return .string((format ?? dateFormat ?? .standard).text(of: moment))
        case .ip: return .string(IPAddress(text)?.description ?? text)
        case .byte, .short, .integer, .long, .unsignedLong, .halfFloat, .float, .double, .scaledFloat:
            if text.isEmpty { return nil }
            let integer: Int64
            if case .number(let number) = value {
                if let whole = number.int, number.isInteger {
                    integer = try encode(Int64(whole))
                } else if kind == .unsignedLong, let whole = number.unsigned {
                    integer = Int64(bitPattern: whole) ^ .min
                } else {
                    integer = try encode(number.double, float: Float(number.double))
                }
            } else {
                integer = try encode(text: text, coerces: true)
            }
            if kind == .float || kind == .halfFloat {
                // The shortest decimal of the float, not of the double that is kept.
                let float = Float(SortableDouble.decode(integer))
                return .number(JSONNumber(Double(float.description) ?? Double(float)))
            }
            return ValueFormat.raw.json(integer, encoding: numericEncoding ?? .integer)
        default: return value
        }
    }
}
