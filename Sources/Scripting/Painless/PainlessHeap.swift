import JSON

/// The lists, maps and string builders of one run, and how much the run may still do.
///
/// Everything that takes time or room is counted: statements, elements that are looked at or made, bytes of text. Containers live until the run ends, when they are
/// emptied one by one: neither cycles nor values that nest deeply outlive it.
struct PainlessHeap {
    private var lists: [PainlessList] = []
    private var maps: [PainlessMap] = []
    private var work = 0
    private var statements = 0

    /// Statements and rounds of loops that one run may take; Painless bounds its loops likewise.
    private static let maximumStatements = 1_000_000
    /// Units of work: an element that is looked at is one, a statement one, a container fifty, sixteen bytes of text one.
    private static let maximumWork = 10_000_000
    /// The longest text that a program may make, in bytes.
    static let maximumTextBytes = 16 << 20
    /// How deep values may nest when they become a document.
    static let maximumDepth = 512

    // MARK: Work

    mutating func spendStatement() throws(PainlessError) {
        statements += 1
        guard statements <= Self.maximumStatements else {
            throw PainlessError(
                .illegalArgument, "The maximum number of statements has been reached: \(Self.maximumStatements)")
        }
        try spend(1)
    }

    mutating func spend(_ units: Int) throws(PainlessError) {
        work += units
        guard work <= Self.maximumWork else {
            throw PainlessError(.illegalArgument, "the script does more than one run may do, in elements and texts")
        }
    }

    /// Counts a text that is read or made.
    mutating func spend(text: String) throws(PainlessError) {
        guard text.utf8.count <= Self.maximumTextBytes else {
            throw PainlessError(.illegalArgument, "a text is longer than \(Self.maximumTextBytes) bytes")
        }
        try spend(1 + text.utf8.count / 16)
    }

    // MARK: Containers

    mutating func list(_ elements: [PainlessValue]) throws(PainlessError) -> PainlessValue {
        try spend(50 + elements.count * 2)
        let list = PainlessList(elements)
        lists.append(list)
        return .list(list)
    }

    mutating func map(_ source: JSONObject = JSONObject()) throws(PainlessError) -> PainlessValue {
        try spend(50)
        let map = PainlessMap(source)
        maps.append(map)
        return .map(map)
    }

    /// A value that may be looked into.
    mutating func read(_ value: PainlessValue) throws(PainlessError) -> PainlessValue {
        guard case .unread(let json) = value else { return value }
        switch json {
        case .array(let elements): return try list(elements.map(PainlessValue.init(reading:)))
        case .object(let object): return try map(object)
        default: return PainlessValue(reading: json)
        }
    }

    /// A member of a map; `nil` if there is none.
    mutating func member(_ map: PainlessMap, _ key: String) throws(PainlessError) -> PainlessValue? {
        guard let value = map.value(key) else { return nil }
        guard case .unread = value else { return value }
        let read = try read(value)
        map.keep(key, read)
        return read
    }

    /// An element of a list, which has it.
    mutating func element(_ list: PainlessList, _ place: Int) throws(PainlessError) -> PainlessValue {
        guard case .unread = list.elements[place] else { return list.elements[place] }
        list.elements[place] = try read(list.elements[place])
        return list.elements[place]
    }

    /// Empties what was made, so that nothing keeps itself alive and nothing is released deeply.
    mutating func release() {
        for list in lists { list.elements = [] }
        for map in maps { map.clear() }
        lists = []
        maps = []
    }

    // MARK: Documents

    /// The value as a part of a document.
    ///
    /// - Throws: ``PainlessError`` if it nests too deeply (a value that holds itself does), is too large, or has a number that JSON does not have.
    mutating func json(_ value: PainlessValue, depth: Int = 0) throws(PainlessError) -> JSONValue {
        guard depth <= Self.maximumDepth else {
            throw PainlessError(
                .illegalArgument, "a value nests deeper than \(Self.maximumDepth) levels, or contains itself")
        }
        try spend(1)
        switch value {
        case .null: return .null
        case .bool(let flag): return .bool(flag)
        case .number(let number):
            guard number.isInteger || number.double.isFinite else {
                throw PainlessError(.illegalArgument, "[\(JavaNumbers.text(number.double))] is no number of a document")
            }
            return .number(number)
        case .string(let text):
            try spend(text: text)
            return .string(text)
        case .builder(let builder): return .string(builder.text)
        case .unread(let value):
            try weigh(value, depth)
            return value
        case .list(let list):
            var elements: [JSONValue] = []
            elements.reserveCapacity(list.elements.count)
            for element in list.elements { elements.append(try json(element, depth: depth + 1)) }
            return .array(elements)
        case .map(let map):
            var object = JSONObject()
            for key in map.keys {
                try spend(text: key)
                object[key] = try json(map.value(key) ?? .null, depth: depth + 1)
            }
            return .object(object)
        }
    }

