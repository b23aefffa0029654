/// Patterns in which `*` stands for any characters.
enum Wildcard {
    /// Whether a text fits a pattern.
    ///
    /// - Complexity: O(pattern * text) at worst, without recursion.
    static func matches(_ pattern: String, _ text: String) -> Bool {
        if pattern == "*" { return true }
        guard isPattern(pattern) else { return pattern == text }
        let (pattern, text) = (Array(pattern.utf8), Array(text.utf8))
        var (p, t, star, mark) = (0, 0, -1, 0)
        while t < text.count {
            if p < pattern.count, pattern[p] == UInt8(ascii: "*") {
                (star, mark) = (p, t)
                p += 1
            } else if p < pattern.count, pattern[p] == text[t] {
                p += 1
                t += 1
            } else if star >= 0 {
                p = star + 1
                mark += 1
                t = mark
            } else {
                return false
            }
        }
        while p < pattern.count, pattern[p] == UInt8(ascii: "*") { p += 1 }
        return p == pattern.count
    }

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
    static func isPattern(_ text: String) -> Bool { text.utf8.contains(UInt8(ascii: "*")) }
}
