public import JSON
import SearchIndex

/// Numbers, dates and addresses of queries.
extension MappedField {
    func booleanQuery(_ value: JSONValue) throws(MappingError) -> FieldQuery {
        let wanted: Bool
        switch value {
        case .bool(let value): wanted = value
        default:
            switch ParameterSpecification.text(value) {
            case "true": wanted = true
            case "false", "": wanted = false
            case let text:
                throw MappingError(
                    .illegalArgument, "Can't parse boolean value [\(text)], expected [true] or [false]")
            }
        }
        if options.indexing == .none { return .integers(number, wanted ? 1...1 : 0...0) }
        return .term(number, [UInt8(ascii: wanted ? "T" : "F")])
    }

    // MARK: Numbers

    /// The integer that a number has exactly in this field; nil if no value can be equal to it.
    func exactInteger(_ value: JSONValue) throws(MappingError) -> Int64? {
        switch kind {
        case .halfFloat, .float:
            let float = try floating(value)
            return SortableDouble.encode(Double(kind == .halfFloat ? HalfFloat.round(Float(float)) : Float(float)))
        case .double: return SortableDouble.encode(try floating(value))
        case .scaledFloat:
            let scaled = (try floating(value) * (scalingFactor ?? 1) + 0.5).rounded(.down)
            return Int64(exactly: scaled)
        default:
            guard let whole = try whole(value), whole.isExact else { return nil }
            return whole.value
        }
    }

    /// A number of a query as a double.
    private func floating(_ value: JSONValue) throws(MappingError) -> Double {
        if let number = value.double { return number }
        guard let text = value.string, let number = Double(text) else {
            throw MappingError(
                .numberFormat, "For input string: \"\(ParameterSpecification.text(value))\"")
        }
        guard number.isFinite else {
            throw MappingError(
                .illegalArgument,
                "[\(kind.rawValue)] supports only finite values, but got [\(JavaNumbers.text(number))]")
        }
        return number
    }

    /// A number of a query as an integer of this field's encoding, rounded towards zero, and whether that is exact; nil if it lies
    /// outside of what 64 bits hold.
    ///
    /// Values beyond the range of a smaller type are kept: they match nothing, or everything.
    private func whole(_ value: JSONValue) throws(MappingError) -> (value: Int64, isExact: Bool)? {
        if kind == .unsignedLong {
            if case .number(let number) = value, number.isInteger {
                return number.unsigned.map { (Int64(bitPattern: $0) ^ .min, true) }
            }
            if let text = value.string, let number = UInt64(text) { return (Int64(bitPattern: number) ^ .min, true) }
            let number = try floating(value)
            guard number >= 0, number < 18_446_744_073_709_551_616 else { return nil }
            return (Int64(bitPattern: UInt64(number)) ^ .min, number.rounded(.towardZero) == number)
        }
        if let number = value.int { return (Int64(number), true) }
        if let text = value.string, let number = Int64(text) { return (number, true) }
        let number = try floating(value)
        guard let whole = Int64(exactly: number.rounded(.towardZero)) else { return nil }
        return (whole, number.rounded(.towardZero) == number)
    }

    func numericRange(_ bounds: RangeBounds) throws(MappingError) -> ClosedRange<Int64>? {
        var low = Int64.min
        var high = Int64.max
        if let value = bounds.lower, !value.isNull {
            guard let bound = try lowerBound(value, isIncluded: bounds.includesLower) else { return nil }
            low = bound
        }
        if let value = bounds.upper, !value.isNull {
            guard let bound = try upperBound(value, isIncluded: bounds.includesUpper) else { return nil }
            high = bound
        }
        return low <= high ? low...high : nil
    }

    /// The smallest integer in a range from a value on; nil if there is none.
    private func lowerBound(_ value: JSONValue, isIncluded: Bool) throws(MappingError) -> Int64? {
        switch kind {
        case .halfFloat, .float, .double, .scaledFloat:
            let bound = try floatingBound(value, isLower: true)
            return isIncluded || bound.wasRounded ? bound.value : bound.value == .max ? nil : bound.value + bound.step
        default:
            guard let whole = try whole(value) else {
                let number = try floating(value)
                return number < 0 ? .min : nil
            }
            // Cut towards zero: below a negative number lies its whole part.
            let isNegative = try floating(value) < 0
            if !whole.isExact { return isNegative ? whole.value : whole.value == .max ? nil : whole.value + 1 }
            return isIncluded ? whole.value : whole.value == .max ? nil : whole.value + 1
        }
    }

