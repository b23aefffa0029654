import Inference
public import JSON
import Querying

/// Adds vectors to documents before they are indexed.
public struct DocumentEncoding: Sendable {
    /// What is made.
    public let fields: [FieldEncoding]
    private let encoder: TextBatchEncoder

    /// Makes fields by an encoder.
    public init(_ fields: [FieldEncoding], by encoder: TextBatchEncoder) {
        self.fields = fields
        self.encoder = encoder
    }

    /// What became of a batch.
    public struct Outcome: Sendable, Hashable {
        /// The documents with their new fields, in the order given.
        public var documents: [JSONObject]
        /// By field: documents that have no text for it, and stay without.
        public var withoutText: [Int]
    }

    /// The documents with their new fields; a value that a document has there already gives way.
    ///
    /// A text is the strings of the source fields, those in arrays too, joined by blanks; blanks around it are dropped, and a document
    /// without any text gets no value.
    ///
    /// - Parameters:
    ///   - documents: so many that their texts and vectors fit in memory; texts of like length are encoded together, so that many are faster.
    ///   - progress: called with how many texts more are done.
    /// - Throws: ``InferenceError``; `textIndex` is the place of the document. Also where a field would have to take the place of a text or an
    ///   array on the way to it.
    public func encoded(
        _ documents: [JSONObject], progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws -> Outcome {
        var outcome = Outcome(documents: documents, withoutText: [])
        for field in fields {
            let texts = documents.map { Self.text(of: field.sources, in: $0) }
            let places = texts.indices.filter { !texts[$0].isEmpty }
            outcome.withoutText.append(texts.count - places.count)
            do {
                let values = try await values(of: field, places.map { texts[$0] }, progress)
                for (position, (place, value)) in zip(places, values).enumerated() {
                    let path = field.field.split(separator: ".")[...]
                    guard Self.set(value, at: path, in: &outcome.documents[place]) else {
                        throw InferenceError(
                            .invalidValue,
                            "The field '\(field.field)' cannot be put into the document: what stands on the way to it is no object. "
                                + "Name a field that leads through objects only.", textIndex: position)
                    }
                }
            } catch let error as InferenceError {
                let document = error.textIndex.map { places[$0] }
                throw InferenceError(error.code, error.message, textIndex: document, setting: error.setting)
            }
        }
        return outcome
    }

    private func values(
        of field: FieldEncoding, _ texts: [String], _ progress: @escaping @Sendable (Int) -> Void
    ) async throws -> [JSONValue] {
        if texts.isEmpty { return [] }
        switch field.form {
        case .vector:
            let vectors = try await encoder.denseVectors(of: texts, model: field.model, progress: progress)
            return vectors.map { .array($0.map(Self.number)) }
        case .tokens, .tokenNumbers:
            let vectors = try await encoder.sparseVectors(of: texts, model: field.model, progress: progress)
            return vectors.map { tokens in
                // What a field of features takes: nothing below the smallest normal number.
                let kept = tokens.lazy.filter { $0.weight >= .leastNormalMagnitude }
                return .object(
                    JSONObject(
                        kept.map { token in
                            let number = token.id.map { "\($0)" } ?? token.token
                            return (field.form == .tokens ? token.token : number, Self.number(token.weight))
                        }))
            }
        }
    }

    /// The shortest decimal that reads back to the same float.
    private static func number(_ value: Float) -> JSONValue {
        .number(JSONNumber(Double(value.description) ?? Double(value)))
    }

    // MARK: Texts and places

    /// The text that is encoded for a document; empty if there is none.
    public static func text(of sources: [String], in document: JSONObject) -> String {
        var text = ""
        for source in sources {
            for part in strings(at: source.split(separator: ".")[...], in: .object(document)) where !part.isEmpty {
                if !text.isEmpty { text += " " }
                text += part
            }
        }
        let isBlank = { (character: Character) in character.isWhitespace }
        guard let first = text.firstIndex(where: { !isBlank($0) }), let last = text.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(text[first...last])
    }

    private static func strings(at path: ArraySlice<Substring>, in value: JSONValue) -> [String] {
        switch value {
        case .string(let text): return path.isEmpty ? [text] : []
        case .array(let items): return items.flatMap { strings(at: path, in: $0) }
        case .object(let object):
            guard let first = path.first else { return [] }
            // A key with the dots in it is the field, too.
            if path.count > 1, let value = object[path.joined(separator: ".")] { return strings(at: [], in: value) }
            return object[String(first)].map { strings(at: path.dropFirst(), in: $0) } ?? []
        default: return []
        }
    }

    /// Puts a value in; false if something on the way is no object, which is left as it is.
    private static func set(
        _ value: JSONValue, at path: ArraySlice<Substring>, in object: inout JSONObject
    ) -> Bool {
        guard let first = path.first else { return false }
        let key = String(first)
        let whole = path.joined(separator: ".")
        if path.count == 1 || object[whole] != nil {
            object[whole] = value
            return true
        }
        let known = object[key] ?? .object(JSONObject())
        guard var inner = known.isNull ? JSONObject() : known.object,
            set(value, at: path.dropFirst(), in: &inner)
        else { return false }
        object[key] = .object(inner)
        return true
    }
}
