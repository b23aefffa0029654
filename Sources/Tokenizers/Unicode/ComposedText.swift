/// Unicode's canonical composition (NFC) of texts.
package enum ComposedText {
    /// The text in NFC (UAX #15).
    package static func of(_ text: String) -> String {
        var normalized = NormalizedText()
        let bytes = Array(text.utf8)
        bytes.withUnsafeBufferPointer { normalized.load($0, at: 0) }
        UnicodeNormalization(form: .nfc).normalize(&normalized)
        return String(decoding: normalized.bytes, as: UTF8.self)
    }
}
