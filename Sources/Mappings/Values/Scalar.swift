import JSON

/// A JSON scalar of a document, with its bytes where they lie.
enum Scalar {
    case string(UnsafeBufferPointer<UInt8>)
    case number(JSONReader.NumberText)
    case bool(Bool)

    /// The value as text, as OpenSearch gives it to fields that want one.
    var text: String {
        switch self {
        case .string(let bytes): String(decoding: bytes, as: UTF8.self)
        case .number(let number): String(decoding: number.text, as: UTF8.self)
        case .bool(let value): value ? "true" : "false"
        }
    }

    /// What Jackson calls such a token; OpenSearch's messages show it.
    var tokenName: String {
        switch self {
        case .string: "VALUE_STRING"
        case .number: "VALUE_NUMBER"
        case .bool: "VALUE_BOOLEAN"
        }
    }

    /// The text's bytes.
    func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result {
        switch self {
        case .string(let bytes): return try body(bytes)
        case .number(let number): return try body(number.text)
        case .bool(let value):
            var text = value ? "true" : "false"
            return try text.withUTF8(body)
        }
    }
}
