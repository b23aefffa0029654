import DocumentStore
import JSON

/// A line of a file of documents.
struct LoadedDocument {
    /// What `_id` says; nil for a document that gets an id.
    let id: String?
    /// The document without its metadata.
    let source: JSONObject
    private let routing: String?
    /// The source as it stands in the file; nil if metadata had to be taken out of it.
    private let text: ArraySlice<UInt8>?

    /// Reads a line.
    init(_ line: ArraySlice<UInt8>) throws(CommandFailure) {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(parsing: line)
        } catch {
            throw CommandFailure(.badData, "column \(error.column): not JSON: \(error.reason)")
        }
        guard let members = value.object else {
            throw CommandFailure(.badData, "must be an object, not \(value.typeName)")
        }
        id = try Self.identifier(members["_id"], "_id")
        routing = try Self.identifier(members["_routing"], "_routing")
        if let id, !(1...512).contains(id.utf8.count) {
            throw CommandFailure(.badData, "'_id' must have 1 to 512 bytes, not \(id.utf8.count)")
        }
        // Without metadata, the line is the source as it stands.
        let isWhole = id == nil && routing == nil
        text = isWhole ? line : nil
        source =
            isWhole
            ? members
            : JSONObject(members.lazy.filter { $0.key != "_id" && $0.key != "_routing" }.map { ($0.key, $0.value) })
    }

    /// Stores the document as it is.
    var operation: DocumentOperation { operation(text ?? Self.bytes(source)) }

    /// Stores another source under the document's id.
    func operation(with source: JSONObject) -> DocumentOperation { operation(Self.bytes(source)) }

    private func operation(_ source: ArraySlice<UInt8>) -> DocumentOperation {
        guard let id else { return DocumentOperation(generatingIDFor: source, routing: routing) }
        return DocumentOperation(id: id, routing: routing, action: .index(source: source))
    }

    private static func bytes(_ source: JSONObject) -> ArraySlice<UInt8> {
        JSONValue.object(source).serializedBytes()[...]
    }

    private static func identifier(_ value: JSONValue?, _ field: String) throws(CommandFailure) -> String? {
        guard let value, !value.isNull else { return nil }
        if let text = value.string { return text }
        if let number = value.int { return "\(number)" }
        throw CommandFailure(.badData, "field '\(field)' must be a string or a whole number, not \(value.typeName)")
    }
}
