package import JSON
import Mappings
import SearchIndex

extension FieldSort {
    /// The value of a key in the response.
    func display(_ key: HitSortKey) -> JSONValue {
        switch (key, source) {
        case (.missing, _): return .null
        case (.bytes(let bytes), .bytes(_, let isAddress)):
            return .string(isAddress ? IPAddress(bytes: bytes).description : String(decoding: bytes, as: UTF8.self))
        case (.bytes(let bytes), _): return .string(String(decoding: bytes, as: UTF8.self))
        case (.integer(let value), .score): return ScoreText.json(Float(SortableDouble.decode(value)))
        case (.integer(let value), _):
            if let format, let encoding = field?.numericEncoding, value != .max, value != .min {
                return format.json(value, encoding: encoding)
            }
            if isFloating {
                let number = SortableDouble.decode(value)
                if number.isInfinite { return .string(number > 0 ? "Infinity" : "-Infinity") }
                return .number(JSONNumber(number))
            }
            if field?.kind == .unsignedLong, value != .max, value != .min {
                let number = UInt64(bitPattern: value ^ .min)
                return number <= UInt64(Int64.max)
                    ? .number(JSONNumber(Int(number))) : .number(JSONNumber(Double(number)))
            }
            return .number(JSONNumber(Int(value)))
        }
    }
}

/// Scores in responses: the shortest decimal that is this float.
package enum ScoreText {
    /// The shortest decimal that reads back to the same float.
    package static func json(_ score: Float) -> JSONValue {
        // JSON has no number for it; OpenSearch writes it as a string too.
        if score.isInfinite { return .string("Infinity") }
        return .number(JSONNumber(Double("\(score)") ?? Double(score)))
    }
}

extension Moment {
    /// Nanoseconds since 1970 as the index keeps them.
    var sortableNanoseconds: Int64 { Int64(seconds) &* 1_000_000_000 &+ Int64(nanosecond) }
}
