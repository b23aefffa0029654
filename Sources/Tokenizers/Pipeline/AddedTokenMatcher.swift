/// Finds added tokens in text: the leftmost match, the longest of those, without overlap.
struct AddedTokenMatcher: Sendable {
    private struct Pattern: Sendable {
        var content: [UInt8]
        var token: AddedToken
        var id: Int32
    }

    /// By first byte, longest first.
    private var patterns: [[Pattern]] = Array(repeating: [], count: 256)
    /// Which bytes begin a pattern.
    private var isFirst: [Bool] = Array(repeating: false, count: 256)

    private(set) var isEmpty = true

    init() {}

    mutating func add(_ content: [UInt8], token: AddedToken, id: Int32) {
        guard let first = content.first else { return }
        if patterns[Int(first)].contains(where: { $0.content == content }) { return }
        patterns[Int(first)].append(Pattern(content: content, token: token, id: id))
        patterns[Int(first)].sort { $0.content.count > $1.content.count }
        isFirst[Int(first)] = true
        isEmpty = false
    }

    /// Cuts `text` into stretches without added tokens (id -1) and added tokens; together they cover it.
    func forEachStretch(
        of text: UnsafeBufferPointer<UInt8>, _ body: (_ start: Int, _ end: Int, _ id: Int32) -> Void
    ) {
        var done = 0
        var position = 0
        isFirst.withUnsafeBufferPointer { isFirst in
            while position < text.count {
                guard isFirst[Int(text[position])], let pattern = longestMatch(in: text, at: position) else {
                    position += 1
                    continue
                }
                var start = position
                var end = position + pattern.content.count
                position = end
                if pattern.token.isSingleWord && (Self.endsInWord(text, start) || Self.beginsWord(text, end)) {
                    continue
                }
                if pattern.token.stripsLeft {
                    while let before = Self.whitespaceStart(text, endingAt: start), before >= done { start = before }
                }
                if pattern.token.stripsRight {
                    while end < text.count {
                        let (scalar, length) = UTF8Scalar.decode(text, at: end)
                        guard ScalarProperties.of(scalar).contains(.whitespace) else { break }
                        end += length
                    }
                }
                if done < start { body(done, start, -1) }
                body(max(start, done), end, pattern.id)
                done = end
                position = max(position, end)
            }
        }
        if done < text.count { body(done, text.count, -1) }
    }

    private func longestMatch(in text: UnsafeBufferPointer<UInt8>, at position: Int) -> Pattern? {
        let rest = text.count - position
        return patterns[Int(text[position])].first { pattern in
            pattern.content.count <= rest
                && pattern.content.indices.allSatisfy { text[position + $0] == pattern.content[$0] }
        }
    }

    private static func beginsWord(_ text: UnsafeBufferPointer<UInt8>, _ position: Int) -> Bool {
        position < text.count
            && ScalarProperties.of(UTF8Scalar.decode(text, at: position).scalar).contains(.wordBesideToken)
    }

    private static func endsInWord(_ text: UnsafeBufferPointer<UInt8>, _ position: Int) -> Bool {
        guard position > 0 else { return false }
        var start = position - 1
        while start > 0 && text[start] & 0xC0 == 0x80 { start -= 1 }
        return ScalarProperties.of(UTF8Scalar.decode(text, at: start).scalar).contains(.wordBesideToken)
    }

    /// Where the white space scalar that ends at `end` begins; nil if there is none.
    private static func whitespaceStart(_ text: UnsafeBufferPointer<UInt8>, endingAt end: Int) -> Int? {
        guard end > 0 else { return nil }
        var start = end - 1
        while start > 0 && text[start] & 0xC0 == 0x80 { start -= 1 }
        let isWhitespace = ScalarProperties.of(UTF8Scalar.decode(text, at: start).scalar).contains(.whitespace)
        return isWhitespace ? start : nil
    }
}
