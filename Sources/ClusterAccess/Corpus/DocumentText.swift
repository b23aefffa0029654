import JSON

/// Which values of a document make its text and its title.
struct DocumentText: Sendable {
    /// The text of a document.
    struct Content: Sendable {
        var title: String?
        var text: String
        /// Whether the text was longer than the limit.
        var isCut: Bool
    }

    private let textPaths: [[Substring]]
    private let titlePath: [Substring]?
    private let limit: Int

    /// - Parameter limit: Bytes of a text at most.
    init(textFields: [String], titleField: String?, limit: Int) {
        textPaths = textFields.map { $0.split(separator: ".", omittingEmptySubsequences: false) }
        titlePath = titleField?.split(separator: ".", omittingEmptySubsequences: false)
        self.limit = limit
    }

    /// What a document says; nil if it has no text.
    ///
    /// Values of several fields and of arrays stand one a line. A document of a title alone has it as its text.
    func content(of source: JSONValue) -> Content? {
        let title = titlePath.map { Self.text(at: [$0], in: source) } ?? ""
        var text = Self.text(at: textPaths, in: source)
        if text.isEmpty {
            guard !title.isEmpty else { return nil }
            text = title
            return Content(title: nil, text: Self.cut(text, limit), isCut: text.utf8.count > limit)
        }
        return Content(
            title: title.isEmpty ? nil : Self.cut(title, limit), text: Self.cut(text, limit),
            isCut: text.utf8.count > limit)
    }

    private static func text(at paths: [[Substring]], in source: JSONValue) -> String {
        var values: [String] = []
        for path in paths { collect(path[...], source, into: &values) }
        return values.joined(separator: "\n")
    }

    /// Gathers the values at a path: through objects, arrays and keys that hold dots themselves, as OpenSearch reads fields.
    private static func collect(_ path: ArraySlice<Substring>, _ value: JSONValue, into values: inout [String]) {
        switch value {
        case .array(let elements):
            for element in elements { collect(path, element, into: &values) }
        case .object(let object):
            guard !path.isEmpty else { return }
            for end in path.indices {
                guard let inner = object[path[...end].joined(separator: ".")] else { continue }
                collect(path[path.index(after: end)...], inner, into: &values)
            }
        case .string(let text):
            if path.isEmpty, text.contains(where: { !$0.isWhitespace }) { values.append(text) }
        case .number, .bool:
            if path.isEmpty { values.append(value.serialized()) }
        case .null: break
        }
    }

    /// As much of a text as fits, in whole scalars.
    static func cut(_ text: String, _ limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        let end = text.utf8.index(text.startIndex, offsetBy: limit)
        return String(text.unicodeScalars[..<end.samePositionOrBefore(in: text)])
    }
}

extension String.Index {
    /// This place, or that of the scalar in whose middle it is.
    fileprivate func samePositionOrBefore(in text: String) -> String.Index {
        var index = self
        while index.samePosition(in: text.unicodeScalars) == nil { index = text.utf8.index(before: index) }
        return index
    }
}
