/// Runs of characters that satisfy a condition (Lucene's `CharTokenizer`): letters, or what is no white space.
struct CharacterTokenizer: TextTokenizer {
    enum Kind: Sendable { case letters, notWhitespace }

    var kind: Kind
    /// The longest token in UTF-16 code units; what is longer is cut.
    var maxTokenLength = 255
    /// Whether tokens are lower-cased while they are copied.
    var lowercases = false

    func lowercasing() -> (any TextTokenizer)? {
        CharacterTokenizer(kind: kind, maxTokenLength: maxTokenLength, lowercases: true)
    }

    func tokenize(_ text: UnsafeBufferPointer<UInt8>, into batch: inout TokenBatch) {
        guard let base = text.baseAddress else { return }
        switch (kind, lowercases) {
        case (.letters, true): scan(base, text.count, .lower, .letters, &batch) { Self.isLetter($0) }
        case (.letters, false): scan(base, text.count, .none, .letters, &batch) { Self.isLetter($0) }
        case (.notWhitespace, true): scan(base, text.count, .lower, .notWhitespace, &batch) { Self.isNotWhitespace($0) }
        case (.notWhitespace, false): scan(base, text.count, .none, .notWhitespace, &batch) { Self.isNotWhitespace($0) }
        }
    }

    @inline(__always)
    private static func isLetter(_ scalar: UInt32) -> Bool {
        scalar < 0x80 ? (scalar | 0x20) &- 0x61 < 26 : JavaCharacter.isLetter(scalar)
    }

    @inline(__always)
    private static func isNotWhitespace(_ scalar: UInt32) -> Bool {
        // Tab to carriage return, the four separators, and the space, as bits.
        let spaces: UInt64 = 1 << 0x20 | 0x1F << 9 | 0xF << 0x1C
        return scalar < 0x40 ? spaces >> UInt64(scalar) & 1 == 0 : scalar < 0x80 || !JavaCharacter.isWhitespace(scalar)
    }

    /// Cuts a text: long stretches of ASCII by bit masks, what lies around other characters one by one.
    @inline(__always)
    private func scan(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ fold: ASCIIFold, _ rule: ASCIIWordBlock.Rule,
        _ batch: inout TokenBatch, accepts: (UInt32) -> Bool
    ) {
        batch.arena.reserve(ASCIIFold.room(count) + 64)
        let arena = batch.arena.base
        var write = batch.arena.count
        var index = 0
        // UTF-16 code units that the text before has less than bytes.
        var shrink = 0
        while index < count {
            var wide = index
            while wide + 8 <= count,
                UnsafeRawPointer(text + wide).loadUnaligned(as: UInt64.self) & 0x8080_8080_8080_8080 == 0
            {
                wide += 8
            }
            while wide < count, text[wide] < 0x80 { wide += 1 }
            // Stop behind the last character that is in no token.
            var end = wide
            if wide < count {
                while end > index, accepts(UInt32(text[end - 1])) { end -= 1 }
            }
            if end > index {
                blocks(text, index, end, write - index, shrink, fold, rule, &batch)
                write += end - index
                index = end
            }
            var stop = wide
            var place = wide
            while place < count, place - stop < 24 {
                if text[place] >= 0x80 { stop = place + 1 }
                place += 1
            }
            while index < stop {
                let (first, firstLength) = UTF8Scalar.decode(text, at: index)
                guard accepts(first) else {
                    index += firstLength
                    shrink += firstLength - UTF8Scalar.utf16Width(ofBytes: firstLength)
                    continue
                }
                let start = index
                let startUnit = index - shrink
                var unit = startUnit + UTF8Scalar.utf16Width(ofBytes: firstLength)
                index += firstLength
                while index < count, unit - startUnit < maxTokenLength {
                    let (scalar, length) = UTF8Scalar.decode(text, at: index)
                    guard accepts(scalar) else { break }
                    index += length
                    unit += UTF8Scalar.utf16Width(ofBytes: length)
                }
                shrink = index - unit
                let written = fold.copy(text + start, index - start, to: arena + write)
                batch.tokens.append(
                    TokenRecord(
                        start: Int32(truncatingIfNeeded: write), length: Int32(truncatingIfNeeded: written),
                        startOffset: Int32(truncatingIfNeeded: startUnit), endOffset: Int32(truncatingIfNeeded: unit)))
                write += written
            }
        }
        batch.arena.count = write
        batch.endOffset = Int32(truncatingIfNeeded: count - shrink)
    }

    @inline(__always)
    private func blocks(
        _ text: UnsafePointer<UInt8>, _ first: Int, _ end: Int, _ shift: Int, _ shrink: Int, _ fold: ASCIIFold,
        _ rule: ASCIIWordBlock.Rule, _ batch: inout TokenBatch
    ) {
        let arena = batch.arena.base
        var open = -1
        var carry = ASCIIWordBlock.Carry()
        var index = first
        func emit(_ start: Int, _ end: Int, _ batch: inout TokenBatch) {
            var start = start
            repeat {
                let stop = min(end, start + maxTokenLength)
                batch.tokens.append(
                    TokenRecord(
                        start: Int32(truncatingIfNeeded: start + shift),
                        length: Int32(truncatingIfNeeded: stop - start),
                        startOffset: Int32(truncatingIfNeeded: start - shrink),
                        endOffset: Int32(truncatingIfNeeded: stop - shrink)))
                start = stop
            } while start < end
        }
        while index < end {
            let block = ASCIIWordBlock(text + index, end - index, to: arena + index + shift, fold, rule, &carry)
            batch.tokens.reserve(36)
            var starts = block.starts
            var ends = block.ends
            while ends != 0 {
                let stop = index + ends.trailingZeroBitCount
                ends &= ends &- 1
                if open < 0 {
                    open = index + starts.trailingZeroBitCount
                    starts &= starts &- 1
                }
                emit(open, stop, &batch)
                open = -1
            }
            if starts != 0 { open = index + starts.trailingZeroBitCount }
            index += 64
        }
        if open >= 0 { emit(open, end, &batch) }
    }
}
