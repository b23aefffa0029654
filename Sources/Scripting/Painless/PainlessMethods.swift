import JSON

/// The methods and functions that programs may call.
enum PainlessMethods {
    /// Methods that change what they are called on.
    static let changing: Set<String> = ["add", "addAll", "clear", "put", "remove"]

    /// Calls a method that changes nothing.
    static func call(_ target: JSONValue, _ name: String, _ arguments: [JSONValue]) throws(PainlessError) -> JSONValue {
        if name == "toString", arguments.isEmpty, !target.isNull { return .string(PainlessArithmetic.text(target)) }
        if name == "equals", arguments.count == 1, !target.isNull { return .bool(target == arguments[0]) }
        let found: JSONValue?
        switch target {
        case .null:
            throw PainlessError(.nullPointer, "cannot access method/field [\(name)] from a null def reference")
        case .string(let text): found = try string(text, name, arguments)
        case .array(let elements): found = try list(elements, name, arguments)
        case .object(let object): found = map(object, name, arguments)
        default: found = nil
        }
        guard let found else {
            throw PainlessError("dynamic method [\(target.typeName), \(name)/\(arguments.count)] not found")
        }
        return found
    }

    /// Calls a method that changes a list or a map.
    static func change(
        _ target: inout JSONValue, _ name: String, _ arguments: [JSONValue]
    ) throws(PainlessError) -> JSONValue {
        switch (target, name, arguments.count) {
        case (.array(var elements), _, _):
            target = .null
            defer { target = .array(elements) }
            switch (name, arguments.count) {
            case ("add", 1):
                elements.append(arguments[0])
                return true
            case ("add", 2):
                guard let place = arguments[0].int, place >= 0, place <= elements.count else {
                    throw PainlessError(.outOfBounds, "Index: \(arguments[0]), Size: \(elements.count)")
                }
                elements.insert(arguments[1], at: place)
                return .null
            case ("addAll", 1):
                guard let more = arguments[0].array else {
                    throw PainlessError(.classCast, "addAll takes a list, not \(arguments[0].typeName)")
                }
                elements += more
                return .bool(!more.isEmpty)
            case ("remove", 1): return elements.remove(at: try PainlessMachine.position(arguments[0], elements.count))
            case ("clear", 0):
                elements = []
                return .null
            default: break
            }
        case (.object(var object), _, _):
            target = .null
            defer { target = .object(object) }
            switch (name, arguments.count) {
            case ("put", 2):
                let key = PainlessArithmetic.text(arguments[0])
                let old = object[key]
                object[key] = arguments[1]
                return old ?? .null
            case ("remove", 1):
                let key = PainlessArithmetic.text(arguments[0])
                let old = object[key]
                object[key] = nil
                return old ?? .null
            case ("clear", 0):
                object = JSONObject()
                return .null
            default: break
            }
        case (.null, _, _):
            throw PainlessError(.nullPointer, "cannot access method/field [\(name)] from a null def reference")
        default: break
        }
        throw PainlessError("dynamic method [\(target.typeName), \(name)/\(arguments.count)] not found")
    }

    // MARK: Texts

