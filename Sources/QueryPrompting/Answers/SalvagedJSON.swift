import JSON
import QueryGeneration

/// Reads the whole strings of JSON that is broken or ends in the middle.
enum SalvagedJSON {
    private enum Place { case object, array }

    /// The deepest brackets that are followed.
    private static let depthLimit = 32

    /// The queries of what can be read: elements of arrays, and values of the names that queries have.
    static func queries(_ text: ArraySlice<UInt8>) -> [AnswerText.Found] {
        var found: [AnswerText.Found] = []
        var places: [Place] = []
        var key: String?
        var type: GeneratedQuery.QueryType?
        var number: Int?
        var index = text.startIndex
        while index < text.endIndex, found.count < AnswerParser.queryLimit {
            switch text[index] {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                guard places.count < depthLimit else { return found }
                places.append(text[index] == UInt8(ascii: "{") ? .object : .array)
                (key, type, number) = (nil, nil, nil)
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if !places.isEmpty { places.removeLast() }
                (key, type, number) = (nil, nil, nil)
            case UInt8(ascii: ","): key = nil
            case UInt8(ascii: "\""):
                guard let (string, end) = string(text[index...]) else { return found }
                index = end
                let next = text[index...].first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }
                if next == UInt8(ascii: ":") {
                    key = string
                } else if places.last == .array {
                    found.append((string, nil))
                } else if let name = key {
                    if name == "type" {
                        type = AnswerShape.type(string)
                        if let number { found[number].type = type }
                    } else if AnswerShape.texts.contains(name) {
                        number = found.count
                        found.append((string, type))
                    } else if let named = AnswerShape.type(name) {
                        found.append((string, named))
                    }
                    key = nil
                }
                continue
            default: break
            }
            index += 1
        }
        return found
    }

    /// The string at the beginning, and the place behind it; nil if it does not end or cannot be read.
    private static func string(_ text: ArraySlice<UInt8>) -> (String, Int)? {
        var index = text.startIndex + 1
        while index < text.endIndex, text[index] != UInt8(ascii: "\"") {
            index += text[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard index < text.endIndex else { return nil }
        // Line breaks in strings are not JSON, and models write them.
        let piece = text[text.startIndex...index].map { $0 < 0x20 ? 0x20 : $0 }
        guard let string = (try? JSONValue(parsing: piece))?.string else { return nil }
        return (string, index + 1)
    }
}
