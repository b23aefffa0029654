/// A pattern of `dissect`: keys with the text between them.
///
/// `%{a}` takes a value, `%{+a}` appends to it (`%{+a/2}` in an order), `%{?a}` and `%{}` take one and forget it, `%{*a}` and `%{&a}` take a
/// name and its value; `->` at the end of a key passes over repetitions of the text behind it.
///
/// Source: the specification of OpenSearch's `libs/dissect`, its tests and its walk from left to right; a text is matched in O(length of
/// text × length of the longest delimiter).
struct DissectPattern: Sendable {
    private enum Modifier {
        case none, append, appendInOrder, name, value, skip
    }

    private struct Key {
        var name: String
        var modifier: Modifier
        var order = 0
        var passesRepetitions = false
        var isSkipped = false
    }

    /// Keys of a pattern at most.
    private static let maximumKeys = 1000

    private let text: String
    private let separator: String
    private let leading: [UInt8]
    private var pairs: [(key: Key, delimiter: [UInt8])] = []
    private let resultCount: Int

    /// Reads a pattern.
    ///
    /// - Parameter separator: what stands between values that are appended.
    init(_ text: String, separator: String) throws(IngestFailure) {
        self.text = text
        self.separator = separator
        let bytes = Array(text.utf8)
        guard let first = bytes.firstIndex(of: UInt8(ascii: "%")) else { throw Self.noKeys(text) }
        leading = Array(bytes[..<first])
        var index = first
        while index < bytes.count {
            // Text up to a key that begins: a lone % is passed over.
            guard index + 1 < bytes.count, bytes[index] == UInt8(ascii: "%"), bytes[index + 1] == UInt8(ascii: "{"),
                let end = bytes[(index + 2)...].firstIndex(of: UInt8(ascii: "}"))
            else {
                index += 1
                continue
            }
            let key = try Self.key(String(decoding: bytes[(index + 2)..<end], as: UTF8.self))
            let next = bytes[(end + 1)...].firstIndex(of: UInt8(ascii: "%")) ?? bytes.count
            pairs.append((key, Array(bytes[(end + 1)..<next])))
            guard pairs.count <= Self.maximumKeys else {
                throw IngestFailure("pattern_parse", "Unable to parse pattern: more than \(Self.maximumKeys) keys")
            }
            index = next
        }
        let names = Set(pairs.filter { !$0.key.isSkipped }.map(\.key.name))
        guard !names.isEmpty else { throw Self.noKeys(text) }
        resultCount = names.count
        let appended = Set(pairs.filter { [.append, .appendInOrder].contains($0.key.modifier) }.map(\.key.name))
        for place in pairs.indices where pairs[place].key.modifier == .none && appended.contains(pairs[place].key.name)
        {
            pairs[place].key.modifier = .append
        }
        var references: [String: Int] = [:]
        for pair in pairs where pair.key.modifier == .name || pair.key.modifier == .value {
            references[pair.key.name, default: 0] += 1
        }
        if let (name, count) = references.sorted(by: { $0.key < $1.key }).first(where: { $0.value != 2 }) {
            let names = [String](repeating: name, count: count).joined(separator: ",")
            throw IngestFailure(
                "pattern_parse",
                "Unable to parse pattern: \(text) Reason: Found invalid key/reference associations: '\(names)' Please ensure each '*<key>' is matched with a matching '&<key>"
            )
        }
    }

    private static func noKeys(_ text: String) -> IngestFailure {
        IngestFailure(
            "pattern_parse", "Unable to parse pattern: \(text) Reason: Unable to find any keys or delimiters.")
    }