    private static func string(
        _ text: String, _ name: String, _ arguments: [JSONValue]
    ) throws(PainlessError) -> JSONValue? {
        if arguments.isEmpty {
            switch name {
            case "length": return .number(JSONNumber(text.utf16.count))
            case "isEmpty": return .bool(text.isEmpty)
            case "toLowerCase": return .string(text.lowercased())
            case "toUpperCase": return .string(text.uppercased())
            case "trim":
                var rest = text.unicodeScalars[...]
                while let first = rest.first, first.value <= 0x20 { rest.removeFirst() }
                while let last = rest.last, last.value <= 0x20 { rest.removeLast() }
                return .string(String(rest))
            default: return nil
            }
        }
        if name == "substring" { return try substring(text, arguments) }
        guard let first = arguments[0].string else { return nil }
        let (bytes, wanted) = (Array(text.utf8), Array(first.utf8))
        switch (name, arguments.count) {
        case ("contains", 1): return .bool(find(wanted, in: bytes, from: 0) != nil)
        case ("startsWith", 1): return .bool(bytes.starts(with: wanted))
        case ("endsWith", 1):
            return .bool(bytes.count >= wanted.count && bytes.suffix(wanted.count).elementsEqual(wanted))
        case ("equalsIgnoreCase", 1): return .bool(text.lowercased() == first.lowercased())
        case ("indexOf", 1):
            let place = find(wanted, in: bytes, from: 0)
            return .number(JSONNumber(place.map { String(decoding: bytes[..<$0], as: UTF8.self).utf16.count } ?? -1))
        case ("splitOnToken", 1):
            guard !wanted.isEmpty else { return nil }
            return .array(pieces(bytes, wanted).map { .string(String(decoding: $0, as: UTF8.self)) })
        case ("replace", 2):
            guard let with = arguments[1].string, !wanted.isEmpty else { return nil }
            let parts = pieces(bytes, wanted)
            guard bytes.count + (parts.count - 1) * with.utf8.count <= PainlessMachine.maximumTextBytes else {
                throw PainlessError(
                    .illegalArgument, "a text is longer than \(PainlessMachine.maximumTextBytes) bytes")
            }
            return .string(String(decoding: Array(parts.joined(separator: with.utf8)), as: UTF8.self))
        default: return nil
        }
    }

    private static func substring(_ text: String, _ arguments: [JSONValue]) throws(PainlessError) -> JSONValue? {
        let units = Array(text.utf16)
        guard arguments.count <= 2, let start = arguments[0].int else { return nil }
        let end = arguments.count == 2 ? arguments[1].int ?? -1 : units.count
        guard start >= 0, start <= end, end <= units.count else {
            throw PainlessError(.outOfBounds, "begin \(start), end \(end), length \(units.count)")
        }
        return .string(String(decoding: units[start..<end], as: UTF16.self))
    }

    private static func find(_ wanted: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        guard let first = wanted.first else { return start }
        var place = start
        while place + wanted.count <= bytes.count {
            if bytes[place] == first, bytes[place..<place + wanted.count].elementsEqual(wanted) { return place }
            place += 1
        }
        return nil
    }

    private static func pieces(_ bytes: [UInt8], _ wanted: [UInt8]) -> [ArraySlice<UInt8>] {
        var result: [ArraySlice<UInt8>] = []
        var start = 0
        while let place = find(wanted, in: bytes, from: start) {
            result.append(bytes[start..<place])
            start = place + wanted.count
        }
        return result + [bytes[start...]]
    }

    // MARK: Lists and maps

    private static func list(
        _ elements: [JSONValue], _ name: String, _ arguments: [JSONValue]
    ) throws(PainlessError) -> JSONValue? {
        switch (name, arguments.count) {
        case ("size", 0), ("length", 0): return .number(JSONNumber(elements.count))
        case ("isEmpty", 0): return .bool(elements.isEmpty)
        case ("contains", 1): return .bool(elements.contains(arguments[0]))
        case ("indexOf", 1): return .number(JSONNumber(elements.firstIndex(of: arguments[0]) ?? -1))
        case ("get", 1): return elements[try PainlessMachine.position(arguments[0], elements.count)]
        default: return nil
        }
    }

    private static func map(_ object: JSONObject, _ name: String, _ arguments: [JSONValue]) -> JSONValue? {
        switch (name, arguments.count) {
        case ("size", 0): return .number(JSONNumber(object.count))
        case ("isEmpty", 0): return .bool(object.isEmpty)
        case ("containsKey", 1): return .bool(object[PainlessArithmetic.text(arguments[0])] != nil)
        case ("containsValue", 1): return .bool(object.contains { $0.value == arguments[0] })
        case ("get", 1): return object[PainlessArithmetic.text(arguments[0])] ?? .null
        case ("getOrDefault", 2): return object[PainlessArithmetic.text(arguments[0])] ?? arguments[1]
        case ("keySet", 0): return .array(object.keys.map { .string($0) })
        case ("values", 0): return .array(object.map(\.value))
        default: return nil
        }
    }

