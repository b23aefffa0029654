package import JSON

/// A request body: its tree, and its bytes to tell line and column of a place.
package struct RequestBody: Sendable {
    /// The deepest nesting of arrays and objects that OpenSearch's reader takes.
    package static let maximumDepth = 250

    package let bytes: [UInt8]
    package let root: RequestNode

    /// Reads a body.
    package init(_ bytes: [UInt8]) throws {
        self.bytes = bytes
        do {
            root = try JSONReader.read(bytes, limits: JSONLimits(maximumDepth: Self.maximumDepth)) {
                (reader) throws(JSONError) in
                let node = try Self.node(&reader)
                try reader.finish()
                return node
            }
        } catch {
            let type = error.code == .limitExceeded ? "stream_constraints_exception" : "json_parse_exception"
            throw SearchError(
                type: type, reason: "\(error.reason)\n at [line: \(error.line), column: \(error.column)]")
        }
    }

    /// Takes a document that has been read before; places are those of its compact text.
    package init(_ value: JSONValue) throws {
        var writer = JSONWriter()
        writer.value(value)
        try self.init(writer.bytes)
    }

    private static func node(_ reader: inout JSONReader) throws(JSONError) -> RequestNode {
        let kind = try reader.peek()
        let offset = reader.position
        let content: RequestNode.Content
        switch kind {
        case .object:
            var members: [RequestNode.Member] = []
            var spelled: Set<String> = []
            var keyFault: JSONError?
            try reader.readObject { (key, reader) throws(JSONError) in
                // The colon and white space lie between key and position; the place of a key is that of its value less its text,
                // which is right for compact text and good enough for the rest.
                let place = reader.position
                let value = try node(&reader)
                if !spelled.insert(key).inserted, keyFault == nil {
                    keyFault = reader.fault("Duplicate field '\(key)'")
                }
                members.append(RequestNode.Member(key: key, offset: place, value: value))
            }
            if let keyFault { throw keyFault }
            content = .object(members)
        case .array:
            var elements: [RequestNode] = []
            try reader.readArray { (reader) throws(JSONError) in elements.append(try node(&reader)) }
            content = .array(elements)
        case .string: content = .string(try reader.readString())
        case .number: content = .number(try reader.readNumber())
        case .bool: content = .bool(try reader.readBool())
        case .null:
            try reader.readNull()
            content = .null
        }
        return RequestNode(content: content, offset: offset, end: reader.position - 1)
    }

    /// The line (from 1) and column (bytes, from 1) of a byte.
    package func place(of offset: Int) -> (line: Int, column: Int) {
        var line = 1
        var start = 0
        for index in 0..<min(offset, bytes.count) where bytes[index] == UInt8(ascii: "\n") {
            line += 1
            start = index + 1
        }
        return (line, offset - start + 1)
    }

    /// The place of a member's key: walks back from the colon over the quoted text.
    package func keyPlace(of member: RequestNode.Member) -> (line: Int, column: Int) {
        var index = min(member.offset, bytes.count) - 1
        while index > 0, bytes[index] != UInt8(ascii: ":") { index -= 1 }
        while index > 0, bytes[index] != UInt8(ascii: "\"") { index -= 1 }
        index -= 1
        while index > 0 {
            if bytes[index] == UInt8(ascii: "\"") {
                var slashes = 0
                while index - slashes - 1 >= 0, bytes[index - slashes - 1] == UInt8(ascii: "\\") { slashes += 1 }
                if slashes % 2 == 0 { break }
            }
            index -= 1
        }
        return place(of: max(index, 0))
    }
}
