/// Patterns with `*`, as names of fields and indices use them.
package enum Wildcard {
    /// Whether a text matches a pattern in which `*` stands for any characters; linear but for backtracking to the last star.
    package static func matches(_ pattern: String, _ text: String) -> Bool {
        let pattern = Array(pattern.utf8)
        let text = Array(text.utf8)
        let star = UInt8(ascii: "*")
        var (p, t) = (0, 0)
        var (lastStar, resume) = (-1, 0)
        while t < text.count {
            if p < pattern.count, pattern[p] == star {
                lastStar = p
                resume = t
                p += 1
            } else if p < pattern.count, pattern[p] == text[t] {
                p += 1
                t += 1
            } else if lastStar >= 0 {
                p = lastStar + 1
                resume += 1
                t = resume
            } else {
                return false
            }
        }
        while p < pattern.count, pattern[p] == star { p += 1 }
        return p == pattern.count
    }

    /// Whether some text that starts with `prefix` matches.
    package static func matchesPrefix(_ pattern: String, _ prefix: String) -> Bool {
        let pattern = Array(pattern.utf8)
        var states: Set<Int> = [0]
        func close(_ states: Set<Int>) -> Set<Int> {
            var closed = states
            for state in states {
                var next = state
                while next < pattern.count, pattern[next] == UInt8(ascii: "*") {
                    next += 1
                    closed.insert(next)
                }
            }
            return closed
        }
        states = close(states)
        for unit in prefix.utf8 {
            var next: Set<Int> = []
            for state in states where state < pattern.count {
                if pattern[state] == UInt8(ascii: "*") {
                    next.insert(state)
                } else if pattern[state] == unit {
                    next.insert(state + 1)
                }
            }
            states = close(next)
            if states.isEmpty { return false }
        }
        return true
    }

    package static func isPattern(_ text: String) -> Bool { text.utf8.contains(UInt8(ascii: "*")) }
}
