import JSON

/// The expression in `[?( ... )]` of a path.
indirect enum PathFilter: Sendable, Hashable {
    enum Operand: Sendable, Hashable {
        /// A path from the element (`@`).
        case element(JSONPath)
        /// A path from the root (`$`).
        case root(JSONPath)
        case literal(JSONValue)
    }

    enum Comparison: String, Sendable, Hashable, CaseIterable {
        case equal = "=="
        case notEqual = "!="
        case lessOrEqual = "<="
        case greaterOrEqual = ">="
        case less = "<"
        case greater = ">"
    }

    case exists(Operand)
    case compares(Operand, Comparison, Operand)
    case and(PathFilter, PathFilter)
    case or(PathFilter, PathFilter)
    case not(PathFilter)

    /// Whether the expression is true for an element.
    func holds(_ element: JSONValue, _ root: JSONValue) throws(DataFault) -> Bool {
        switch self {
        case .exists(let operand): return try Self.value(operand, element, root) != nil
        case .and(let left, let right): return try left.holds(element, root) ? right.holds(element, root) : false
        case .or(let left, let right): return try left.holds(element, root) ? true : right.holds(element, root)
        case .not(let inner): return try !inner.holds(element, root)
        case .compares(let left, let comparison, let right):
            let left = try Self.value(left, element, root)
            let right = try Self.value(right, element, root)
            switch comparison {
            case .equal: return left == right
            case .notEqual: return left != right
            case .less: return Self.compare(left, right) { $0 < 0 }
            case .lessOrEqual: return Self.compare(left, right) { $0 <= 0 }
            case .greater: return Self.compare(left, right) { $0 > 0 }
            case .greaterOrEqual: return Self.compare(left, right) { $0 >= 0 }
            }
        }
    }

    private static func value(_ operand: Operand, _ element: JSONValue, _ root: JSONValue) throws(DataFault)
        -> JSONValue?
    {
        switch operand {
        case .literal(let value): return value
        case .element(let path): return try path.values(from: element).first
        case .root(let path): return try path.values(from: root).first
        }
    }

    private static func compare(_ left: JSONValue?, _ right: JSONValue?, _ holds: (Int) -> Bool) -> Bool {
        switch (left, right) {
        case (.number(let left), .number(let right)): holds(ValueOrder.compare(left, right))
        case (.string(let left), .string(let right)): holds(ValueOrder.compare(left, right))
        default: false
        }
    }
}

/// How numbers and texts are ordered.
enum ValueOrder {
    /// Negative, zero or positive.
    static func compare(_ left: JSONNumber, _ right: JSONNumber) -> Int {
        if left == right { return 0 }
        if let left = left.int, let right = right.int { return left < right ? -1 : 1 }
        return left.double < right.double ? -1 : 1
    }

    /// Negative, zero or positive, by UTF-16 code units, as Java's strings are compared.
    static func compare(_ left: String, _ right: String) -> Int {
        if left.utf16.elementsEqual(right.utf16) { return 0 }
        return left.utf16.lexicographicallyPrecedes(right.utf16) ? -1 : 1
    }
}