    // MARK: Functions and types

    /// Calls a function of a class.
    static func function(_ type: String, _ name: String, _ arguments: [JSONValue]) throws(PainlessError) -> JSONValue {
        if type == "Math", let result = mathematics(name, arguments) { return .number(result) }
        if arguments.count == 1 {
            switch (type, name) {
            case ("Integer", "parseInt"), ("Long", "parseLong"):
                guard let number = arguments[0].string.flatMap({ Int($0) }) else {
                    throw PainlessError(
                        .illegalArgument, "For input string: \"\(PainlessArithmetic.text(arguments[0]))\"")
                }
                return .number(JSONNumber(number))
            case ("Double", "parseDouble"), ("Float", "parseFloat"):
                guard let number = arguments[0].string.flatMap({ Double($0) }), number.isFinite else {
                    throw PainlessError(
                        .illegalArgument, "For input string: \"\(PainlessArithmetic.text(arguments[0]))\"")
                }
                return .number(JSONNumber(number))
            case ("Boolean", "parseBoolean"): return .bool(arguments[0].string?.lowercased() == "true")
            case ("String", "valueOf"): return .string(PainlessArithmetic.text(arguments[0]))
            default: break
            }
        }
        throw PainlessError("static method [\(type), \(name)/\(arguments.count)] not found")
    }

    private static func mathematics(_ name: String, _ arguments: [JSONValue]) -> JSONNumber? {
        var numbers: [JSONNumber] = []
        for argument in arguments {
            guard case .number(let number) = argument else { return nil }
            numbers.append(number)
        }
        switch (name, numbers.count) {
        case ("max", 2): return numbers[0].double >= numbers[1].double ? numbers[0] : numbers[1]
        case ("min", 2): return numbers[0].double <= numbers[1].double ? numbers[0] : numbers[1]
        case ("abs", 1):
            if numbers[0].isInteger, let value = numbers[0].int, value != .min { return JSONNumber(abs(value)) }
            return JSONNumber(numbers[0].double.magnitude)
        case ("floor", 1): return JSONNumber(numbers[0].double.rounded(.down))
        case ("ceil", 1): return JSONNumber(numbers[0].double.rounded(.up))
        case ("round", 1):
            let rounded = (numbers[0].double + 0.5).rounded(.down)
            return Int(exactly: rounded).map { JSONNumber($0) } ?? JSONNumber(rounded)
        case ("sqrt", 1): return JSONNumber(numbers[0].double.squareRoot())
        default: return nil
        }
    }

    /// Whether a value is of a type.
    static func isInstance(_ value: JSONValue, _ type: String) throws(PainlessError) -> Bool {
        switch (type, value) {
        case ("String", .string), ("List", .array), ("ArrayList", .array), ("Map", .object), ("HashMap", .object),
            ("Boolean", .bool), ("Number", .number):
            return true
        case ("Integer", .number(let number)):
            return number.isInteger && number.int.map { Int32(exactly: $0) != nil } ?? false
        case ("Long", .number(let number)):
            return number.isInteger && number.int.map { Int32(exactly: $0) == nil } ?? true
        case ("Double", .number(let number)), ("Float", .number(let number)): return !number.isInteger
        case ("Object", _), ("def", _): return !value.isNull
        case ("String", _), ("List", _), ("ArrayList", _), ("Map", _), ("HashMap", _), ("Boolean", _), ("Number", _),
            ("Integer", _), ("Long", _), ("Double", _), ("Float", _):
            return false
        default: throw PainlessError("the type [\(type)] is unknown")
        }
    }
}
