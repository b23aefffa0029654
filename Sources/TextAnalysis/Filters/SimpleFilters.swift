/// Cuts what follows an apostrophe, the apostrophe included (Turkish suffixes).
struct ApostropheFilter: TokenFilter {
    func apply(to batch: inout TokenBatch) {
        for index in 0..<batch.tokens.count {
            let token = batch.tokens[index]
            let bytes = batch.bytes(token)
            for position in 0..<bytes.count {
                let isMark =
                    bytes[position] == UInt8(ascii: "'")
                    || bytes[position] == 0xE2 && position + 2 < bytes.count && bytes[position + 1] == 0x80
                        && bytes[position + 2] == 0x99
                if isMark {
                    batch.tokens.base[index].length = Int32(truncatingIfNeeded: position)
                    break
                }
            }
        }
    }
}

/// Keeps tokens whose length in UTF-16 code units lies in a range.
struct LengthFilter: TokenFilter {
    var range: ClosedRange<Int>

    func apply(to batch: inout TokenBatch) {
        batch.keep { text, _ in
            range.contains(text.baseAddress.map { UTF8Scalar.utf16Count($0, text.count) } ?? 0)
        }
    }
}

/// Removes white space at both ends (Java's `Character.isWhitespace`).
struct TrimFilter: TokenFilter {
    var worksInNormalizers: Bool { true }

    func apply(to batch: inout TokenBatch) {
        let arena = batch.arena.base
        for index in 0..<batch.tokens.count {
            let token = batch.tokens[index]
            var start = Int(token.start)
            var end = Int(token.end)
            while start < end {
                let (scalar, length) = UTF8Scalar.decode(arena, at: start)
                guard JavaCharacter.isWhitespace(scalar) else { break }
                start += length
            }
            while end > start {
                let (scalar, length) = UTF8Scalar.decode(arena, before: end)
                guard JavaCharacter.isWhitespace(scalar) else { break }
                end -= length
            }
            batch.tokens.base[index].start = Int32(truncatingIfNeeded: start)
            batch.tokens.base[index].length = Int32(truncatingIfNeeded: end - start)
        }
    }
}

/// Cuts tokens to a number of UTF-16 code units.
struct TruncateFilter: TokenFilter {
    var length: Int

    func apply(to batch: inout TokenBatch) {
        for index in 0..<batch.tokens.count where !batch.tokens[index].isKeyword {
            let bytes = batch.bytes(batch.tokens[index])
            guard bytes.count > length, let base = bytes.baseAddress else { continue }
            var units = 0
            var position = 0
            while position < bytes.count {
                let size = UTF8Scalar.decode(base, at: position).length
                let width = UTF8Scalar.utf16Width(ofBytes: size)
                if units + width > length { break }
                units += width
                position += size
            }
            guard position < bytes.count else { continue }
            if units < length {
                // Half of a surrogate pair is left, which UTF-8 shows as U+FFFD.
                let cut = Array(bytes[0..<position]) + [0xEF, 0xBF, 0xBD]
                batch.replace(index, with: cut)
            } else {
                batch.tokens.base[index].length = Int32(truncatingIfNeeded: position)
            }
        }
    }
}

/// Turns tokens around, character by character.
struct ReverseFilter: TokenFilter {
    func apply(to batch: inout TokenBatch) {
        for index in 0..<batch.tokens.count {
            let token = batch.tokens[index]
            batch.arena.reserve(Int(token.length))
            let arena = batch.arena.base
            let start = batch.arena.count
            var write = start + Int(token.length)
            batch.arena.count = write
            var read = Int(token.start)
            while read < Int(token.end) {
                let length = UTF8Scalar.decode(arena, at: read).length
                write -= length
                for step in 0..<length { arena[write + step] = arena[read + step] }
                read += length
            }
            batch.tokens.base[index].start = Int32(truncatingIfNeeded: start)
        }
    }
}

/// Keeps the first tokens only.
struct LimitFilter: TokenFilter {
    var count: Int
    /// Whether the rest is read all the same: then the end of the stream is that of the text.
    var consumesAll = false

    func apply(to batch: inout TokenBatch) {
        guard batch.tokens.count > count else { return }
        batch.tokens.count = count
        if !consumesAll {
            // The rest of the text is never looked at.
            batch.endPositionIncrement = 0
            batch.endOffset = count > 0 ? batch.tokens[count - 1].endOffset : 0
        }
    }
}

/// Removes tokens that were there before: anywhere in the text, or at the same position.
struct UniqueFilter: TokenFilter {
    var onlyOnSamePosition = false

