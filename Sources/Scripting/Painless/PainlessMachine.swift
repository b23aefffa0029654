import JSON

/// A program while it runs: its variables, and what it has returned.
struct PainlessMachine {
    var heap = PainlessHeap()
    var variables: [String: PainlessValue] = [:]
    private(set) var result = PainlessValue.null
    /// Why statements are left out until a loop or the program ends.
    private var exit: Exit?
    private var depth = 0
    private let functions: [String: PainlessFunction]

    private enum Exit {
        case leave, stop, skip
    }

    /// Expressions, statements and calls inside one another at most, while they run.
    private static let maximumDepth = 256

    /// - Parameter functions: of the program.
    init(_ functions: [String: PainlessFunction]) { self.functions = functions }

    /// Makes a value of a document one of the program.
    mutating func declare(_ name: String, _ value: JSONValue) throws(PainlessError) {
        variables[name] = try heap.read(PainlessValue(reading: value))
    }

    // MARK: Statements

    /// Runs statements until one returns.
    mutating func run(_ statements: [PainlessStatement]) throws(PainlessError) {
        for statement in statements {
            if exit != nil { return }
            try run(statement)
        }
    }

    /// Whether a loop goes on behind its body.
    private mutating func goesOn() -> Bool {
        switch exit {
        case nil: return true
        case .leave?: return false
        case .stop?:
            exit = nil
            return false
        case .skip?:
            exit = nil
            return true
        }
    }

    private mutating func enter() throws(PainlessError) {
        depth += 1
        guard depth <= Self.maximumDepth else {
            throw PainlessError(.illegalArgument, "the script nests or calls deeper than \(Self.maximumDepth) levels")
        }
    }

    private mutating func run(_ statement: PainlessStatement) throws(PainlessError) {
        try heap.spendStatement()
        try enter()
        defer { depth -= 1 }
        switch statement {
        case .evaluate(let expression): result = try value(expression)
        case .declare(let name, let expression): variables[name] = try optional(expression)
        case .assign(let target, let expression):
            result = .null
            try assign(target, expression)
        case .combine(let target, let sign, let expression):
            result = .null
            let old = try value(target)
            let right = try value(expression)
            try set(target, try combine(sign, old, right))
        case .choose(let condition, let yes, let no): try run(try flag(condition) ? yes : no)
        case .forEach(let name, let list, let body): try forEach(name, try value(list), body)
        case .loop(let condition, let then, let body):
            while try flag(condition) {
                try heap.spendStatement()
                try run(body)
                guard goesOn() else { return }
                try run(then)
            }
        case .sequence(let statements): try run(statements)
        case .leave(let expression):
            result = try optional(expression)
            exit = .leave
        case .stop: exit = .stop
        case .skip: exit = .skip
        case .fail(let type, let expression):
            let message = try optional(expression)
            throw PainlessError(thrown: type, try heap.text(message))
        }
    }

    private mutating func forEach(
        _ name: String, _ list: PainlessValue, _ body: [PainlessStatement]
    ) throws(PainlessError) {
        let list =
            switch list {
            case .list(let list): list
            case .null: throw PainlessError(.nullPointer, "cannot go through null")
            default: throw PainlessError(.illegalArgument, "cannot go through \(list.typeName): for needs a list")
            }
        let count = list.elements.count
        for place in 0..<count {
            try heap.spendStatement()
            guard list.elements.count == count else {
                throw PainlessError(.runtime, "the list was changed while a loop went through it")
            }
            variables[name] = try heap.element(list, place)
            try run(body)
            guard goesOn() else { return }
        }
    }

    private mutating func optional(_ expression: PainlessExpression?) throws(PainlessError) -> PainlessValue {
        guard let expression else { return .null }
        return try value(expression)
    }

    // MARK: Places

    private mutating func assign(_ target: PainlessExpression, _ expression: PainlessExpression) throws(PainlessError) {
        if case .variable("ctx") = target { throw PainlessError("[ctx] itself cannot be replaced") }
        try set(target, try value(expression))
    }

