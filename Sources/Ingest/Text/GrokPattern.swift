import JSON
import TextAnalysis

/// A pattern of `grok`: a regular expression that names others, `%{NAME:field:type}`.
///
/// Source: OpenSearch's `libs/grok`. The dialect is Oniguruma's, run by PCRE2 with bounds on steps and memory.
struct GrokPattern: Sendable {
    private enum Kind: String {
        case string, int, long, float, double, boolean
    }

    private let pattern: CapturingPattern
    /// The field of each group.
    private let fields: [(path: String, kind: Kind)]

    /// The longest regular expression that a pattern may become, in bytes.
    private static let maximumBytes = 256 << 10
    /// Named patterns inside one another at most.
    private static let maximumDepth = 64

    /// Reads a pattern.
    ///
    /// - Parameter bank: named patterns.
    init(_ text: String, bank: [String: String]) throws(IngestFailure) {
        var expansion = Expansion(bank: bank)
        try expansion.expand(Array(text.utf8)[...], within: [])
        fields = expansion.fields.map { name in
            let parts = name.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            // A group that the regular expression names itself has no pattern before its field.
            let field = parts.count >= 2 ? parts[1] : parts[0]
            return (field, parts.count >= 3 ? Kind(rawValue: parts[2]) ?? .string : .string)
        }
        do {
            pattern = try CapturingPattern(
                String(decoding: expansion.output, as: UTF8.self), groups: expansion.fields.indices.map { "n\($0)" })
        } catch {
            throw .illegalArgument(error.reason)
        }
    }

    /// The values of a text by their fields; `nil` if it does not match.
    ///
    /// - Parameter keepsAll: whether a field that several groups fill becomes a list; else the first wins.
    func match(_ text: String, keepsAll: Bool) throws(IngestFailure) -> [(field: String, value: JSONValue)]? {
        let groups: [String?]?
        do { groups = try pattern.firstMatch(in: text) } catch {
            throw IngestFailure(
                "runtime_exception", "grok pattern matching was interrupted: \(error.reason)", status: 500)
        }
        guard let groups else { return nil }
        var result: [(field: String, value: JSONValue)] = []
        for (group, (name, kind)) in zip(groups, fields) {
            guard let group else { continue }
            let value = try Self.value(group, kind)
            guard let place = result.firstIndex(where: { $0.field == name }) else {
                result.append((name, value))
                continue
            }
            if keepsAll { result[place].value = .array((result[place].value.array ?? [result[place].value]) + [value]) }
        }
        return result
    }

    private static func value(_ text: String, _ kind: Kind) throws(IngestFailure) -> JSONValue {
        func fault() -> IngestFailure {
            IngestFailure("number_format_exception", "For input string: \"\(text)\"")
        }
        switch kind {
        case .string: return .string(text)
        case .boolean: return .bool(text.lowercased() == "true")
        case .int, .long:
            guard let number = Int(text), kind == .long || Int32(exactly: number) != nil else { throw fault() }
            return .number(JSONNumber(number))
        case .double:
            guard let number = Double(text), number.isFinite else { throw fault() }
            return .number(JSONNumber(number))
        case .float:
            guard let number = Float(text), number.isFinite, let shown = Double(number.description) else {
                throw fault()
            }
            return .number(JSONNumber(shown))
        }
    }

    // MARK: Expansion

    /// Writes named patterns out, with a name of its own for each group that becomes a field.
    private struct Expansion {
        let bank: [String: String]
        var output: [UInt8] = []
        var fields: [String] = []

        mutating func expand(_ bytes: ArraySlice<UInt8>, within path: [String]) throws(IngestFailure) {
            var index = bytes.startIndex
            while index < bytes.endIndex {
                guard output.count <= GrokPattern.maximumBytes else {
                    throw .illegalArgument(
                        "the regular expression becomes longer than \(GrokPattern.maximumBytes) bytes")
                }
                let byte = bytes[index]
                if byte == UInt8(ascii: "\\"), index + 1 < bytes.endIndex {
                    // In Oniguruma, \h is a hexadecimal digit.
                    output +=
                        bytes[index + 1] == UInt8(ascii: "h")
                        ? Array("[0-9A-Fa-f]".utf8) : Array(bytes[index...(index + 1)])
                    index += 2
                } else if let reference = Self.reference(bytes[index...]) {
                    try expand(reference.name, reference.field, within: path)
                    index = reference.end
                } else if let group = Self.namedGroup(bytes[index...]) {
                    output += Array("(?<n\(fields.count)>".utf8)
                    fields.append(group.name)
                    index = group.end
                } else {
                    output.append(byte)
                    index += 1
                }
            }
        }

        private mutating func expand(
            _ name: String, _ field: String?, within path: [String]
        ) throws(IngestFailure) {
            guard let pattern = bank[name] else {
                throw .illegalArgument("Unable to find pattern [\(name)] in Grok's pattern dictionary")
            }
            guard !path.contains(name) else {
                let via = path.count > 1 ? " via patterns [\(path.joined(separator: "=>"))]" : ""
                throw .illegalArgument("circular reference in pattern [\(name)][\(pattern)]\(via)")
            }
            guard path.count < GrokPattern.maximumDepth else {
                throw .illegalArgument("patterns name each other deeper than \(GrokPattern.maximumDepth)")
            }
            if let field {
                output += Array("(?<n\(fields.count)>".utf8)
                fields.append("\(name):\(field)")
            } else {
                output += Array("(?:".utf8)
            }
            try expand(Array(pattern.utf8)[...], within: path + [name])
            output.append(UInt8(ascii: ")"))
        }

        /// `%{NAME}`, `%{NAME:field}` or `%{NAME:field:type}` at the beginning of the bytes.
        private static func reference(_ bytes: ArraySlice<UInt8>) -> (name: String, field: String?, end: Int)? {
            guard bytes.count > 3, bytes.first == UInt8(ascii: "%"), bytes[bytes.startIndex + 1] == UInt8(ascii: "{"),
                let end = bytes.firstIndex(of: UInt8(ascii: "}"))
            else { return nil }
            let inside = String(decoding: bytes[(bytes.startIndex + 2)..<end], as: UTF8.self)
            let parts = inside.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            func fits(_ text: String, _ others: String) -> Bool {
                !text.isEmpty
                    && text.unicodeScalars.allSatisfy {
                        $0.properties.isAlphabetic || $0.properties.numericType != nil
                            || others.unicodeScalars.contains($0)
                    }
            }
            guard fits(parts[0], "_[]^`\\"), parts.count == 1 || fits(parts[1], "@[]_:.-") else { return nil }
            return (parts[0], parts.count == 2 ? parts[1] : nil, end + 1)
        }

        /// `(?<name>` at the beginning of the bytes.
        private static func namedGroup(_ bytes: ArraySlice<UInt8>) -> (name: String, end: Int)? {
            guard bytes.count > 4, bytes.starts(with: Array("(?<".utf8)),
                let end = bytes.firstIndex(of: UInt8(ascii: ">"))
            else { return nil }
            let name = bytes[(bytes.startIndex + 3)..<end]
            guard let first = name.first, first != UInt8(ascii: "="), first != UInt8(ascii: "!") else { return nil }
            return (String(decoding: name, as: UTF8.self), end + 1)
        }
    }
}
