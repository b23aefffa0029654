import JSON

/// The settings of one analyser, tokeniser or filter: reads values however they are written, and notes which were asked for.
///
/// Numbers and booleans may be strings, lists may be a single value or separated by commas, as OpenSearch's settings are.
final class ComponentSettings {
    /// What kind of component this is: `analyzer`, `tokenizer`, `filter`, `char_filter` or `normalizer`.
    let kind: String
    let name: String
    let values: JSONObject
    /// Limits of the index, such as `max_ngram_diff`.
    let limits: AnalysisLimits
    private var known: Set<String> = ["type", "version"]

    init(kind: String, name: String, values: JSONObject, limits: AnalysisLimits) {
        self.kind = kind
        self.name = name
        self.values = values
        self.limits = limits
    }

    /// The component's type, if it says one.
    var type: String? { values["type"]?.scalarText }

    private func value(_ key: String) -> JSONValue? {
        known.insert(key)
        guard let value = values[key], !value.isNull else { return nil }
        return value
    }

    func text(_ key: String) throws(AnalysisError) -> String? {
        guard let value = value(key) else { return nil }
        guard let text = value.scalarText else {
            throw AnalysisError("\(kind) [\(name)]: [\(key)] must be a single value, not \(value.typeName)")
        }
        return text
    }

    func integer(_ key: String, default other: Int) throws(AnalysisError) -> Int {
        guard let text = try text(key) else { return other }
        guard let number = Int(text) ?? Double(text).flatMap({ Int(exactly: $0) }) else {
            throw AnalysisError("Failed to parse value [\(text)] for setting [\(key)] of \(kind) [\(name)]")
        }
        return number
    }

    func bool(_ key: String, default other: Bool) throws(AnalysisError) -> Bool {
        guard let text = try text(key) else { return other }
        switch text {
        case "true": return true
        case "false": return false
        default:
            throw AnalysisError("Failed to parse value [\(text)] as only [true] or [false] are allowed.")
        }
    }

    /// A list; one string may hold several values separated by commas.
    func list(_ key: String) throws(AnalysisError) -> [String]? {
        guard let value = value(key) else { return nil }
        if let elements = value.array {
            var texts: [String] = []
            for element in elements {
                guard let text = element.scalarText else {
                    throw AnalysisError("\(kind) [\(name)]: [\(key)] must be a list of strings")
                }
                texts.append(text)
            }
            return texts
        }
        if let object = value.object {
            // Lists written as name.0, name.1
            let numbered = object.keys.compactMap(Int.init).sorted()
            if numbered.count == object.count { return numbered.compactMap { object[String($0)]?.scalarText } }
        }
        guard let text = value.scalarText else {
            throw AnalysisError("\(kind) [\(name)]: [\(key)] must be a list of strings")
        }
        return text.split(separator: ",").map { String($0).trimmed }.filter { !$0.isEmpty }
    }

    /// Words given inline, or by the names of Lucene's lists (`_english_`).
    func words(_ key: String, path: String? = nil) throws(AnalysisError) -> [String]? {
        if let path, let file = try text(path) {
            throw AnalysisError(
                "[\(path)] of \(kind) [\(name)] is not supported: give the words of [\(file)] in [\(key)]")
        }
        guard let list = try list(key) else { return nil }
        var words: [String] = []
        for word in list {
            if word == "_none_" { continue }
            if word.hasPrefix("_"), word.hasSuffix("_"), word.count > 2, let named = StopWords.named(word) {
                words += named
            } else {
                words.append(word)
            }
        }
        return words
    }

    /// Names what nobody asked for.
    func refuseUnknown() throws(AnalysisError) {
        let unknown = values.keys.filter { !known.contains($0) }
        guard !unknown.isEmpty else { return }
        let accepted = known.subtracting(["version"]).sorted().joined(separator: ", ")
        throw AnalysisError(
            "unknown parameter [\(unknown.joined(separator: ", "))] of \(kind) [\(name)]; it knows [\(accepted)]")
    }
}

/// Index settings that bound what filters may produce.
struct AnalysisLimits: Sendable {
    var maxNGramDifference = 1
    var maxShingleDifference = 3
}

extension JSONValue {
    /// A string, number or boolean as text.
    var scalarText: String? {
        switch self {
        case .string(let text): text
        case .number(let number): String(describing: number)
        case .bool(let value): value ? "true" : "false"
        default: nil
        }
    }
}

extension String {
    /// Without white space at both ends.
    var trimmed: String {
        var view = self[...]
        while let first = view.first, first.isWhitespace { view.removeFirst() }
        while let last = view.last, last.isWhitespace { view.removeLast() }
        return String(view)
    }
}