    /// The largest integer in a range up to a value; nil if there is none.
    private func upperBound(_ value: JSONValue, isIncluded: Bool) throws(MappingError) -> Int64? {
        switch kind {
        case .halfFloat, .float, .double, .scaledFloat:
            let bound = try floatingBound(value, isLower: false)
            return isIncluded || bound.wasRounded ? bound.value : bound.value == .min ? nil : bound.value - bound.step
        default:
            guard let whole = try whole(value) else {
                let number = try floating(value)
                return number < 0 ? nil : .max
            }
            let isNegative = try floating(value) < 0
            if !whole.isExact { return !isNegative ? whole.value : whole.value == .min ? nil : whole.value - 1 }
            return isIncluded ? whole.value : whole.value == .min ? nil : whole.value - 1
        }
    }

    /// A bound of a field with fractions.
    ///
    /// `wasRounded`: the value lies between two that the field can hold, and the bound is the one inside
    /// the range.
    private func floatingBound(
        _ value: JSONValue, isLower: Bool
    ) throws(MappingError) -> (value: Int64, wasRounded: Bool, step: Int64) {
        let number = try floating(value)
        switch kind {
        case .scaledFloat:
            let scaled = number * (scalingFactor ?? 1)
            let rounded = scaled.rounded(isLower ? .up : .down)
            let kept: Int64 =
                rounded >= 9_223_372_036_854_775_808
                ? .max : rounded <= -9_223_372_036_854_775_808 ? .min : Int64(rounded)
            return (kept, rounded != scaled, 1)
        case .double: return (SortableDouble.encode(number), false, 1)
        default:
            // Floats are kept as doubles of the same value, so that a step of one lies between two floats.
            let float = kind == .halfFloat ? HalfFloat.round(Float(number)) : Float(number)
            return (SortableDouble.encode(Double(float)), false, 1)
        }
    }

    // MARK: Dates

    func dateRange(_ bounds: RangeBounds, _ context: QueryValueContext) throws(MappingError) -> FieldQuery {
        var low = Int64.min
        var high = Int64.max
        if let value = bounds.lower, !value.isNull {
            low = try instant(value, bounds, context, roundsUp: !bounds.includesLower)
            if !bounds.includesLower {
                if low == .max { return .none }
                low += 1
            }
        }
        if let value = bounds.upper, !value.isNull {
            high = try instant(value, bounds, context, roundsUp: bounds.includesUpper)
            if !bounds.includesUpper {
                if high == .min { return .none }
                high -= 1
            }
        }
        return low <= high ? .integers(number, low...high) : .none
    }

    /// A date of a query as the field keeps it: milliseconds or nanoseconds since 1970.
    public func instant(
        _ value: JSONValue, _ bounds: RangeBounds, _ context: QueryValueContext, roundsUp: Bool
    ) throws(MappingError) -> Int64 {
        let moment = try DateMath.moment(
            of: ParameterSpecification.text(value), format: bounds.format ?? dateFormat ?? .standard, now: context.now,
            zone: bounds.timeZone ?? .utc, roundsUp: roundsUp)
        guard kind == .dateNanos else { return moment.milliseconds }
        // As OpenSearch, queries are cut to what nanoseconds can be.
        if moment.seconds < 0 { return 0 }
        return moment.nanoseconds ?? .max
    }

    // MARK: Addresses

    func addressQuery(_ value: JSONValue) throws(MappingError) -> FieldQuery {
        let text = ParameterSpecification.text(value)
        if text.contains("/") {
            guard let block = IPAddress.block(text) else {
                throw MappingError(
                    .illegalArgument, "Expected [ip/prefix] but was [\(text)]")
            }
            return addresses(
                .init(block.lowerBound.bytes, isIncluded: true), .init(block.upperBound.bytes, isIncluded: true))
        }
        let bytes = try address(value).bytes
        return options.indexing != .none
            ? .term(number, bytes) : addresses(.init(bytes, isIncluded: true), .init(bytes, isIncluded: true))
    }

    func addressRange(_ bounds: RangeBounds) throws(MappingError) -> FieldQuery {
        var lower: FieldQuery.Bound?
        var upper: FieldQuery.Bound?
        if let value = bounds.lower, !value.isNull {
            lower = .init(try address(value).bytes, isIncluded: bounds.includesLower)
        }
        if let value = bounds.upper, !value.isNull {
            upper = .init(try address(value).bytes, isIncluded: bounds.includesUpper)
        }
        return addresses(lower, upper)
    }

    private func addresses(_ lower: FieldQuery.Bound?, _ upper: FieldQuery.Bound?) -> FieldQuery {
        options.indexing != .none
            ? .termRange(number, lower: lower, upper: upper) : .valueRange(number, lower: lower, upper: upper)
    }

    private func address(_ value: JSONValue) throws(MappingError) -> IPAddress {
        let text = ParameterSpecification.text(value)
        guard let address = IPAddress(text) else {
            throw MappingError(.illegalArgument, "'\(text)' is not an IP string literal.")
        }
        return address
    }
}
