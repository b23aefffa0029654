/// A text as words between blanks, with the ends of its sentences.
package struct DocumentWords {
    package let text: String
    /// Where each word stands.
    package let words: [Range<String.Index>]
    /// The numbers of the words of each sentence, in order.
    package let sentences: [Range<Int>]

    /// A sentence ends behind a word that ends in `.`, `!`, `?` or `:`, perhaps before quotes or brackets, if the next word does not
    /// begin with a small letter; and at line breaks.
    package init(_ text: String) {
        self.text = text
        var words: [Range<String.Index>] = []
        var sentences: [Range<Int>] = []
        var start = 0
        var index = text.startIndex
        var hasBreak = false
        while index < text.endIndex {
            if text[index].isWhitespace {
                if text[index].isNewline { hasBreak = true }
                index = text.index(after: index)
                continue
            }
            let first = index
            while index < text.endIndex, !text[index].isWhitespace { index = text.index(after: index) }
            let isNew = hasBreak || words.last.map { Self.isEnd(text[$0]) && !text[first].isLowercase } ?? false
            if isNew, words.count > start {
                sentences.append(start..<words.count)
                start = words.count
            }
            hasBreak = false
            words.append(first..<index)
        }
        if words.count > start { sentences.append(start..<words.count) }
        self.words = words
        self.sentences = sentences
    }

    private static func isEnd(_ word: Substring) -> Bool {
        guard let last = word.last(where: { !"\"')]”’»".contains($0) }) else { return false }
        return ".!?:…。！？".contains(last)
    }

    package var count: Int { words.count }

    /// The text of some words, as it stands, without punctuation at its ends.
    package func trimmed(_ range: Range<Int>) -> String {
        var part = span(range)
        while let last = part.last, !last.isLetter, !last.isNumber, !"+#%".contains(last) { part.removeLast() }
        while let first = part.first, !first.isLetter, !first.isNumber, !".#$€£".contains(first) { part.removeFirst() }
        return String(part)
    }

    /// The text of some words, as it stands.
    package func span(_ range: Range<Int>) -> Substring {
        guard !range.isEmpty else { return "" }
        return text[words[range.lowerBound].lowerBound..<words[range.upperBound - 1].upperBound]
    }

    /// The text without some words, and with one blank in their place.
    package func without(_ range: Range<Int>) -> String {
        [span(0..<range.lowerBound), span(range.upperBound..<count)].filter { !$0.isEmpty }.joined(separator: " ")
    }
}
