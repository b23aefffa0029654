package import JSON

/// A path into a document, in the part of JSONPath that response filters use: `$`, `.name`, `['name']`, `[0]`, `[-1]`, `[*]`, `.*`.
package struct JSONPath {
    private enum Step {
        case member(String)
        case element(Int)
        case all
    }

    private let steps: [Step]
    /// The path as it was written.
    let text: String

    /// Reads a path.
    package init(_ text: String) throws(ConnectorError) {
        self.text = text
        var steps: [Step] = []
        var rest = text.utf8[...]
        func bad() -> ConnectorError {
            .illegalArgument(
                "[response_filter] is [\(text.prefix(200))]; this server reads $, .name, ['name'], [0] and [*]")
        }
        guard text.utf8.count <= 1000, rest.popFirst() == UInt8(ascii: "$") else { throw bad() }
        while let sign = rest.popFirst() {
            switch sign {
            case UInt8(ascii: "."):
                let name = rest.prefix { $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "[") }
                guard !name.isEmpty else { throw bad() }
                rest = rest[name.endIndex...]
                let word = String(decoding: name, as: UTF8.self)
                steps.append(word == "*" ? .all : .member(word))
            case UInt8(ascii: "["):
                guard let end = rest.firstIndex(of: UInt8(ascii: "]")) else { throw bad() }
                let inside = rest[..<end]
                rest = rest[rest.index(after: end)...]
                let word = String(decoding: inside, as: UTF8.self)
                if word == "*" {
                    steps.append(.all)
                } else if let index = Int(word) {
                    steps.append(.element(index))
                } else if word.utf8.count >= 2, let quote = word.first, quote == "'" || quote == "\"",
                    word.last == quote
                {
                    steps.append(.member(String(word.dropFirst().dropLast())))
                } else {
                    throw bad()
                }
            default: throw bad()
            }
        }
        self.steps = steps
    }

    /// What the path leads to: one value, or a list of all that it leads to if it has a `*`; nil if there is nothing where one value was meant.
    package func value(in document: JSONValue) -> JSONValue? {
        var values = [document]
        var isList = false
        for step in steps {
            switch step {
            case .member(let name): values = values.compactMap { $0[name] }
            case .element(let index):
                values = values.compactMap { (value) -> JSONValue? in
                    guard let elements = value.array else { return nil }
                    let place = index < 0 ? index + elements.count : index
                    guard elements.indices.contains(place) else { return nil }
                    return elements[place]
                }
            case .all:
                isList = true
                values = values.flatMap { value in value.array ?? value.object?.map(\.value) ?? [] }
            }
            if !isList, values.isEmpty { return nil }
        }
        return isList ? .array(values) : values.first
    }
}
