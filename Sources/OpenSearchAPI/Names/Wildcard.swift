internal import Querying

/// Patterns in which `*` stands for any characters.
enum Wildcard {
    /// Whether a text fits a pattern.
    static func matches(_ pattern: String, _ text: String) -> Bool { Querying.Wildcard.matches(pattern, text) }

    /// Whether some text fits both patterns.
    ///
    /// - Complexity: O(left * right).
    static func overlap(_ left: String, _ right: String) -> Bool {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        let star = UInt8(ascii: "*")
        // reached[j]: the first i bytes of the left and j of the right fit a common text.
        var reached = [Bool](repeating: false, count: right.count + 1)
        reached[0] = true
        for j in right.indices where reached[j] && right[j] == star { reached[j + 1] = true }
        for byte in left {
            var next = [Bool](repeating: false, count: right.count + 1)
            for j in 0...right.count {
                if byte == star {
                    next[j] = next[j] || reached[j]
                } else if j > 0, reached[j - 1], right[j - 1] == byte {
                    next[j] = true
                }
                if j > 0, right[j - 1] == star, reached[j - 1] || reached[j] || next[j - 1] { next[j] = true }
                if byte == star, j > 0, next[j - 1] { next[j] = true }
            }
            reached = next
        }
        return reached[right.count]
    }

    /// Whether a text has a star.
    static func isPattern(_ text: String) -> Bool { Querying.Wildcard.isPattern(text) }
}
