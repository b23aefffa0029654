/// A teacher as users name it: a model, a file with scores or `bm25`, and maybe its weight among several: `PATH` or `PATH:2.5`.
package struct TeacherReference: Sendable, Hashable {
    /// The model folder, its name, or the file.
    package let place: String
    /// The share that it has in an ensemble, beside others; nil if none was named.
    package let weight: Float?

    /// Reads a name with or without a weight.
    package init(_ text: String) {
        // A path may hold a colon; a weight is a number.
        if let colon = text.lastIndex(of: ":"), let weight = Float(text[text.index(after: colon)...]) {
            place = String(text[..<colon])
            self.weight = weight
        } else {
            place = text
            weight = nil
        }
    }
}
