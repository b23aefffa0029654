import JSON

/// A program while it runs: its variables, and what it has returned.
struct PainlessMachine {
    private var variables: [String: JSONValue]
    /// Variables that show a part of `ctx`: values are copied here, so that a change through them would be lost.
    private var views: Set<String> = []
    private(set) var result = JSONValue.null
    private var hasLeft = false
    private var steps = 0

    /// Statements that one run may take; Painless bounds its loops likewise.
    private static let maximumSteps = 1_000_000
    /// The longest text that a program may make, in bytes.
    static let maximumTextBytes = 16 << 20
    /// How deep a program may nest what it changes.
    private static let maximumPath = 256

    /// What `ctx` is now.
    var context: JSONValue { variables["ctx"] ?? .null }

    init(_ context: JSONValue, _ parameters: JSONObject) {
        variables = ["ctx": context, "params": .object(parameters)]
    }

    /// Runs statements until one returns.
    mutating func run(_ statements: [PainlessStatement]) throws(PainlessError) {
        for statement in statements {
            if hasLeft { return }
            try run(statement)
        }
    }

    private mutating func run(_ statement: PainlessStatement) throws(PainlessError) {
        steps += 1
        guard steps <= Self.maximumSteps else {
            throw PainlessError(
                .illegalArgument, "The maximum number of statements has been reached: \(Self.maximumSteps)")
        }
        switch statement {
        case .evaluate(let expression): result = try value(expression)
        case .declare(let name, let expression):
            variables[name] =
                try expression.map { (expression) throws(PainlessError) in try value(expression) } ?? .null
            if let expression, place(expression) != nil, variables[name]?.isContainer == true {
                views.insert(name)
            } else {
                views.remove(name)
            }
        case .assign(let target, let expression):
            try checkReplaceable(target)
            let new = try value(expression)
            result = .null
            try change(target) { (old) throws(PainlessError) in old = new }
        case .combine(let target, let sign, let expression):
            try checkReplaceable(target)
            let right = try value(expression)
            result = .null
            try change(target) { (old) throws(PainlessError) in
                old = try PainlessArithmetic.combine(sign, old ?? .null, right)
            }
        case .choose(let condition, let yes, let no): try run(try flag(condition) ? yes : no)
        case .forEach(let name, let list, let body):
            let elements: [JSONValue]
            switch try value(list) {
            case .array(let array): elements = array
            case .null: throw PainlessError(.nullPointer, "cannot go through null")
            case let other:
                throw PainlessError(.illegalArgument, "cannot go through \(other.typeName): for needs a list")
            }
            for element in elements {
                if hasLeft { return }
                variables[name] = element
                if element.isContainer { views.insert(name) } else { views.remove(name) }
                try run(body)
            }
        case .leave(let expression):
            result = try expression.map { (expression) throws(PainlessError) in try value(expression) } ?? .null
            hasLeft = true
        }
    }

    // MARK: Values

    private mutating func flag(_ expression: PainlessExpression) throws(PainlessError) -> Bool {
        let value = try value(expression)
        guard let flag = value.bool else {
            throw PainlessError(.classCast, "Cannot cast from [\(value.typeName)] to [boolean]")
        }
        return flag
    }

    private mutating func value(_ expression: PainlessExpression) throws(PainlessError) -> JSONValue {
        switch expression {
        case .literal(let value): return value
        case .variable(let name): return variables[name] ?? .null
        case .list(let elements): return .array(try values(elements))
        case .map(let members):
            var object = JSONObject()
            for member in members {
                let key = try value(member.key)
                object[key.string ?? key.serialized()] = try value(member.value)
            }
            return .object(object)
        case .member(let base, let name, let isSafe):
            let base = try value(base)
            if isSafe, base.isNull { return .null }
            return try Self.member(base, name)
        case .element(let base, let index):
            let base = try value(base)
            let key = try value(index)
            return try Self.element(base, key)
        case .call(let base, let name, let arguments, let isSafe):
            return try call(base, name, arguments, isSafe: isSafe)
        case .function(let type, let name, let arguments):
            return try PainlessMethods.function(type, name, try values(arguments))
        case .not(let inner): return .bool(try !flag(inner))
        case .binary(let sign, let left, let right): return try binary(sign, left, right)
        case .conditional(let condition, let yes, let no): return try value(try flag(condition) ? yes : no)
        case .isInstance(let inner, let type): return .bool(try PainlessMethods.isInstance(try value(inner), type))
        }
    }

    private mutating func values(_ expressions: [PainlessExpression]) throws(PainlessError) -> [JSONValue] {
        var result: [JSONValue] = []
        for expression in expressions { result.append(try value(expression)) }
        return result
    }

    private mutating func binary(
        _ sign: PainlessOperator, _ left: PainlessExpression, _ right: PainlessExpression
    ) throws(PainlessError) -> JSONValue {
        switch sign {
        case .and: return .bool(try flag(left) ? try flag(right) : false)
        case .or: return .bool(try flag(left) ? true : try flag(right))
        case .elvis:
            let first = try value(left)
            return first.isNull ? try value(right) : first
        default:
            let first = try value(left)
            return try PainlessArithmetic.combine(sign, first, try value(right))
        }
    }

