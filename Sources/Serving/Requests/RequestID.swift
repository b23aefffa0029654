internal import HTTPTypes

/// Ids of requests: the client's own if it sent a usable one, else made up.
enum RequestID {
    static let field = HTTPField.Name("X-Request-Id")!
    static let opaqueField = HTTPField.Name("X-Opaque-Id")!
    /// Longer ids are cut: they are repeated in log lines and error bodies.
    static let maximumLength = 128

    /// The id that a request's fields ask for, or a new one.
    static func of(_ headers: HTTPFields) -> String {
        for name in [field, opaqueField] {
            if let sent = headers[name], let id = sanitized(sent) { return id }
        }
        return random()
    }

    /// The letters, digits and `-_.:/+=@#` of a text; nil if nothing is left.
    static func sanitized(_ text: String) -> String? {
        let kept = text.utf8.lazy.filter { allowed.contains($0) }.prefix(maximumLength)
        return kept.isEmpty ? nil : String(decoding: Array(kept), as: UTF8.self)
    }

    private static let allowed = Set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:/+=@#".utf8)

    private static func random() -> String {
        Hexadecimal.text(UInt64.random(in: 1...UInt64.max))
    }
}

/// Numbers as the hexadecimal digits of ids.
enum Hexadecimal {
    /// Sixteen lower-case digits.
    static func text(_ value: UInt64) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(unsafeUninitializedCapacity: 16) { buffer in
            for index in 0..<16 { buffer[index] = digits[Int(value >> UInt64(60 - 4 * index) & 15)] }
            return 16
        }
    }
}
