import JSON

/// The methods and functions that programs may call.
extension PainlessMachine {
    /// Calls a method.
    mutating func call(
        _ target: PainlessValue, _ name: String, _ arguments: [PainlessValue]
    ) throws(PainlessError) -> PainlessValue {
        let found: PainlessValue?
        switch (target, name, arguments.count) {
        case (.null, _, _):
            throw PainlessError(.nullPointer, "cannot access method/field [\(name)] from a null def reference")
        case (_, "toString", 0): return .string(try heap.text(target))
        case (_, "equals", 1): return .bool(try heap.areEqual(target, arguments[0]))
        case (.string(let text), _, _): found = try string(text, name, arguments)
        case (.builder(let builder), _, _): found = try build(builder, name, arguments)
        case (.list(let list), _, _):
            let changed = try change(list, name, arguments)
            found = if let changed { changed } else { try read(list, name, arguments) }
        case (.map(let map), _, _):
            let changed = try change(map, name, arguments)
            found = if let changed { changed } else { try read(map, name, arguments) }
        case (.number, "intValue", 0): found = try cast(target, "int")
        case (.number, "longValue", 0): found = try cast(target, "long")
        case (.number, "doubleValue", 0), (.number, "floatValue", 0): found = try cast(target, "double")
        default: found = nil
        }
        guard let found else {
            throw PainlessError("dynamic method [\(target.typeName), \(name)/\(arguments.count)] not found")
        }
        return found
    }

    // MARK: Texts

    private mutating func string(
        _ text: String, _ name: String, _ arguments: [PainlessValue]
    ) throws(PainlessError) -> PainlessValue? {
        try heap.spend(text: text)
        switch (name, arguments.count) {
        case ("length", 0): return .int(text.utf16.count)
        case ("isEmpty", 0): return .bool(text.isEmpty)
        case ("isBlank", 0): return .bool(text.allSatisfy(\.isWhitespace))
        case ("toLowerCase", 0): return .string(text.lowercased())
        case ("toUpperCase", 0): return .string(text.uppercased())
        case ("hashCode", 0): return .int(Int(text.utf16.reduce(Int32(0)) { $0 &* 31 &+ Int32($1) }))
        case ("trim", 0):
            var rest = text.utf8[...]
            while let first = rest.first, first <= 0x20 { rest.removeFirst() }
            while let last = rest.last, last <= 0x20 { rest.removeLast() }
            return .string(String(Substring(rest)))
        case ("substring", 1), ("substring", 2):
            return try substring(text, arguments[0].int, arguments.last?.int, arguments.count)
        case ("charAt", 1):
            return try substring(text, arguments[0].int, arguments[0].int.map { $0 &+ 1 }, 2)
        default: break
        }
        guard let first = arguments.first?.string else { return nil }
        try heap.spend(text: first)
        let (bytes, wanted) = (TextBytes(text), TextBytes(first))
        switch (name, arguments.count) {
        case ("contains", 1): return .bool(bytes.place(of: wanted, from: 0) != nil)
        case ("startsWith", 1): return .bool(bytes.bytes.starts(with: wanted.bytes))
        case ("endsWith", 1): return .bool(bytes.bytes.suffix(wanted.bytes.count).elementsEqual(wanted.bytes))
        case ("equalsIgnoreCase", 1): return .bool(text.lowercased().utf8.elementsEqual(first.lowercased().utf8))
        case ("indexOf", 1): return .int(bytes.units(before: bytes.place(of: wanted, from: 0)))
        case ("indexOf", 2):
            let start = String(decoding: text.utf16.prefix(max(0, arguments[1].int ?? 0)), as: UTF16.self).utf8.count
            return .int(bytes.units(before: bytes.place(of: wanted, from: start)))
        case ("lastIndexOf", 1): return .int(bytes.units(before: bytes.lastPlace(of: wanted)))
        case ("compareTo", 1):
            for (one, other) in zip(text.utf16, first.utf16) where one != other { return .int(Int(one) - Int(other)) }
            return .int(text.utf16.count - first.utf16.count)
        case ("concat", 1): return try combine(.add, .string(text), .string(first))
        case ("splitOnToken", 1), ("splitOnToken", 2):
            guard !wanted.bytes.isEmpty else { return nil }
            let limit = arguments.count == 2 ? arguments[1].int.flatMap { $0 > 0 ? $0 : nil } : nil
            let pieces = bytes.pieces(at: wanted, limit: limit)
            try heap.spend(pieces.count * 4)
            return try heap.list(pieces.map { .string(String(decoding: $0, as: UTF8.self)) })
        case ("replace", 2):
            guard let with = arguments[1].string, !wanted.bytes.isEmpty else { return nil }
            let pieces = bytes.pieces(at: wanted, limit: nil)
            let (added, overflows) = with.utf8.count.multipliedReportingOverflow(by: pieces.count - 1)
            guard !overflows, added <= PainlessHeap.maximumTextBytes else {
                throw PainlessError(.illegalArgument, "a text is longer than \(PainlessHeap.maximumTextBytes) bytes")
            }
            let text = String(decoding: Array(pieces.joined(separator: with.utf8)), as: UTF8.self)
            try heap.spend(text: text)
            return .string(text)
        default: return nil
        }
    }

