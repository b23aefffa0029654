/// A teacher as users name it: a model, and maybe its weight among several: `NAME`, `PATH` or `PATH:2.5`.
struct TeacherReference: Sendable, Hashable {
    /// The model folder or its name.
    let place: String
    /// Its share beside others; nil if none was named.
    let weight: Float?

    init(_ text: String) {
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