    func apply(to batch: inout TokenBatch) {
        var seen: Set<[UInt8]> = []
        let records = batch.tokens.base
        var kept = 0
        for index in 0..<batch.tokens.count {
            let token = records[index]
            if onlyOnSamePosition, token.positionIncrement > 0 { seen.removeAll(keepingCapacity: true) }
            if seen.insert(batch.text(token)).inserted {
                records[kept] = token
                kept += 1
            }
        }
        batch.tokens.count = kept
    }
}

/// Removes tokens with the same text at the same position.
struct RemoveDuplicatesFilter: TokenFilter {
    func apply(to batch: inout TokenBatch) {
        UniqueFilter(onlyOnSamePosition: true).apply(to: &batch)
    }
}

/// Keeps the words of a list.
struct KeepWordsFilter: TokenFilter {
    var words: WordSet

    func apply(to batch: inout TokenBatch) {
        batch.keep { text, _ in words.contains(text) }
    }
}

/// Keeps or removes tokens of some types.
struct KeepTypesFilter: TokenFilter {
    var types: Set<String>
    var includes = true

    func apply(to batch: inout TokenBatch) {
        batch.keep { _, token in types.contains(token.type.name) == includes }
    }
}

/// Marks words that stemmers leave alone.
struct KeywordMarkerFilter: TokenFilter {
    var words: WordSet

    func apply(to batch: inout TokenBatch) {
        for index in 0..<batch.tokens.count where words.contains(batch.bytes(batch.tokens[index])) {
            batch.tokens.base[index].isKeyword = true
        }
    }
}

/// Gives every token twice: once marked for stemmers to leave alone, once not.
struct KeywordRepeatFilter: TokenFilter {
    func apply(to batch: inout TokenBatch) {
        batch.spare.removeAll()
        for index in 0..<batch.tokens.count {
            var token = batch.tokens[index]
            token.isKeyword = true
            batch.spare.append(token)
            token.isKeyword = false
            token.positionIncrement = 0
            batch.spare.append(token)
        }
        batch.useSpare()
    }
}

/// Replaces words by given stems and marks them, so that stemmers leave them alone.
struct StemmerOverrideFilter: TokenFilter {
    var stems: [[UInt8]: [UInt8]]

    func apply(to batch: inout TokenBatch) {
        for index in 0..<batch.tokens.count where !batch.tokens[index].isKeyword {
            guard let stem = stems[batch.text(batch.tokens[index])] else { continue }
            batch.replace(index, with: stem)
            batch.tokens.base[index].isKeyword = true
        }
    }
}

/// Removes articles with an apostrophe from the front of words: l'avion becomes avion.
struct ElisionFilter: TokenFilter {
    var articles: WordSet
    var worksInNormalizers: Bool { true }

    /// French, as Lucene's analyser has them.
    static let french = WordSet(
        ["l", "m", "t", "qu", "n", "s", "j", "d", "c", "jusqu", "quoiqu", "lorsqu", "puisqu"], ignoresCase: true)

    func apply(to batch: inout TokenBatch) {
        for index in 0..<batch.tokens.count {
            let token = batch.tokens[index]
            let bytes = batch.bytes(token)
            for position in 0..<bytes.count {
                let size: Int
                if bytes[position] == UInt8(ascii: "'") {
                    size = 1
                } else if bytes[position] == 0xE2, position + 2 < bytes.count, bytes[position + 1] == 0x80,
                    bytes[position + 2] == 0x99
                {
                    size = 3
                } else {
                    continue
                }
                if articles.contains(UnsafeBufferPointer(rebasing: bytes[0..<position])) {
                    batch.tokens.base[index].start += Int32(position + size)
                    batch.tokens.base[index].length -= Int32(position + size)
                }
                break
            }
        }
    }
}

/// Removes 's from words and dots from acronyms, as the classic tokeniser types them.
struct ClassicFilter: TokenFilter {
    func apply(to batch: inout TokenBatch) {
        for index in 0..<batch.tokens.count {
            let token = batch.tokens[index]
            let bytes = batch.bytes(token)
            if token.type == .apostrophe, bytes.count >= 2, bytes[bytes.count - 2] == UInt8(ascii: "'"),
                bytes[bytes.count - 1] | 0x20 == UInt8(ascii: "s")
            {
                batch.tokens.base[index].length -= 2
            } else if token.type == .acronym {
                batch.replace(index, with: bytes.filter { $0 != UInt8(ascii: ".") })
            }
        }
    }
}
