/// Patterns of `*` (any characters) and, where wanted, `?` (one character).
enum WildcardPattern {
    /// Whether a text matches a pattern as a whole.
    ///
    /// - Complexity: O(pattern times text) at worst.
    static func matches(_ pattern: String, _ text: String, hasQuestionMarks: Bool = false) -> Bool {
        let pattern = Array(pattern.unicodeScalars)
        let text = Array(text.unicodeScalars)
        var (p, t) = (0, 0)
        var star: (p: Int, t: Int)?
        while t < text.count {
            if p < pattern.count, pattern[p] == "*" {
                star = (p, t)
                p += 1
            } else if p < pattern.count, pattern[p] == text[t] || hasQuestionMarks && pattern[p] == "?" {
                p += 1
                t += 1
            } else if let last = star {
                // The last star takes one character more.
                star = (last.p, last.t + 1)
                p = last.p + 1
                t = last.t + 1
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == "*" }
    }
}
