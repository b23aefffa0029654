/// Words by Unicode's rules (UAX #29), as Lucene's `StandardTokenizer` cuts them.
///
/// Long stretches of ASCII are cut by bit masks (``ASCIIWordBlock``), which know the few rules that matter there; where a character beyond
/// ASCII can have a say, ``UnicodeWordScanner`` decides.
struct StandardTokenizer: TextTokenizer {
    /// The longest token in UTF-16 code units; what is longer is cut.
    var maxTokenLength = 255
    /// Whether tokens are lower-cased while they are copied.
    var lowercases = false

    func lowercasing() -> (any TextTokenizer)? {
        StandardTokenizer(maxTokenLength: maxTokenLength, lowercases: true)
    }

    func tokenize(_ text: UnsafeBufferPointer<UInt8>, into batch: inout TokenBatch) {
        guard let base = text.baseAddress else { return }
        ASCIIClass.table.withUnsafeBufferPointer { classes in
            lowercases
                ? scan(base, text.count, ASCIIFold.lower, classes, &batch)
                : scan(base, text.count, ASCIIFold.none, classes, &batch)
        }
    }

    /// Cuts a text: long stretches of ASCII by ``ASCIIWordBlock``, what lies around other characters byte by byte.
    @inline(__always)
    private func scan(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ fold: ASCIIFold, _ classes: UnsafeBufferPointer<UInt8>,
        _ batch: inout TokenBatch
    ) {
        batch.arena.reserve(ASCIIFold.room(count) + 64)
        var cursor = Cursor(write: batch.arena.count)
        while cursor.index < count {
            var wide = cursor.index
            while wide + 8 <= count,
                UnsafeRawPointer(text + wide).loadUnaligned(as: UInt64.self) & 0x8080_8080_8080_8080 == 0
            {
                wide += 8
            }
            while wide < count, text[wide] < 0x80 { wide += 1 }
            // What is not ASCII may take part in the word before it: stop behind the last character that separates for sure.
            var end = wide
            if wide < count {
                while end > cursor.index, classes[Int(text[end - 1])] != 0 { end -= 1 }
            }
            if end - cursor.index >= 16 || wide == count {
                blocks(text, to: end, fold, classes, &cursor, &batch)
            }
            if cursor.index < count {
                // Up to the last character of a stretch that has others than ASCII every now and then.
                var stop = wide
                var place = wide
                while place < count, place - stop < 24 {
                    if text[place] >= 0x80 { stop = place + 1 }
                    place += 1
                }
                bytes(text, to: stop, count, fold, classes, &cursor, &batch)
            }
        }
        batch.arena.count = cursor.write
        batch.endOffset = Int32(truncatingIfNeeded: count - cursor.shrink)
    }

    /// Where the scan is.
    private struct Cursor {
        /// The next byte of the text.
        var index = 0
        /// How many UTF-16 code units the text before has less than bytes.
        var shrink = 0
        /// Behind the last byte that was written to the arena.
        var write: Int
    }

