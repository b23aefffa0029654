import JSON
import Relevance

/// A file that holds one JSON document.
enum JSONFile {
    /// Reads it; gzip is inflated on the way, `-` is standard input.
    static func read(_ path: String) throws -> JSONValue {
        var lines = try LineReader(path: path)
        var text: [UInt8] = []
        while let line = try lines.next() {
            text += line
            text.append(UInt8(ascii: "\n"))
        }
        do throws(JSONError) {
            return try JSONValue(parsing: text)
        } catch {
            throw CommandFailure(.badData, "\(path), line \(error.line): not JSON: \(error.reason).")
        }
    }
}
