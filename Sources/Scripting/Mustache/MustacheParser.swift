/// Cuts a template into its pieces.
struct MustacheParser {
    /// A section whose end has not come.
    private struct Frame {
        enum Kind {
            case section
            case inverted
            case json
            case join(delimiter: String)
            case url
        }

        let kind: Kind
        /// The tag as written, which the end repeats.
        let name: String
        let offset: Int
        var nodes: [MustacheNode] = []
    }

    private let bytes: [UInt8]
    private var position = 0
    private var opening = Array("{{".utf8)
    private var closing = Array("}}".utf8)
    private var frames: [Frame] = []
    private var current: [MustacheNode] = []

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// All pieces.
    mutating func nodes() throws(MustacheError) -> [MustacheNode] {
        while let start = find(opening, from: position) {
            if start > position { current.append(.text(bytes[position..<start])) }
            position = start + opening.count
            try tag(at: start)
        }
        if position < bytes.count { current.append(.text(bytes[position...])) }
        if let open = frames.last {
            throw MustacheError("the section [\(open.name)] at offset \(open.offset) is not closed")
        }
        return current
    }

    private mutating func tag(at start: Int) throws(MustacheError) {
        while position < bytes.count, bytes[position] == 0x20 { position += 1 }
        let sign = position < bytes.count ? bytes[position] : 0
        switch sign {
        case UInt8(ascii: "{"):
            position += 1
            add(.variable(Self.path(try content(until: [UInt8(ascii: "}")] + closing, start)), isEscaped: false))
        case UInt8(ascii: "&"):
            position += 1
            add(.variable(Self.path(try content(until: closing, start)), isEscaped: false))
        case UInt8(ascii: "!"): _ = try content(until: closing, start)
        case UInt8(ascii: "="): try changeDelimiters(start)
        case UInt8(ascii: "#"), UInt8(ascii: "^"):
            position += 1
            try open(try content(until: closing, start), isInverted: sign == UInt8(ascii: "^"), start)
        case UInt8(ascii: "/"):
            position += 1
            try close(try content(until: closing, start), start)
        case UInt8(ascii: ">"), UInt8(ascii: "<"), UInt8(ascii: "$"):
            throw MustacheError(
                "the tag at offset \(start) asks for another template, which is not supported: write its text here")
        default:
            let name = try content(until: closing, start)
            guard !name.isEmpty else { throw MustacheError("the tag at offset \(start) has no name") }
            add(.variable(Self.path(name), isEscaped: true))
        }
    }

    private mutating func add(_ node: MustacheNode) { current.append(node) }

    // MARK: Sections

    private mutating func open(_ name: String, isInverted: Bool, _ start: Int) throws(MustacheError) {
        guard !name.isEmpty else { throw MustacheError("the section at offset \(start) has no name") }
        guard frames.count < MustacheTemplate.maximumDepth else {
            throw MustacheError("sections are nested deeper than \(MustacheTemplate.maximumDepth)")
        }
        var kind = isInverted ? Frame.Kind.inverted : .section
        if !isInverted {
            if name == "toJson" { kind = .json }
            if name == "url" { kind = .url }
            if name == "join" { kind = .join(delimiter: ",") }
            if name.hasPrefix("join "), let delimiter = Self.delimiter(name) { kind = .join(delimiter: delimiter) }
        }
        var frame = Frame(kind: kind, name: name, offset: start)
        frame.nodes = current
        frames.append(frame)
        current = []
    }

    private mutating func close(_ name: String, _ start: Int) throws(MustacheError) {
        guard let frame = frames.popLast() else {
            throw MustacheError("the end of [\(name)] at offset \(start) has no beginning")
        }
        guard frame.name == name else {
            throw MustacheError(
                "the end of [\(name)] at offset \(start) does not fit the section [\(frame.name)] at offset \(frame.offset)"
            )
        }
        let inner = current
        current = frame.nodes
        switch frame.kind {
        case .section: add(.section(Self.path(name), inner))
        case .inverted: add(.inverted(Self.path(name), inner))
        case .url: add(.url(inner))
        case .json: add(.json(try Self.identifier(inner, "toJson")))
        case .join(let delimiter): add(.join(try Self.identifier(inner, "join"), delimiter: delimiter))
        }
    }

    /// The one name inside of a function that works on a value.
    private static func identifier(_ nodes: [MustacheNode], _ function: String) throws(MustacheError) -> [String] {
        if nodes.count == 1, case .text(let text) = nodes[0] {
            let name = String(String(decoding: text, as: UTF8.self).trimmed)
            if !name.isEmpty { return path(name) }
        }
        throw MustacheError("Mustache function [\(function)] must contain one and only one identifier")
    }

    /// The text between quotes behind `delimiter=`.
    private static func delimiter(_ name: String) -> String? {
        let rest = name.dropFirst("join ".count).trimmed
        guard rest.hasPrefix("delimiter='"), rest.hasSuffix("'"), rest.utf8.count >= "delimiter=''".utf8.count else {
            return nil
        }
        return String(rest.dropFirst("delimiter='".count).dropLast())
    }

    // MARK: Characters

    private mutating func changeDelimiters(_ start: Int) throws(MustacheError) {
        position += 1
        let inside = try content(until: [UInt8(ascii: "=")] + closing, start)
        let parts = inside.split(separator: " ").map { Array($0.utf8) }
        guard parts.count == 2 else {
            throw MustacheError("the tag at offset \(start) must name two delimiters, as in {{=<% %>=}}")
        }
        (opening, closing) = (parts[0], parts[1])
    }

    private mutating func content(until end: [UInt8], _ start: Int) throws(MustacheError) -> String {
        guard let found = find(end, from: position) else {
            throw MustacheError("the tag at offset \(start) is not closed by [\(String(decoding: end, as: UTF8.self))]")
        }
        defer { position = found + end.count }
        return String(String(decoding: bytes[position..<found], as: UTF8.self).trimmed)
    }

    private func find(_ wanted: [UInt8], from start: Int) -> Int? {
        guard bytes.count >= wanted.count else { return nil }
        var place = start
        while place <= bytes.count - wanted.count {
            if bytes[place] == wanted[0], bytes[place..<place + wanted.count].elementsEqual(wanted) { return place }
            place += 1
        }
        return nil
    }

    /// The parts of a name with dots; none for the value itself.
    private static func path(_ name: String) -> [String] {
        name == "." ? [] : name.split(separator: ".").map(String.init)
    }
}

extension StringProtocol {
    /// The text without spaces around it.
    fileprivate var trimmed: SubSequence {
        var rest = self[...]
        while rest.first?.isWhitespace == true { rest = rest.dropFirst() }
        while rest.last?.isWhitespace == true { rest = rest.dropLast() }
        return rest
    }
}