    private mutating func set(_ target: PainlessExpression, _ new: PainlessValue) throws(PainlessError) {
        switch target {
        case .variable("ctx"), .variable("params"), .variable("doc"):
            throw PainlessError("[ctx], [params] and [doc] themselves cannot be replaced")
        case .variable(let name): variables[name] = new
        case .member(let base, let name, _): try set(try value(base), .string(name), new, isName: true)
        case .element(let base, let index):
            let container = try value(base)
            try set(container, try value(index), new, isName: false)
        default: throw PainlessError("only members and variables can be changed")
        }
    }

    private mutating func set(
        _ container: PainlessValue, _ key: PainlessValue, _ new: PainlessValue, isName: Bool
    ) throws(PainlessError) {
        switch container {
        case .map(let map):
            let name = try heap.text(key)
            try checkChangeable(map)
            try heap.spend(4)
            map.set(name, new)
        case .list(let list):
            let index = isName ? try heap.text(key).asInt.map(PainlessValue.int) ?? key : key
            list.elements[try Self.position(index, list.elements.count, fromEnd: true)] = new
        case .null:
            throw PainlessError(
                .nullPointer,
                "cannot access method/field [\(try heap.text(key))] from a null def reference: nothing can be set in it"
            )
        default:
            throw PainlessError(.illegalArgument, "[\(try heap.text(key))] cannot be set in \(container.typeName)")
        }
    }

    /// Refuses changes of `params`.
    func checkChangeable(_ map: PainlessMap) throws(PainlessError) {
        if case .map(let parameters)? = variables["params"], parameters === map {
            throw PainlessError(.illegalArgument, "params cannot be changed")
        }
    }

    /// Where an element stands.
    ///
    /// - Parameter fromEnd: whether negative numbers count from the end, as between brackets.
    static func position(_ key: PainlessValue, _ count: Int, fromEnd: Bool) throws(PainlessError) -> Int {
        guard let index = key.int else {
            throw PainlessError(.classCast, "a \(key.typeName) is no number of an element")
        }
        let place = index < 0 && fromEnd ? index &+ count : index
        guard place >= 0, place < count else {
            throw PainlessError(.outOfBounds, "Index \(index) out of bounds for length \(count)")
        }
        return place
    }

    // MARK: Values

    mutating func flag(_ expression: PainlessExpression) throws(PainlessError) -> Bool {
        let value = try value(expression)
        guard case .bool(let flag) = value else {
            throw PainlessError(.classCast, "Cannot cast from [\(value.typeName)] to [boolean]")
        }
        return flag
    }

    mutating func values(_ expressions: [PainlessExpression]) throws(PainlessError) -> [PainlessValue] {
        var result: [PainlessValue] = []
        for expression in expressions { result.append(try value(expression)) }
        return result
    }

    /// The value of an expression; rows of operators and members, which lean to the left, are gone through without recursion.
    mutating func value(_ expression: PainlessExpression) throws(PainlessError) -> PainlessValue {
        try enter()
        defer { depth -= 1 }
        var row: [PainlessExpression] = []
        var first = expression
        spine: while true {
            switch first {
            case .binary(_, let base, _), .member(let base, _, _), .element(let base, _), .call(let base, _, _, _):
                row.append(first)
                first = base
            default: break spine
            }
        }
        var result = try atom(first)
        for part in row.reversed() { result = try extend(result, part) }
        return result
    }