    private static func member(_ base: JSONValue, _ name: String) throws(PainlessError) -> JSONValue {
        switch base {
        case .object(let object): return object[name] ?? .null
        case .array(let elements):
            if name == "length" { return .number(JSONNumber(elements.count)) }
            if let index = Int(name) { return try element(base, .number(JSONNumber(index))) }
        case .null: throw PainlessError(.nullPointer, "cannot access method/field [\(name)] from a null def reference")
        default: break
        }
        throw PainlessError(.illegalArgument, "dynamic getter [\(base.typeName), \(name)] not found")
    }

    private static func element(_ base: JSONValue, _ key: JSONValue) throws(PainlessError) -> JSONValue {
        switch base {
        case .object(let object): return object[key.string ?? key.serialized()] ?? .null
        case .array(let elements): return elements[try position(key, elements.count)]
        case .null: throw PainlessError(.nullPointer, "cannot access an element of a null def reference")
        default: throw PainlessError(.illegalArgument, "\(base.typeName) has no elements")
        }
    }

    /// Where an element stands; counted from the end if negative.
    static func position(_ key: JSONValue, _ count: Int) throws(PainlessError) -> Int {
        guard let index = key.int else {
            throw PainlessError(.classCast, "[\(key.serialized())] is no number of an element")
        }
        let place = index < 0 ? index + count : index
        guard place >= 0, place < count else {
            throw PainlessError(.outOfBounds, "Index \(index) out of bounds for length \(count)")
        }
        return place
    }

    // MARK: Changes

    /// Refuses to replace `ctx` as a whole; its members may change.
    private func checkReplaceable(_ target: PainlessExpression) throws(PainlessError) {
        if case .variable("ctx") = target { throw PainlessError("[ctx] itself cannot be replaced") }
    }

    private mutating func call(
        _ base: PainlessExpression, _ name: String, _ arguments: [PainlessExpression], isSafe: Bool
    ) throws(PainlessError) -> JSONValue {
        if PainlessMethods.changing.contains(name), place(base) != nil {
            if isSafe, try value(base).isNull { return .null }
            let arguments = try values(arguments)
            var result = JSONValue.null
            try change(base) { (old) throws(PainlessError) in
                guard var target = old else {
                    throw PainlessError(.nullPointer, "cannot access method/field [\(name)] from a null def reference")
                }
                old = nil
                defer { old = target }
                result = try PainlessMethods.change(&target, name, arguments)
            }
            return result
        }
        let target = try value(base)
        if isSafe, target.isNull { return .null }
        return try PainlessMethods.call(target, name, try values(arguments))
    }

    /// A variable and the expressions of the members that lead on; `nil` for what is no place.
    private func place(_ expression: PainlessExpression) -> (root: String, steps: [PainlessExpression])? {
        var steps: [PainlessExpression] = []
        var rest = expression
        while true {
            switch rest {
            case .variable(let name): return (name, steps.reversed())
            case .member(let base, let name, _):
                steps.append(.literal(.string(name)))
                rest = base
            case .element(let base, let index):
                steps.append(index)
                rest = base
            default: return nil
            }
        }
    }

    /// Changes what a place holds; `nil` stands for a member that is not there.
    private mutating func change(
        _ target: PainlessExpression, _ body: (inout JSONValue?) throws(PainlessError) -> Void
    ) throws(PainlessError) {
        guard let (root, path) = place(target) else { throw PainlessError("only members and variables can be changed") }
        guard path.count <= Self.maximumPath else {
            throw PainlessError(.illegalArgument, "a path has more than \(Self.maximumPath) members")
        }
        if root == "params" { throw PainlessError(.illegalArgument, "params cannot be changed") }
        if views.contains(root), !path.isEmpty || variables[root]?.isContainer == true {
            throw PainlessError("[\(root)] shows a part of ctx; change it by its path from ctx")
        }
        let keys = try values(path)
        var value: JSONValue? = variables[root]
        variables[root] = .null
        defer { variables[root] = value ?? .null }
        try Self.change(&value, keys[...], body)
    }

    private static func change(
        _ value: inout JSONValue?, _ keys: ArraySlice<JSONValue>,
        _ body: (inout JSONValue?) throws(PainlessError) -> Void
    ) throws(PainlessError) {
        guard let key = keys.first else { return try body(&value) }
        let name = key.string ?? key.serialized()
        switch value {
        case .object(var object)?:
            value = .null
            var inner = object[name]
            // The member is taken out, so that it is not copied when it changes.
            if inner != nil { object[name] = .null }
            defer { value = .object(object) }
            defer { object[name] = inner }
            try change(&inner, keys.dropFirst(), body)
        case .array(var elements)?:
            value = .null
            defer { value = .array(elements) }
            let place = try position(Int(name).map { .number(JSONNumber($0)) } ?? key, elements.count)
            var inner: JSONValue? = elements[place]
            elements[place] = .null
            defer { elements[place] = inner ?? .null }
            try change(&inner, keys.dropFirst(), body)
        case nil, .null?:
            throw PainlessError(
                .nullPointer, "cannot access method/field [\(name)] from a null def reference: nothing can be set in it"
            )
        case let other?:
            throw PainlessError(.illegalArgument, "[\(name)] cannot be set in \(other.typeName)")
        }
    }
}

extension JSONValue {
    /// Whether this is a list or an object.
    var isContainer: Bool {
        switch self {
        case .array, .object: true
        default: false
        }
    }
}
