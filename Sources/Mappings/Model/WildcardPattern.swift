/// A pattern in which `*` stands for any run of characters, as OpenSearch matches names of fields.
package struct WildcardPattern: Sendable {
    private let parts: [[UInt8]]

    /// A pattern; every other character stands for itself.
    package init(_ pattern: String) {
        parts = pattern.utf8.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false).map(Array.init)
    }

    /// Whether the whole name matches.
    ///
    /// O(length of name times length of pattern) at worst.
    package func matches(_ name: String) -> Bool {
        let name = Array(name.utf8)
        guard let first = parts.first, let last = parts.last else { return name.isEmpty }
        if parts.count == 1 { return name == first }
        guard name.count >= first.count + last.count, name.starts(with: first), name.suffix(last.count) == last[...]
        else { return false }
        var position = first.count
        let end = name.count - last.count
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            var found = -1
            var candidate = position
            while candidate + part.count <= end {
                if name[candidate..<candidate + part.count] == part[...] {
                    found = candidate
                    break
                }
                candidate += 1
            }
            if found < 0 { return false }
            position = found + part.count
        }
        return true
    }
}
