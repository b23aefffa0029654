import JSON
import Relevance

/// One line of JSON input with its place, read field by field with errors that name both.
struct InputRecord {
    let path: String
    let line: Int
    let value: JSONValue

    /// A failure about one field of the line.
    func failure(_ field: String, _ reason: String) -> CommandFailure {
        CommandFailure(.badData, "\(path), line \(line): \(field.isEmpty ? "" : "field '\(field)' ")\(reason).")
    }

    /// The string in a field.
    func string(_ field: String) throws(CommandFailure) -> String {
        try string(value[field], field)
    }

    /// The string that `value` is; `field` names it in errors.
    func string(_ value: JSONValue?, _ field: String) throws(CommandFailure) -> String {
        guard let value else { throw failure(field, "is missing") }
        guard let text = value.string else { throw failure(field, "must be a string, not \(value.typeName)") }
        return text
    }

    /// The string in a field that need not be there; null counts as absent.
    func optionalString(_ value: JSONValue?, _ field: String) throws(CommandFailure) -> String? {
        guard let value, !value.isNull else { return nil }
        return try string(value, field)
    }

    /// The id of an object: `id` or `_id`, a string or a whole number.
    func identifier(of object: JSONValue, _ field: String) throws(CommandFailure) -> String? {
        guard let id = object["id"] ?? object["_id"], !id.isNull else { return nil }
        if let text = id.string { return text }
        if let number = id.int { return "\(number)" }
        throw failure(field, "must be a string or a whole number, not \(id.typeName)")
    }
}

/// Reads records from a file of JSON lines; blank lines are skipped.
struct InputRecords: ~Copyable {
    private var reader: LineReader

    /// Opens a file, `-` for standard input.
    init(path: String) throws(CommandFailure) {
        do throws(RelevanceError) {
            reader = try LineReader(path: path)
        } catch {
            throw CommandFailure(.missingInput, error.description)
        }
    }

    mutating func next() throws -> InputRecord? {
        while let line = try reader.next() {
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { continue }
            do throws(JSONError) {
                return InputRecord(path: reader.path, line: reader.lineNumber, value: try JSONValue(parsing: line))
            } catch {
                throw CommandFailure(
                    .badData,
                    "\(reader.path), line \(reader.lineNumber), column \(error.column): not JSON: \(error.reason). "
                        + "Every line holds one JSON value.")
            }
        }
        return nil
    }
}