    private func substring(
        _ text: String, _ start: Int?, _ end: Int?, _ count: Int
    ) throws(PainlessError) -> PainlessValue? {
        let units = text.utf16
        guard let start, let last = count == 2 ? end : units.count else { return nil }
        guard start >= 0, start <= last, last <= units.count else {
            throw PainlessError(.outOfBounds, "begin \(start), end \(last), length \(units.count)")
        }
        return .string(String(decoding: units.dropFirst(start).prefix(last - start), as: UTF16.self))
    }

    private mutating func build(
        _ builder: PainlessBuilder, _ name: String, _ arguments: [PainlessValue]
    ) throws(PainlessError) -> PainlessValue? {
        switch (name, arguments.count) {
        case ("append", 1):
            let more = try heap.text(arguments[0])
            guard builder.text.utf8.count + more.utf8.count <= PainlessHeap.maximumTextBytes else {
                throw PainlessError(.illegalArgument, "a text is longer than \(PainlessHeap.maximumTextBytes) bytes")
            }
            builder.text += more
        case ("reverse", 0):
            try heap.spend(text: builder.text)
            builder.text = String(builder.text.reversed())
        case ("insert", 2), ("setLength", 1), ("deleteCharAt", 1):
            try heap.spend(text: builder.text)
            var units = Array(builder.text.utf16)
            guard let place = arguments[0].int, place >= 0, place <= PainlessHeap.maximumTextBytes,
                name == "setLength" || place < units.count || name == "insert" && place == units.count
            else {
                throw PainlessError(.outOfBounds, "index \(try heap.text(arguments[0])), length \(units.count)")
            }
            switch name {
            case "insert": units.insert(contentsOf: try heap.text(arguments[1]).utf16, at: place)
            case "setLength":
                units = Array(units.prefix(place)) + Array(repeating: 0, count: max(0, place - units.count))
            default: units.remove(at: place)
            }
            let text = String(decoding: units, as: UTF16.self)
            try heap.spend(text: text)
            builder.text = text
        default: return try string(builder.text, name, arguments)
        }
        return .builder(builder)
    }

    // MARK: Lists

    private mutating func change(
        _ list: PainlessList, _ name: String, _ arguments: [PainlessValue]
    ) throws(PainlessError) -> PainlessValue? {
        switch (name, arguments.count) {
        case ("add", 1):
            try heap.spend(4)
            list.elements.append(arguments[0])
            return .bool(true)
        case ("add", 2):
            guard let place = arguments[0].int, place >= 0, place <= list.elements.count else {
                throw PainlessError(
                    .outOfBounds, "Index: \(try heap.text(arguments[0])), Size: \(list.elements.count)")
            }
            try heap.spend(4 + (list.elements.count - place) / 8)
            list.elements.insert(arguments[1], at: place)
            return .null
        case ("addAll", 1):
            guard case .list(let more) = arguments[0] else {
                throw PainlessError(.classCast, "addAll takes a list, not \(arguments[0].typeName)")
            }
            try heap.spend(4 * more.elements.count)
            list.elements += more.elements
            return .bool(!more.elements.isEmpty)
        case ("set", 2):
            let place = try Self.position(arguments[0], list.elements.count, fromEnd: false)
            let old = try heap.element(list, place)
            list.elements[place] = arguments[1]
            return old
        case ("remove", 1):
            let place = try Self.position(arguments[0], list.elements.count, fromEnd: false)
            try heap.spend(1 + (list.elements.count - place) / 8)
            let old = try heap.element(list, place)
            list.elements.remove(at: place)
            return old
        case ("clear", 0):
            list.elements = []
            return .null
        default: return nil
        }
    }

    private mutating func read(
        _ list: PainlessList, _ name: String, _ arguments: [PainlessValue]
    ) throws(PainlessError) -> PainlessValue? {
        switch (name, arguments.count) {
        case ("size", 0), ("length", 0): return .int(list.elements.count)
        case ("isEmpty", 0): return .bool(list.elements.isEmpty)
        case ("contains", 1): return .bool(try place(of: arguments[0], in: list) >= 0)
        case ("indexOf", 1): return .int(try place(of: arguments[0], in: list))
        case ("get", 1):
            return try heap.element(list, try Self.position(arguments[0], list.elements.count, fromEnd: false))
        default: return nil
        }
    }