    /// Cuts ASCII up to `end`, which is the end of the text or behind a separator: 64 bytes become bit masks, and tokens are runs of bits.
    @inline(__always)
    private func blocks(
        _ text: UnsafePointer<UInt8>, to end: Int, _ fold: ASCIIFold, _ classes: UnsafeBufferPointer<UInt8>,
        _ cursor: inout Cursor, _ batch: inout TokenBatch
    ) {
        let first = cursor.index
        let shift = cursor.write - first
        let arena = batch.arena.base
        var open = -1
        var carry = ASCIIWordBlock.Carry()
        var index = first
        while index < end {
            let block = ASCIIWordBlock(
                text + index, end - index, to: arena + index + shift, fold, .unicodeWords, &carry)
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
                emit(text, open, stop, shift, fold, classes, cursor.shrink, &batch)
                open = -1
            }
            if starts != 0 { open = index + starts.trailingZeroBitCount }
            index += 64
        }
        if open >= 0 { emit(text, open, end, shift, fold, classes, cursor.shrink, &batch) }
        cursor.index = end
        cursor.write += end - first
    }

    @inline(__always)
    private func emit(
        _ text: UnsafePointer<UInt8>, _ start: Int, _ end: Int, _ shift: Int, _ fold: ASCIIFold,
        _ classes: UnsafeBufferPointer<UInt8>, _ shrink: Int, _ batch: inout TokenBatch
    ) {
        var type = TokenType.alphanumeric
        if classes[Int(text[start])] & ASCIIClass.letter == 0 || end - start > maxTokenLength {
            guard let found = unusualType(text, start, end, shift, fold, classes, shrink, &batch) else { return }
            type = found
        }
        batch.tokens.append(
            TokenRecord(
                start: Int32(truncatingIfNeeded: start + shift), length: Int32(truncatingIfNeeded: end - start),
                startOffset: Int32(truncatingIfNeeded: start - shrink),
                endOffset: Int32(truncatingIfNeeded: end - shrink), type: type))
    }

    /// The type of a token that begins with no letter; `nil` if it is none, or was too long and has been cut.
    @inline(never)
    private func unusualType(
        _ text: UnsafePointer<UInt8>, _ start: Int, _ end: Int, _ shift: Int, _ fold: ASCIIFold,
        _ classes: UnsafeBufferPointer<UInt8>, _ shrink: Int, _ batch: inout TokenBatch
    ) -> TokenType? {
        if end - start > maxTokenLength {
            // The copy in the arena stands at the same place for each piece.
            var index = start
            while index < end {
                guard let match = UnicodeWordScanner.shared.match(text, from: index, to: end, limit: maxTokenLength)
                else {
                    index += 1
                    continue
                }
                batch.tokens.append(
                    TokenRecord(
                        start: Int32(truncatingIfNeeded: index + shift), length: Int32(truncatingIfNeeded: match.bytes),
                        startOffset: Int32(truncatingIfNeeded: index - shrink),
                        endOffset: Int32(truncatingIfNeeded: index - shrink + match.units), type: match.type))
                index += match.bytes
            }
            return nil
        }
        var seen: UInt8 = 0
        for index in start..<end where classes[Int(text[index])] & ASCIIClass.mark == 0 {
            seen |= classes[Int(text[index])]
        }
        if seen & ASCIIClass.letter != 0 { return .alphanumeric }
        return seen & ASCIIClass.digit != 0 ? .number : nil
    }

    /// Cuts byte by byte, until a token or separator ends at or behind `stop`.
    @inline(__always)
    private func bytes(
        _ text: UnsafePointer<UInt8>, to stop: Int, _ count: Int, _ fold: ASCIIFold,
        _ classes: UnsafeBufferPointer<UInt8>, _ cursor: inout Cursor, _ batch: inout TokenBatch
    ) {
        let scanner = UnicodeWordScanner.shared
        let arena = batch.arena.base
        var write = cursor.write
        var index = cursor.index
        var shrink = cursor.shrink
        while index < stop {
            if classes[Int(text[index])] == 0 {
                index += 1
                continue
            }
            guard let match = scanner.match(text, from: index, to: count, limit: maxTokenLength) else {
                let length = UTF8Scalar.decode(text, at: index).length
                shrink += length - UTF8Scalar.utf16Width(ofBytes: length)
                index += length
                continue
            }
            let written = fold.copy(text + index, match.bytes, to: arena + write)
            batch.tokens.append(
                TokenRecord(
                    start: Int32(truncatingIfNeeded: write), length: Int32(truncatingIfNeeded: written),
                    startOffset: Int32(truncatingIfNeeded: index - shrink),
                    endOffset: Int32(truncatingIfNeeded: index - shrink + match.units), type: match.type))
            write += written
            index += match.bytes
            shrink += match.bytes - match.units
        }
        cursor = Cursor(index: index, shrink: shrink, write: write)
    }
}