    private static func key(_ text: String) throws(IngestFailure) -> Key {
        func fault(_ reason: String) -> IngestFailure {
            IngestFailure("key_parse", "Unable to parse key: \(text) Reason: \(reason)")
        }
        var rest = text[...]
        var key = Key(name: "", modifier: .none)
        if rest.hasSuffix("->") {
            key.passesRepetitions = true
            rest = rest.dropLast(2)
        }
        let signs = text.filter { "/+*&?".contains($0) }
        switch signs {
        case "": break
        case "+": key.modifier = .append
        case "+/": key.modifier = .appendInOrder
        case "*": key.modifier = .name
        case "&": key.modifier = .value
        case "?": key.modifier = .skip
        case "/": throw fault("The key name could be determined")
        default: throw fault("multiple modifiers are not allowed.")
        }
        if let sign = signs.first, let place = rest.firstIndex(of: sign) { rest = rest[rest.index(after: place)...] }
        if key.modifier == .appendInOrder, let slash = rest.firstIndex(of: "/") {
            guard let order = Int16(rest[rest.index(after: slash)...]), order >= 0 else {
                throw fault("The key name could be determined")
            }
            key.order = Int(order)
            rest = rest[..<slash]
        }
        key.name = String(rest)
        key.isSkipped = key.modifier == .skip || key.modifier == .none && key.name.isEmpty
        if key.name.isEmpty, !key.isSkipped { throw fault("The key name could be determined") }
        return key
    }

    /// The values of a text by their names, in the order of the pattern.
    ///
    /// - Throws: ``IngestFailure`` if the text does not fit.
    func match(_ string: String) throws(IngestFailure) -> [(name: String, value: String)] {
        let input = Array(string.utf8)
        var found: [(key: Key, value: ArraySlice<UInt8>)] = []
        if input.count > leading.count, input.starts(with: leading) { walk(input, &found) }
        let result = results(found)
        guard found.count == pairs.count, result.count == resultCount else {
            throw IngestFailure(
                "find_match", "Unable to find match for dissect pattern: \(text) against source: \(string)", status: 500
            )
        }
        return result
    }

    private func walk(_ input: [UInt8], _ found: inout [(key: Key, value: ArraySlice<UInt8>)]) {
        func stands(_ delimiter: [UInt8], at index: Int) -> Bool {
            !delimiter.isEmpty && index + delimiter.count <= input.count && input[index] == delimiter[0]
                && input[index..<index + delimiter.count].elementsEqual(delimiter)
        }
        var place = 0
        var index = leading.count
        var start = index
        while index < input.count {
            let delimiter = pairs[place].delimiter
            guard stands(delimiter, at: index) else {
                index += 1
                continue
            }
            found.append((pairs[place].key, input[start..<index]))
            index += delimiter.count
            while stands(delimiter, at: index) {
                index += delimiter.count
                if !pairs[place].key.passesRepetitions {
                    guard place + 1 < pairs.count else { return }
                    place += 1
                    found.append((pairs[place].key, []))
                }
            }
            guard place + 1 < pairs.count else { return }
            place += 1
            start = index
        }
        if found.count < pairs.count, pairs[place].delimiter.isEmpty, start <= input.count {
            found.append((pairs[place].key, input[start...]))
        }
    }

    private func results(_ found: [(key: Key, value: ArraySlice<UInt8>)]) -> [(name: String, value: String)] {
        var names: [String] = []
        var values: [String: [(order: Int, text: String)]] = [:]
        var references: [String: (name: String?, value: String?)] = [:]
        var order = -1000 - found.count
        for (key, bytes) in found where !key.isSkipped {
            let text = String(decoding: bytes, as: UTF8.self)
            order += 1
            switch key.modifier {
            case .name: references[key.name, default: (nil, nil)].name = text
            case .value: references[key.name, default: (nil, nil)].value = text
            default:
                if values[key.name] == nil { names.append(key.name) }
                if key.modifier == .none { values[key.name] = [] }
                values[key.name, default: []].append((key.modifier == .appendInOrder ? key.order : order, text))
            }
        }
        var result: [(name: String, value: String)] = []
        for name in names {
            let parts = (values[name] ?? []).sorted { $0.order < $1.order }.map(\.text)
            result.append((name, parts.joined(separator: separator)))
        }
        for (_, pair) in references.sorted(by: { $0.key < $1.key }) {
            guard let name = pair.name, let value = pair.value else { continue }
            if let place = result.firstIndex(where: { $0.name == name }) {
                result[place].value = value
            } else {
                result.append((name, value))
            }
        }
        return result
    }
}
