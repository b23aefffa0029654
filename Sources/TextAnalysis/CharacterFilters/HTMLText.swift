/// Text without its HTML.
public enum HTMLText {
    /// The text as the character filter `html_strip` leaves it.
    ///
    /// - Complexity: O(length).
    public static func stripped(_ text: String) -> String {
        var output = FilteredText()
        Array(text.utf8).withUnsafeBufferPointer { HTMLStripCharacterFilter().apply($0, into: &output) }
        return String(decoding: output.bytes, as: UTF8.self)
    }
}
