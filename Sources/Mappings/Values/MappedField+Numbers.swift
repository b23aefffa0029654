import JSON
import SearchIndex

/// Numbers of documents and queries, read as OpenSearch's number types read them.
extension MappedField {
    /// The integer that the index keeps of a number; nil for an empty string, which counts as no value.
    @inline(__always)
    func integer(of scalar: Scalar) throws(MappingError) -> Int64? {
        if case .number(let number) = scalar, kind == .long, let value = number.int64 { return value }
        return try slowInteger(of: scalar)
    }

    private func slowInteger(of scalar: Scalar) throws(MappingError) -> Int64? {
        switch scalar {
        case .bool:
            throw MappingError(
                .jsonParse,
                "Current token (VALUE_\(scalar.text.uppercased())) not numeric, can not use numeric value accessors")
        case .string(let bytes):
            if bytes.isEmpty, coerces { return nil }
            if !coerces { throw MappingError(.illegalArgument, "\(javaClass) value passed as String") }
            return try encode(text: scalar.text, coerces: true)
        case .number(let number):
            if let value = number.int64 { return try encode(value) }
            if kind.isIntegral, kind == .unsignedLong || number.isInteger {
                return try encode(text: scalar.text, coerces: coerces)
            }
            if kind.isIntegral, !coerces, number.double.rounded(.towardZero) != number.double {
                throw MappingError(.illegalArgument, "Value [\(scalar.text)] has a decimal part")
            }
            return try encode(number.double, float: number.float)
        }
    }

    private var javaClass: String {
        switch kind {
        case .byte, .short, .integer, .tokenCount: "Integer"
        case .long: "Long"
        case .unsignedLong: "BigInteger"
        case .float, .halfFloat: "Float"
        default: "Double"
        }
    }

    private func outOfRange(_ text: String) -> MappingError {
        let article = kind == .integer || kind == .unsignedLong ? "an" : "a"
        let type = kind == .unsignedLong ? "unsigned long" : kind.rawValue
        return MappingError(.illegalArgument, "Value [\(text)] is out of range for \(article) \(type)")
    }

    private func notFinite(_ text: String) -> MappingError {
        MappingError(.illegalArgument, "[\(kind.rawValue)] supports only finite values, but got [\(text)]")
    }

    /// The kept integer of an integer.
    func encode(_ value: Int64) throws(MappingError) -> Int64 {
        switch kind {
        case .unsignedLong:
            guard value >= 0 else { throw outOfRange(String(value)) }
            return value ^ .min
        case .halfFloat, .float: return try encodeFloat(Float(value))
        case .double: return SortableDouble.encode(Double(value))
        case .scaledFloat: return try encodeScaled(Double(value))
        default:
            guard integerRange.contains(value) else { throw outOfRange(String(value)) }
            return value
        }
    }

    /// The kept integer of a number with a fraction; integral types cut it off.
    func encode(_ value: Double, float: Float) throws(MappingError) -> Int64 {
        switch kind {
        case .halfFloat, .float: return try encodeFloat(float)
        case .double:
            guard value.isFinite else { throw notFinite(JavaNumbers.text(value)) }
            return SortableDouble.encode(value)
        case .scaledFloat: return try encodeScaled(value)
        default:
            guard value.isFinite, let whole = Int64(exactly: value.rounded(.towardZero)) else {
                throw outOfRange(JavaNumbers.text(value))
            }
            return try encode(whole)
        }
    }

    private func encodeFloat(_ value: Float) throws(MappingError) -> Int64 {
        let kept = kind == .halfFloat ? HalfFloat.round(value) : value
        guard kept.isFinite else { throw notFinite(JavaNumbers.text(value)) }
        return SortableDouble.encode(Double(kept))
    }

    private func encodeScaled(_ value: Double) throws(MappingError) -> Int64 {
        guard value.isFinite else { throw notFinite(JavaNumbers.text(value)) }
        let scaled = (value * (scalingFactor ?? 1) + 0.5).rounded(.down)
        // As Java's Math.round: the nearest long.
        if scaled >= 9_223_372_036_854_775_808 { return .max }
        return scaled <= -9_223_372_036_854_775_808 ? .min : Int64(scaled)
    }

    /// The kept integer of a number in a string.
    func encode(text: String, coerces: Bool) throws(MappingError) -> Int64 {
        if kind == .unsignedLong {
            if let value = UInt64(text) { return Int64(bitPattern: value) ^ .min }
            guard let value = Double(text), !value.isNaN else {
                throw MappingError(.illegalArgument, "For input string: \"\(text)\"")
            }
            guard value >= 0, value < 18_446_744_073_709_551_616 else { throw outOfRange(text) }
            if !coerces, value.rounded(.towardZero) != value {
                throw MappingError(.illegalArgument, "Value [\(text)] has a decimal part")
            }
            return Int64(bitPattern: UInt64(value)) ^ .min
        }
        if let value = Int64(text) { return try encode(value) }
        guard let value = Double(text), !value.isNaN else {
            throw MappingError(
                kind == .long ? .illegalArgument : .numberFormat, "For input string: \"\(text)\"")
        }
        if kind.isIntegral {
            guard value >= -9_223_372_036_854_775_808, value < 9_223_372_036_854_775_808 else {
                throw outOfRange(text)
            }
            if !coerces, value.rounded(.towardZero) != value {
                throw MappingError(.illegalArgument, "Value [\(text)] has a decimal part")
            }
        }
        return try encode(value, float: Float(text) ?? Float(value))
    }
}