    private mutating func place(of value: PainlessValue, in list: PainlessList) throws(PainlessError) -> Int {
        for (place, element) in list.elements.enumerated() where try heap.areEqual(element, value) { return place }
        return -1
    }

    // MARK: Maps

    private mutating func change(
        _ map: PainlessMap, _ name: String, _ arguments: [PainlessValue]
    ) throws(PainlessError) -> PainlessValue? {
        guard ["put", "putIfAbsent", "putAll", "remove", "clear"].contains(name) else { return nil }
        try checkChangeable(map)
        try heap.spend(4)
        switch (name, arguments.count) {
        case ("put", 2), ("putIfAbsent", 2):
            let key = try heap.text(arguments[0])
            let old = try heap.member(map, key) ?? .null
            if name == "put" || old.isNull { map.set(key, arguments[1]) }
            return old
        case ("putAll", 1):
            guard case .map(let more) = arguments[0] else {
                throw PainlessError(.classCast, "putAll takes a map, not \(arguments[0].typeName)")
            }
            for key in more.keys {
                try heap.spend(4)
                map.set(key, try heap.member(more, key))
            }
            return .null
        case ("remove", 1):
            let key = try heap.text(arguments[0])
            let old = try heap.member(map, key) ?? .null
            map.set(key, nil)
            return old
        case ("clear", 0):
            map.clear()
            return .null
        default: return nil
        }
    }

    private mutating func read(
        _ map: PainlessMap, _ name: String, _ arguments: [PainlessValue]
    ) throws(PainlessError) -> PainlessValue? {
        switch (name, arguments.count) {
        case ("size", 0): return .int(map.count)
        case ("isEmpty", 0): return .bool(map.count == 0)
        case ("containsKey", 1): return .bool(map.value(try heap.text(arguments[0])) != nil)
        case ("get", 1): return try heap.member(map, try heap.text(arguments[0])) ?? .null
        case ("getOrDefault", 2): return try heap.member(map, try heap.text(arguments[0])) ?? arguments[1]
        case ("containsValue", 1), ("keySet", 0), ("values", 0), ("entrySet", 0): break
        default: return nil
        }
        let keys = map.keys
        try heap.spend(4 * keys.count)
        if name == "keySet" { return try heap.list(keys.map { .string($0) }) }
        var values: [PainlessValue] = []
        for key in keys { values.append(try heap.member(map, key) ?? .null) }
        switch name {
        case "values": return try heap.list(values)
        case "containsValue":
            for value in values where try heap.areEqual(value, arguments[0]) { return .bool(true) }
            return .bool(false)
        default:
            var entries: [PainlessValue] = []
            for (key, value) in zip(keys, values) {
                let entry = try heap.map()
                if case .map(let map) = entry {
                    map.set("key", .string(key))
                    map.set("value", value)
                }
                entries.append(entry)
            }
            return try heap.list(entries)
        }
    }

    // MARK: Functions of classes

    /// Calls a function of a class.
    mutating func function(
        _ type: String, _ name: String, _ arguments: [PainlessValue]
    ) throws(PainlessError) -> PainlessValue {
        if type == "Math", let result = Self.mathematics(name, arguments) { return .number(result) }
        if arguments.count == 1 {
            switch (type, name) {
            case ("Integer", "parseInt"), ("Long", "parseLong"):
                if let number = arguments[0].string.flatMap({ Int($0) }) { return .int(number) }
                throw try noNumber(arguments[0])
            case ("Double", "parseDouble"), ("Float", "parseFloat"):
                if let number = arguments[0].string.flatMap({ Double($0) }), number.isFinite {
                    return .number(JSONNumber(number))
                }
                throw try noNumber(arguments[0])
            case ("Boolean", "parseBoolean"): return .bool(arguments[0].string?.lowercased() == "true")
            case ("String", "valueOf"), ("Integer", "toString"), ("Long", "toString"), ("Double", "toString"):
                return .string(try heap.text(arguments[0]))
            default: break
            }
        }
        if type == "String", name == "join", arguments.count == 2, case .list(let list) = arguments[1] {
            let separator = try heap.text(arguments[0])
            let builder = PainlessBuilder("")
            for (place, element) in list.elements.enumerated() {
                if place > 0 { _ = try build(builder, "append", [.string(separator)]) }
                _ = try build(builder, "append", [element])
            }
            return .string(builder.text)
        }
        throw PainlessError("static method [\(type), \(name)/\(arguments.count)] not found")
    }

    private mutating func noNumber(_ value: PainlessValue) throws(PainlessError) -> PainlessError {
        PainlessError(.illegalArgument, "For input string: \"\(try heap.text(value))\"")
    }

    private static func mathematics(_ name: String, _ arguments: [PainlessValue]) -> JSONNumber? {
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
}
