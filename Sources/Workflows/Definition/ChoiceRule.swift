import JSON

/// One of the `Choices` of a `Choice` state.
struct ChoiceBranch: Sendable {
    var rule: ChoiceRule
    var next: String
}

/// A condition on a state's input.
indirect enum ChoiceRule: Sendable, Hashable {
    case and([ChoiceRule])
    case or([ChoiceRule])
    case not(ChoiceRule)
    case test(variable: JSONPath, ChoiceTest)

    /// Whether the condition holds.
    ///
    /// A value of another type than a comparison asks for makes it false.
    ///
    /// - Throws: ``TaskFault`` `States.Runtime` if a path meets nothing, except for `IsPresent`.
    func holds(in data: StateData) throws(TaskFault) -> Bool {
        switch self {
        case .and(let rules):
            for rule in rules where try !rule.holds(in: data) { return false }
            return true
        case .or(let rules):
            for rule in rules where try rule.holds(in: data) { return true }
            return false
        case .not(let rule): return try !rule.holds(in: data)
        case .test(let variable, .isPresent(let wanted)):
            return ((try? variable.value(in: data)) != nil) == wanted
        case .test(let variable, let test):
            return try test.holds(for: Self.value(variable, in: data), in: data)
        }
    }

    static func value(_ path: JSONPath, in data: StateData) throws(TaskFault) -> JSONValue {
        do throws(DataFault) { return try path.value(in: data) } catch {
            throw TaskFault(.runtime, "a condition cannot be decided: \(error.reason)")
        }
    }
}

/// The comparison operators.
enum ChoiceTest: Sendable, Hashable {
    enum Family: String, Sendable, Hashable, CaseIterable {
        case string = "String"
        case numeric = "Numeric"
        case boolean = "Boolean"
        case timestamp = "Timestamp"
    }

    enum Order: String, Sendable, Hashable, CaseIterable {
        case equals = "Equals"
        case lessThan = "LessThan"
        case greaterThan = "GreaterThan"
        case lessThanEquals = "LessThanEquals"
        case greaterThanEquals = "GreaterThanEquals"

        func holds(_ comparison: Int) -> Bool {
            switch self {
            case .equals: comparison == 0
            case .lessThan: comparison < 0
            case .greaterThan: comparison > 0
            case .lessThanEquals: comparison <= 0
            case .greaterThanEquals: comparison >= 0
            }
        }
    }

    enum Operand: Sendable, Hashable {
        case value(JSONValue)
        case path(JSONPath)
    }

    /// What a value is, for `IsNull` and the like.
    enum Nature: String, Sendable, Hashable, CaseIterable {
        case null = "IsNull"
        case numeric = "IsNumeric"
        case string = "IsString"
        case boolean = "IsBoolean"
        case timestamp = "IsTimestamp"

        func holds(for value: JSONValue) -> Bool {
            switch (self, value) {
            case (.null, .null), (.numeric, .number), (.string, .string), (.boolean, .bool): true
            case (.timestamp, .string(let text)): Timestamp(text) != nil
            default: false
            }
        }
    }

    case compares(Family, Order, Operand)
    case matches(String)
    case isPresent(Bool)
    case has(Nature, Bool)

    func holds(for value: JSONValue, in data: StateData) throws(TaskFault) -> Bool {
        switch self {
        case .isPresent(let wanted): return wanted
        case .has(let nature, let wanted): return nature.holds(for: value) == wanted
        case .matches(let pattern): return value.string.map { Self.matches($0, pattern) } ?? false
        case .compares(let family, let order, let operand):
            let other: JSONValue
            switch operand {
            case .value(let literal): other = literal
            case .path(let path): other = try ChoiceRule.value(path, in: data)
            }
            return family.compare(value, other).map(order.holds) ?? false
        }
    }

    /// Whether a text has the form of a pattern, in which `*` stands for any characters and `\` takes the next one as it is.
    static func matches(_ text: String, _ pattern: String) -> Bool {
        // Pieces between the stars, in order: the first at the start, the last at the end, the others as early as they come.
        var pieces: [[UInt8]] = [[]]
        var isEscaped = false
        for byte in pattern.utf8 {
            if isEscaped {
                pieces[pieces.count - 1].append(byte)
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "*") {
                pieces.append([])
            } else {
                pieces[pieces.count - 1].append(byte)
            }
        }
        var rest = Array(text.utf8)[...]
        if pieces.count == 1 { return rest.elementsEqual(pieces[0]) }
        guard rest.starts(with: pieces[0]) else { return false }
        rest = rest.dropFirst(pieces[0].count)
        let last = pieces[pieces.count - 1]
        guard rest.count >= last.count, rest.suffix(last.count).elementsEqual(last) else { return false }
        rest = rest.dropLast(last.count)
        for piece in pieces[1..<pieces.count - 1] where !piece.isEmpty {
            while rest.count >= piece.count, !rest.starts(with: piece) { rest = rest.dropFirst() }
            guard rest.count >= piece.count else { return false }
            rest = rest.dropFirst(piece.count)
        }
        return true
    }
}

extension ChoiceTest.Family {
    /// Negative, zero or positive; `nil` if one of the values is not of this family.
    func compare(_ left: JSONValue, _ right: JSONValue) -> Int? {
        switch (self, left, right) {
        case (.string, .string(let left), .string(let right)): return ValueOrder.compare(left, right)
        case (.numeric, .number(let left), .number(let right)): return ValueOrder.compare(left, right)
        case (.boolean, .bool(let left), .bool(let right)): return left == right ? 0 : left ? 1 : -1
        case (.timestamp, .string(let left), .string(let right)):
            guard let left = Timestamp(left), let right = Timestamp(right) else { return nil }
            return left == right ? 0 : left < right ? -1 : 1
        default: return nil
        }
    }

    /// Whether a value may stand behind the operators of this family.
    func takes(_ value: JSONValue) -> Bool { compare(value, value) != nil }

    /// What may stand there, for messages.
    var expectation: String {
        switch self {
        case .string: "a string"
        case .numeric: "a number"
        case .boolean: "true or false"
        case .timestamp: "a moment such as \"2026-03-14T01:59:00Z\""
        }
    }
}
