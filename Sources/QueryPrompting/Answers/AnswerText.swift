import JSON
import QueryGeneration

/// An answer as text, in which queries are looked for.
struct AnswerText {
    typealias Found = (text: String, type: GeneratedQuery.QueryType?)

    /// The most bytes that are looked at.
    static let byteLimit = ModelOutput.textLimit
    /// The most places at which JSON may begin.
    private static let startLimit = 16
    private static let limits = JSONLimits(maximumDepth: 32, maximumBytes: byteLimit)

    private let bytes: [UInt8]
    private let isShortened: Bool
    private let isThinking: Bool

    init(_ text: String) {
        let whole = Array(text.utf8.prefix(Self.byteLimit))
        isShortened = text.utf8.count > Self.byteLimit
        // What a model thinks before it answers is no answer.
        let ends = ["</think>", "</reasoning>"].compactMap { Self.end(ofLast: Array($0.utf8), in: whole) }
        if let end = ends.max() {
            bytes = Array(whole[end...])
            isThinking = false
        } else {
            // An answer that ends in the middle of its thoughts has no answer yet.
            isThinking = ["<think>", "<reasoning>"].contains { Self.end(ofLast: Array($0.utf8), in: whole) != nil }
            bytes = isThinking ? [] : whole
        }
    }

    /// The queries, and whether the answer ends in the middle.
    func queries() -> (queries: [Found], isCut: Bool) {
        var start = 0
        for _ in 0..<Self.startLimit {
            guard let first = bytes[start...].firstIndex(where: { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "[") })
            else { break }
            let end = Self.end(of: bytes[first...])
            if let end, let value = try? JSONValue(parsing: bytes[first..<end], limits: Self.limits) {
                let found = AnswerShape.queries(value)
                if !found.isEmpty { return (found, isShortened) }
                start = end
                continue
            }
            let salvaged = SalvagedJSON.queries(bytes[first..<(end ?? bytes.count)])
            if !salvaged.isEmpty { return (salvaged, end == nil) }
            start = first + 1
        }
        return (NumberedLines.queries(String(decoding: bytes, as: UTF8.self)), isShortened || isThinking)
    }

    /// The place behind the bracket that closes the first one; nil if none does.
    private static func end(of text: ArraySlice<UInt8>) -> Int? {
        var depth = 0
        var isQuoted = false
        var isEscaped = false
        for (index, byte) in zip(text.indices, text) {
            if isQuoted {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isQuoted = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isQuoted = true
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 0 { return index + 1 }
            default: break
            }
        }
        return nil
    }

    /// The place behind the last occurrence of a text.
    private static func end(ofLast part: [UInt8], in bytes: [UInt8]) -> Int? {
        guard bytes.count >= part.count else { return nil }
        for start in stride(from: bytes.count - part.count, through: 0, by: -1)
        where bytes[start] == part[0] && bytes[start..<(start + part.count)].elementsEqual(part) {
            return start + part.count
        }
        return nil
    }
}
