import JSON

/// What operators make of two values.
enum PainlessArithmetic {
    /// The value of an operation; `&&`, `||` and `?:` are decided before.
    static func combine(
        _ sign: PainlessOperator, _ left: JSONValue, _ right: JSONValue
    ) throws(PainlessError) -> JSONValue {
        switch sign {
        case .equal: return .bool(left == right)
        case .unequal: return .bool(left != right)
        case .less, .lessOrEqual, .greater, .greaterOrEqual: return .bool(try compare(sign, left, right))
        case .add where left.string != nil || right.string != nil:
            let text = text(left) + text(right)
            guard text.utf8.count <= PainlessMachine.maximumTextBytes else {
                throw PainlessError(
                    .illegalArgument, "a text is longer than \(PainlessMachine.maximumTextBytes) bytes")
            }
            return .string(text)
        default: break
        }
        guard case .number(let a) = left, case .number(let b) = right else {
            if left.isNull || right.isNull {
                throw PainlessError(.nullPointer, "cannot apply [\(sign.rawValue)] to null")
            }
            throw PainlessError(
                .classCast, "cannot apply [\(sign.rawValue)] to [\(left.typeName)] and [\(right.typeName)]")
        }
        if a.isInteger, b.isInteger, let a = a.int, let b = b.int { return try whole(sign, a, b) }
        let (x, y) = (a.double, b.double)
        switch sign {
        case .add: return .number(JSONNumber(x + y))
        case .subtract: return .number(JSONNumber(x - y))
        case .multiply: return .number(JSONNumber(x * y))
        case .divide: return .number(JSONNumber(x / y))
        default: return .number(JSONNumber(x.truncatingRemainder(dividingBy: y)))
        }
    }

    private static func whole(_ sign: PainlessOperator, _ a: Int, _ b: Int) throws(PainlessError) -> JSONValue {
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
        return .number(JSONNumber(value))
    }

    private static func compare(
        _ sign: PainlessOperator, _ left: JSONValue, _ right: JSONValue
    ) throws(PainlessError) -> Bool {
        guard case .number(let a) = left, case .number(let b) = right else {
            if left.isNull || right.isNull {
                throw PainlessError(.nullPointer, "cannot apply [\(sign.rawValue)] to null")
            }
            throw PainlessError(
                .classCast,
                "Cannot apply [\(sign.rawValue)] operation to types [\(left.typeName)] and [\(right.typeName)]")
        }
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

    /// A value as part of a text.
    static func text(_ value: JSONValue) -> String { value.string ?? value.serialized() }
}