    /// Counts what was not looked at, which may stand in several places.
    private mutating func weigh(_ value: JSONValue, _ depth: Int) throws(PainlessError) {
        guard depth <= Self.maximumDepth else {
            throw PainlessError(.illegalArgument, "a value nests deeper than \(Self.maximumDepth) levels")
        }
        switch value {
        case .array(let elements):
            try spend(elements.count)
            for element in elements { try weigh(element, depth + 1) }
        case .object(let object):
            try spend(object.count)
            for member in object { try weigh(member.value, depth + 1) }
        case .string(let text): try spend(text.utf8.count / 16)
        default: break
        }
    }

    // MARK: Texts and comparisons

    /// The value as Java's `toString` writes it.
    mutating func text(_ value: PainlessValue) throws(PainlessError) -> String {
        var text = ""
        try append(value, to: &text, depth: 0)
        return text
    }

    private mutating func append(_ value: PainlessValue, to text: inout String, depth: Int) throws(PainlessError) {
        guard depth <= Self.maximumDepth, text.utf8.count <= Self.maximumTextBytes else {
            throw PainlessError(
                .illegalArgument,
                "a text is longer than \(Self.maximumTextBytes) bytes, or nests deeper than \(Self.maximumDepth) levels"
            )
        }
        try spend(1)
        switch value {
        case .null: text += "null"
        case .bool(let flag): text += flag ? "true" : "false"
        case .number(let number): text += number.isInteger ? number.description : JavaNumbers.text(number.double)
        case .string(let part):
            try spend(text: part)
            text += part
        case .builder(let builder):
            try spend(text: builder.text)
            text += builder.text
        case .unread: try append(try read(value), to: &text, depth: depth)
        case .list(let list):
            text += "["
            for (place, element) in list.elements.enumerated() {
                if place > 0 { text += ", " }
                try append(element, to: &text, depth: depth + 1)
            }
            text += "]"
        case .map(let map):
            text += "{"
            for (place, key) in map.keys.enumerated() {
                if place > 0 { text += ", " }
                try spend(text: key)
                text += key + "="
                try append(map.value(key) ?? .null, to: &text, depth: depth + 1)
            }
            text += "}"
        }
    }

    /// Whether two values are equal, lists and maps by what they hold.
    mutating func areEqual(
        _ left: PainlessValue, _ right: PainlessValue, depth: Int = 0
    ) throws(PainlessError) -> Bool {
        guard depth <= Self.maximumDepth else {
            throw PainlessError(.illegalArgument, "a value nests deeper than \(Self.maximumDepth) levels")
        }
        try spend(1)
        switch (left, right) {
        case (.null, .null): return true
        case (.bool(let a), .bool(let b)): return a == b
        case (.number(let a), .number(let b)): return a == b || a.double == b.double && a.isInteger != b.isInteger
        case (.string(let a), .string(let b)):
            try spend(text: a)
            return a.utf8.elementsEqual(b.utf8)
        case (.builder(let a), .builder(let b)): return a === b
        case (.unread, _), (_, .unread):
            let (a, b) = (try read(left), try read(right))
            return try areEqual(a, b, depth: depth)
        case (.list(let a), .list(let b)):
            if a === b { return true }
            guard a.elements.count == b.elements.count else { return false }
            for (one, other) in zip(a.elements, b.elements) {
                guard try areEqual(one, other, depth: depth + 1) else { return false }
            }
            return true
        case (.map(let a), .map(let b)):
            if a === b { return true }
            guard a.count == b.count else { return false }
            for key in a.keys {
                guard let other = b.value(key), try areEqual(a.value(key) ?? .null, other, depth: depth + 1) else {
                    return false
                }
            }
            return true
        default: return false
        }
    }
}
