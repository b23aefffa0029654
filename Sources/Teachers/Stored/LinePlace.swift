package import JSON
package import Relevance

/// The place of a line, for errors, and the fields of JSON lines.
package struct LinePlace {
    let path: String
    let line: Int

    package init(path: String, line: Int) {
        self.path = path
        self.line = line
    }

    package func error(_ reason: String, _ advice: String, code: RelevanceError.Code = .malformedLine) -> RelevanceError
    {
        RelevanceError(code, path: path, line: line, reason: reason, advice: advice)
    }

    /// The JSON object of a line.
    package func object(_ line: ArraySlice<UInt8>) throws(RelevanceError) -> JSONObject {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(parsing: line)
        } catch {
            throw self.error("column \(error.column): \(error.reason)", "Every line is one JSON object.")
        }
        guard let object = value.object else {
            throw error("this is \(value.typeName), not an object", "Every line is one JSON object.")
        }
        return object
    }

    /// A field that is a text.
    package func text(_ field: String, of object: JSONObject) throws(RelevanceError) -> String {
        if let text = object[field]?.string { return text }
        throw error(
            "the field '\(field)' \(object[field] == nil ? "is missing" : "is not a string")",
            "Give a string '\(field)' in every line.")
    }

    /// A field that is a list of texts; a single text stands for a list of one.
    package func texts(_ field: String, of object: JSONObject) throws(RelevanceError) -> [String] {
        if let text = object[field]?.string { return [text] }
        let texts = object[field]?.array?.map(\.string)
        guard let texts, !texts.contains(nil) else {
            throw error(
                "the field '\(field)' \(object[field] == nil ? "is missing" : "is not a list of strings")",
                "Give a list of strings '\(field)' in every line.")
        }
        return texts.compactMap { $0 }
    }

    /// A field that is a list of as many numbers as there are texts.
    package func numbers(_ field: String, of object: JSONObject, count: Int) throws(RelevanceError) -> [Float] {
        guard let values = object[field]?.array else {
            throw error(
                "the field '\(field)' \(object[field] == nil ? "is missing" : "is not a list")",
                "Give a list of numbers '\(field)' in every line.")
        }
        guard values.count == count else {
            throw error("'\(field)' has \(values.count) numbers for \(count) texts", "Give one number for each text.")
        }
        var numbers: [Float] = []
        for value in values { numbers.append(try number(value.double, field)) }
        return numbers
    }

    package func number(_ value: Double?, _ field: String) throws(RelevanceError) -> Float {
        guard let value, Float(value).isFinite else {
            throw error("'\(field)' is not a finite number", "Give numbers that float32 can hold.")
        }
        return Float(value)
    }
}
