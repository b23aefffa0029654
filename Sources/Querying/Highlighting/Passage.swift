#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A place of a text that a query matches, in UTF-16 code units.
struct HighlightMatch {
    var start: Int
    var end: Int
    /// How much the term counts.
    var weight: Float
    var term: String
}

/// A part of a text with its matches.
struct Passage {
    /// Which of the field's values.
    var value: Int
    /// Its place in all values, for the order of fragments.
    var position: Int
    var start: Int
    var end: Int
    var matches: [HighlightMatch] = []
    var score: Float = 0

    /// Matches that overlap become one.
    static func merged(_ matches: [HighlightMatch]) -> [HighlightMatch] {
        var result: [HighlightMatch] = []
        for match in matches {
            if let last = result.last, match.start < last.end {
                result[result.count - 1].end = max(last.end, match.end)
            } else {
                result.append(match)
            }
        }
        return result
    }
}

/// Cuts a text into passages around its matches, as Lucene's unified highlighter does with sentences.
struct PassageBuilder {
    let options: FragmentOptions

    func passages(_ text: [UInt16], value: Int, offset: Int, _ matches: [HighlightMatch]) -> [Passage] {
        if options.numberOfFragments == 0 || options.fragmentSize == 0 {
            var whole = Passage(value: value, position: offset, start: 0, end: text.count)
            whole.matches = matches
            return matches.isEmpty ? [] : [whole]
        }
        var passages: [Passage] = []
        for match in matches {
            if let last = passages.indices.last, match.start < passages[last].end {
                passages[last].matches.append(match)
                passages[last].end = max(passages[last].end, match.end)
                continue
            }
            let bounds = Boundaries.passage(
                text, around: match, size: options.fragmentSize, after: passages.last?.end ?? 0,
                atWords: options.splitsAtWords)
            var passage = Passage(
                value: value, position: offset + bounds.lowerBound, start: bounds.lowerBound, end: bounds.upperBound)
            passage.matches = [match]
            passages.append(passage)
        }
        for i in passages.indices { passages[i].score = score(passages[i]) }
        return passages
    }

    /// Lucene's `PassageScorer`: saturation by frequency, length of 87, earlier passages a little better.
    private func score(_ passage: Passage) -> Float {
        var frequencies: [String: (count: Int, weight: Float)] = [:]
        for match in passage.matches { frequencies[match.term, default: (0, match.weight)].count += 1 }
        let length = Float(passage.end - passage.start)
        let norm = 1.2 * ((1 - 0.75) + 0.75 * (length / 87))
        var sum: Float = 0
        for item in frequencies.values { sum += item.weight * Float(item.count) / (Float(item.count) + norm) }
        return sum * (1 + 1 / log(Float(87 + passage.start)))
    }
}

/// Where sentences and words end.
enum Boundaries {
    private static func isBlank(_ unit: UInt16) -> Bool {
        unit == 0x20 || (0x09...0x0D).contains(unit) || unit == 0xA0 || unit == 0x3000
    }

    private static func isEnd(_ unit: UInt16) -> Bool {
        unit == 0x2E || unit == 0x21 || unit == 0x3F || unit == 0x3002 || unit == 0xFF01 || unit == 0xFF1F
    }

    /// The sentence around a match; one that is longer than `size` is cut at words, with the match inside.
    static func passage(
        _ text: [UInt16], around match: HighlightMatch, size: Int, after: Int, atWords: Bool
    ) -> Range<Int> {
        var start = atWords ? wordStart(text, match.start) : sentenceStart(text, match.start, after)
        var end = atWords ? match.end : sentenceEnd(text, match.end)
        if end - start > size {
            // Too long: from the sentence's beginning if the match fits, else from a little before the match.
            if match.end - start > size { start = wordStart(text, max(start, match.start - size / 4)) }
            end = max(match.end, wordEnd(text, min(end, start + size)))
        }
        while end < text.count, end - start < size, !atWords {
            let next = sentenceEnd(text, end + 1)
            if next - start > size || next == end { break }
            end = next
        }
        return max(start, after)..<max(end, match.end)
    }

    private static func sentenceStart(_ text: [UInt16], _ from: Int, _ after: Int) -> Int {
        var at = from
        while at > after {
            if isBlank(text[at - 1]) {
                var before = at - 1
                while before > after, isBlank(text[before - 1]) { before -= 1 }
                if before > after, isEnd(text[before - 1]) || text[before..<at].contains(0x0A) { return at }
                at = before
                continue
            }
            at -= 1
        }
        return at
    }

    private static func sentenceEnd(_ text: [UInt16], _ from: Int) -> Int {
        var at = max(0, from)
        while at < text.count {
            if text[at] == 0x0A { return at }
            if isEnd(text[at]), at + 1 == text.count || isBlank(text[at + 1]) { return at + 1 }
            at += 1
        }
        return text.count
    }

    private static func wordStart(_ text: [UInt16], _ from: Int) -> Int {
        var at = from
        while at > 0, !isBlank(text[at - 1]) { at -= 1 }
        return at
    }

    private static func wordEnd(_ text: [UInt16], _ from: Int) -> Int {
        var at = from
        while at < text.count, !isBlank(text[at]) { at -= 1; if at <= 0 { return from } }
        return at
    }

    /// The end of a first fragment without matches.
    static func end(of text: [UInt16], atMost size: Int) -> Int {
        if text.count <= size { return text.count }
        let word = wordEnd(text, size)
        return word > 0 ? word : size
    }
}
