import JSON
import Routing

/// One document of a rerank request: a string, or an object of which some fields are read.
struct RerankDocument: Sendable {
    /// What the model reads.
    let text: String
    /// What was sent, for replies that give documents back.
    let original: JSONValue

    /// Reads a document.
    ///
    /// - Parameters:
    ///   - rankFields: the fields of objects that are read, in this order; those that an object lacks are passed over.
    ///     Without any of them, and by default, the text is the field `text`, as in Cohere's and Jina's documents.
    ///   - place: the document's name in faults, `documents[3]`.
    init(_ value: JSONValue, rankFields: [String], place: String) throws(APIFault) {
        original = value
        if let string = value.string {
            text = string
            return
        }
        guard let object = value.object else {
            throw APIFault(
                .badField, "'\(place)' must be a string or an object with a 'text', and is \(value.typeName).",
                field: place)
        }
        let parts = rankFields.compactMap { object[$0] }.filter { !$0.isNull }
        if !parts.isEmpty {
            text = parts.map { $0.string ?? $0.serialized() }.joined(separator: "\n")
            return
        }
        let fields = RequestFields(object, place: place + ".")
        guard let string = try fields.string("text") else {
            let wanted = rankFields.isEmpty ? "'text'" : "the fields of 'rank_fields', and no 'text'"
            throw APIFault(.badField, "'\(place)' has none of \(wanted); there is nothing to rank.", field: place)
        }
        text = string
    }

    /// Writes the document as Cohere and Jina give it back: an object with its text, or the object that was sent.
    func write(to writer: inout JSONWriter) {
        if case .string(let text) = original {
            writer.beginObject()
            writer.key("text")
            writer.value(text)
            writer.endObject()
        } else {
            writer.value(original)
        }
    }
}
