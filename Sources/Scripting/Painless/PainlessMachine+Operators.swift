import JSON

/// What operators, casts and `instanceof` make of values.
extension PainlessMachine {
    /// The value of an operation; `&&`, `||` and `?:` are decided before.
    mutating func combine(
        _ sign: PainlessOperator, _ left: PainlessValue, _ right: PainlessValue
    ) throws(PainlessError) -> PainlessValue {
        switch sign {
        case .equal: return .bool(try heap.areEqual(left, right))
        case .unequal: return .bool(try !heap.areEqual(left, right))
        case .less, .lessOrEqual, .greater, .greaterOrEqual: return .bool(try Self.compare(sign, left, right))
        case .add where left.string != nil || right.string != nil:
            var text = try heap.text(left)
            text += try heap.text(right)
            try heap.spend(text: text)
            return .string(text)
        default: break
        }
        let (a, b) = try Self.numbers(sign, left, right)
        if a.isInteger, b.isInteger, let a = a.int, let b = b.int { return try Self.whole(sign, a, b) }
        let (x, y) = (a.double, b.double)
        let value =
            switch sign {
            case .add: x + y
            case .subtract: x - y
            case .multiply: x * y
            case .divide: x / y
            default: x.truncatingRemainder(dividingBy: y)
            }
        return .number(JSONNumber(value))
    }

    private static func numbers(
        _ sign: PainlessOperator, _ left: PainlessValue, _ right: PainlessValue
    ) throws(PainlessError) -> (JSONNumber, JSONNumber) {
        guard case .number(let a) = left, case .number(let b) = right else {
            if left.isNull || right.isNull {
                throw PainlessError(.nullPointer, "cannot apply [\(sign.rawValue)] to null")
            }
            throw PainlessError(
                .classCast,
                "Cannot apply [\(sign.rawValue)] operation to types [\(left.typeName)] and [\(right.typeName)]")
        }
        return (a, b)
    }

    private static func whole(_ sign: PainlessOperator, _ a: Int, _ b: Int) throws(PainlessError) -> PainlessValue {
        let (value, overflows): (Int, Bool)
        switch sign {
        case .add: (value, overflows) = a.addingReportingOverflow(b)
        case .subtract: (value, overflows) = a.subtractingReportingOverflow(b)
        case .multiply: (value, overflows) = a.multipliedReportingOverflow(by: b)
        default:
            guard b != 0 else { throw PainlessError(.arithmetic, "/ by zero") }
            (value, overflows) =
                sign == .divide ? a.dividedReportingOverflow(by: b) : a.remainderReportingOverflow(dividingBy: b)
        }
        guard !overflows else {
            throw PainlessError(.arithmetic, "[\(a) \(sign.rawValue) \(b)] does not fit 64 bits")
        }
        return .int(value)
    }

    private static func compare(
        _ sign: PainlessOperator, _ left: PainlessValue, _ right: PainlessValue
    ) throws(PainlessError) -> Bool {
        let (a, b) = try numbers(sign, left, right)
        if a.isInteger, b.isInteger, let a = a.int, let b = b.int {
            return switch sign {
            case .less: a < b
            case .lessOrEqual: a <= b
            case .greater: a > b
            default: a >= b
            }
        }
        return switch sign {
        case .less: a.double < b.double
        case .lessOrEqual: a.double <= b.double
        case .greater: a.double > b.double
        default: a.double >= b.double
        }
    }

    // MARK: Types

    /// A value as another type.
    func cast(_ value: PainlessValue, _ type: String) throws(PainlessError) -> PainlessValue {
        switch (type, value) {
        case ("int", .number(let number)), ("Integer", .number(let number)):
            if number.isInteger, let whole = number.int { return .int(Int(Int32(truncatingIfNeeded: whole))) }
            return .int(Int(Self.clamped(number.double, Int32.min, Int32.max)))
        case ("long", .number(let number)), ("Long", .number(let number)):
            if number.isInteger, number.int != nil { return value }
            return .int(Int(Self.clamped(number.double, Int64.min, Int64.max)))
        case ("double", .number(let number)), ("float", .number(let number)), ("Double", .number(let number)),
            ("Float", .number(let number)):
            return .number(JSONNumber(number.double))
        case ("def", _), ("Object", _), (_, .null), ("Number", .number), ("boolean", .bool), ("Boolean", .bool),
            ("String", .string), ("List", .list), ("ArrayList", .list), ("Map", .map), ("HashMap", .map),
            ("StringBuilder", .builder):
            return value
        default: throw PainlessError(.classCast, "Cannot cast from [\(value.typeName)] to [\(type)]")
        }
    }

    /// As in Java: towards zero, and to the nearest that fits.
    private static func clamped<Whole: FixedWidthInteger>(_ value: Double, _ least: Whole, _ most: Whole) -> Whole {
        value.isNaN ? 0 : Whole(exactly: value.rounded(.towardZero)) ?? (value < 0 ? least : most)
    }

    /// Whether a value is of a type.
    func isInstance(_ value: PainlessValue, _ type: String) throws(PainlessError) -> Bool {
        switch (type, value) {
        case ("String", .string), ("List", .list), ("ArrayList", .list), ("Map", .map), ("HashMap", .map),
            ("Boolean", .bool), ("Number", .number), ("StringBuilder", .builder):
            return true
        case ("Integer", .number(let number)):
            return number.isInteger && number.int.map { Int32(exactly: $0) != nil } ?? false
        case ("Long", .number(let number)):
            return number.isInteger && number.int.map { Int32(exactly: $0) == nil } ?? true
        case ("Double", .number(let number)), ("Float", .number(let number)): return !number.isInteger
        case ("Object", _), ("def", _): return !value.isNull
        case ("String", _), ("List", _), ("ArrayList", _), ("Map", _), ("HashMap", _), ("Boolean", _), ("Number", _),
            ("Integer", _), ("Long", _), ("Double", _), ("Float", _), ("StringBuilder", _):
            return false
        default: throw PainlessError("the type [\(type)] is unknown")
        }
    }
}