    /// What stands at the left of rows.
    private mutating func atom(_ expression: PainlessExpression) throws(PainlessError) -> PainlessValue {
        switch expression {
        case .literal(let value): return PainlessValue(reading: value)
        case .variable(let name): return variables[name] ?? .null
        case .list(let elements): return try heap.list(try values(elements))
        case .map(let members):
            let new = try heap.map()
            guard case .map(let map) = new else { return .null }
            for member in members {
                let key = try value(member.key)
                try heap.spend(4)
                map.set(try heap.text(key), try value(member.value))
            }
            return new
        case .function(let type, let name, let arguments): return try function(type, name, try values(arguments))
        case .not(let inner): return .bool(try !flag(inner))
        case .conditional(let condition, let yes, let no): return try value(try flag(condition) ? yes : no)
        case .isInstance(let inner, let type): return .bool(try isInstance(try value(inner), type))
        case .cast(let inner, let type): return try cast(try value(inner), type)
        case .builder(let text):
            // A number is how long the text may become.
            let text = try optional(text)
            return .builder(PainlessBuilder(text.isNull || text.int != nil ? "" : try heap.text(text)))
        case .invoke(let name, let arguments): return try invoke(name, try values(arguments))
        case .member, .element, .call, .binary: return try value(expression)
        }
    }

    /// The value with the next part of a row.
    private mutating func extend(
        _ base: PainlessValue, _ part: PainlessExpression
    ) throws(PainlessError) -> PainlessValue {
        switch part {
        case .member(_, let name, let isSafe):
            if isSafe, base.isNull { return .null }
            return try member(base, name)
        case .element(_, let index): return try element(base, try value(index))
        case .call(_, let name, let arguments, let isSafe):
            if isSafe, base.isNull { return .null }
            return try call(base, name, try values(arguments))
        case .binary(let sign, _, let right):
            switch sign {
            case .and, .or:
                guard case .bool(let left) = base else {
                    throw PainlessError(.classCast, "Cannot cast from [\(base.typeName)] to [boolean]")
                }
                return left == (sign == .or) ? base : .bool(try flag(right))
            case .elvis: return base.isNull ? try value(right) : base
            default: return try combine(sign, base, try value(right))
            }
        default: return base
        }
    }

    private mutating func member(_ base: PainlessValue, _ name: String) throws(PainlessError) -> PainlessValue {
        switch base {
        case .map(let map): return try heap.member(map, name) ?? .null
        case .list(let list):
            switch name {
            case "length": return .int(list.elements.count)
            // A field of a document in the index: `doc['f'].value`.
            case "value":
                guard !list.elements.isEmpty else {
                    throw PainlessError(
                        .illegalState,
                        "A document doesn't have a value for a field! Use doc[<field>].size()==0 to check if a document is missing a field!"
                    )
                }
                return try heap.element(list, 0)
            case "values": return base
            case "empty": return .bool(list.elements.isEmpty)
            default:
                if let index = name.asInt { return try element(base, .int(index)) }
            }
        case .null: throw PainlessError(.nullPointer, "cannot access method/field [\(name)] from a null def reference")
        default: break
        }
        throw PainlessError(.illegalArgument, "dynamic getter [\(base.typeName), \(name)] not found")
    }

    private mutating func element(_ base: PainlessValue, _ key: PainlessValue) throws(PainlessError) -> PainlessValue {
        switch base {
        case .map(let map): return try heap.member(map, try heap.text(key)) ?? .null
        case .list(let list):
            return try heap.element(list, try Self.position(key, list.elements.count, fromEnd: true))
        case .null: throw PainlessError(.nullPointer, "cannot access an element of a null def reference")
        default: throw PainlessError(.illegalArgument, "\(base.typeName) has no elements")
        }
    }

    /// Runs a function of the program, which sees its arguments only.
    private mutating func invoke(_ name: String, _ arguments: [PainlessValue]) throws(PainlessError) -> PainlessValue {
        guard let function = functions[name] else { throw PainlessError("the function [\(name)] is unknown") }
        let (outer, outerResult) = (variables, result)
        defer { (variables, result) = (outer, outerResult) }
        variables = Dictionary(zip(function.parameters, arguments)) { first, _ in first }
        result = .null
        try run(function.statements)
        // The value of a last statement is a value of the program only.
        let returned = exit == .leave ? result : .null
        exit = nil
        return returned
    }
}

extension String {
    /// The number that the text is.
    var asInt: Int? { Int(self) }
}
