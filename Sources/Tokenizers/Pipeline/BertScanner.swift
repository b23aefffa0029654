/// BERT's normaliser, pre-tokeniser and WordPiece in one pass over the bytes, without intermediate texts.
///
/// The pass is exact because each scalar can be handled by itself: what cleaning, decomposition, accent removal and
/// lower-casing make of it does not depend on its neighbours, and every resulting scalar has the alignment of the scalar
/// that it came from. The exception are marks that canonical ordering moves past each other and that accent removal
/// does not take away; a text with one of these is left to the general pipeline.
struct BertScanner: Sendable {
    private let normalizer: BertNormalizer
    private let model: WordPieceModel
    /// What becomes of each byte: the byte to append to the word, or an `Action`.
    private let actions: [UInt8]

    /// Values of `actions` that are not a byte to append.
    private enum Action {
        static let beyondASCII: UInt8 = 0x80
        static let space: UInt8 = 0x81
        static let remove: UInt8 = 0x82
        static let punctuation: UInt8 = 0x83
    }

    init(normalizer: BertNormalizer, model: WordPieceModel) {
        self.normalizer = normalizer
        self.model = model
        actions = (0..<256).map { value -> UInt8 in
            guard value < 0x80 else { return Action.beyondASCII }
            let byte = UInt8(value)
            let properties = ScalarProperties.of(UInt32(value))
            if normalizer.cleansText && properties.contains(.control) { return Action.remove }
            if properties.contains(.whitespace) { return Action.space }
            if properties.contains(.punctuation) { return Action.punctuation }
            return normalizer.lowercases && byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
        }
    }

    /// The word under construction: bytes in `scratch.word`, and either where it starts (then it is a stretch of the
    /// text, byte for byte) or the alignment of every byte.
    private struct Word {
        var count = 0
        var start = 0
        var isMapped = false
    }

    /// Appends the tokens of `text[range]`; false if the stretch needs the general pipeline.
    func scan(
        _ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ wordIndex: inout Int32, _ row: inout [RowToken],
        _ scratch: PipelineScratch, _ limit: Int
    ) -> Bool {
        actions.withUnsafeBufferPointer { actions in
            var word = Word()
            if scratch.word.count < 256 { scratch.word = Array(repeating: 0, count: 256) }
            var index = range.lowerBound
            while index < range.upperBound {
                let action = actions[Int(text[index])]
                if action < 0x80 {
                    if word.count == 0 {
                        word.start = index
                    } else if word.isMapped {
                        align(&word, index, index + 1, scratch)
                    } else if word.start + word.count != index {
                        map(&word, scratch)
                        align(&word, index, index + 1, scratch)
                    }
                    append(action, &word, scratch)
                    index += 1
                    continue
                }
                if action == Action.beyondASCII {
                    let (scalar, length) = UTF8Scalar.decode(text, at: index)
                    if !add(scalar, index, index + length, &word, &wordIndex, &row, scratch) { return false }
                    index += length
                    continue
                }
                if action != Action.remove {
                    flush(&word, &wordIndex, &row, scratch)
                    if action == Action.punctuation {
                        append(text[index], &word, scratch)
                        word.start = index
                        flush(&word, &wordIndex, &row, scratch)
                    }
                    if row.count > limit { return true }
                }
                index += 1
            }
            flush(&word, &wordIndex, &row, scratch)
            return true
        }
    }

    /// Handles a scalar outside ASCII; false if it is one of those that may be moved.
    private func add(
        _ scalar: UInt32, _ start: Int, _ end: Int, _ word: inout Word, _ wordIndex: inout Int32,
        _ row: inout [RowToken], _ scratch: PipelineScratch
    ) -> Bool {
        let properties = ScalarProperties.of(scalar)
        if normalizer.cleansText {
            if properties.contains(.control) { return true }
            if properties.contains(.whitespace) {
                flush(&word, &wordIndex, &row, scratch)
                return true
            }
        }
        let isApart = normalizer.separatesIdeographs && properties.contains(.ideograph)
        if isApart { flush(&word, &wordIndex, &row, scratch) }
        if normalizer.stripsAccents {
            if properties.contains(.reorders) { return false }
            if scalar >= 0xAC00 && scalar < 0xAC00 + 11172 {
                let syllable = scalar - 0xAC00
                emit(0x1100 + syllable / 588, start, end, &word, &wordIndex, &row, scratch)
                emit(0x1161 + syllable % 588 / 28, start, end, &word, &wordIndex, &row, scratch)
                let tail = syllable % 28
                if tail != 0 { emit(0x11A7 + tail, start, end, &word, &wordIndex, &row, scratch) }
            } else if let parts = UnicodeData.canonical[scalar] {
                for part in parts where !ScalarProperties.of(part).contains(.nonspacingMark) {
                    emit(part, start, end, &word, &wordIndex, &row, scratch)
                }
            } else if !properties.contains(.nonspacingMark) {
                emit(scalar, start, end, &word, &wordIndex, &row, scratch)
            }
        } else {
            emit(scalar, start, end, &word, &wordIndex, &row, scratch)
        }
        if isApart { flush(&word, &wordIndex, &row, scratch) }
        return true
    }

    /// Lower-cases a scalar and hands it to the word, or ends the word if it is white space or punctuation.
    private func emit(
        _ scalar: UInt32, _ start: Int, _ end: Int, _ word: inout Word, _ wordIndex: inout Int32,
        _ row: inout [RowToken], _ scratch: PipelineScratch
    ) {
        if normalizer.lowercases {
            if scalar < 0x80 {
                let lower = scalar >= 0x41 && scalar <= 0x5A ? scalar | 0x20 : scalar
                return put(lower, start, end, &word, &wordIndex, &row, scratch)
            }
            if let lower = UnicodeData.lowercase[scalar] {
                for part in lower { put(part, start, end, &word, &wordIndex, &row, scratch) }
                return
            }
        }
        put(scalar, start, end, &word, &wordIndex, &row, scratch)
    }

    private func put(
        _ scalar: UInt32, _ start: Int, _ end: Int, _ word: inout Word, _ wordIndex: inout Int32,
        _ row: inout [RowToken], _ scratch: PipelineScratch
    ) {
        let properties = ScalarProperties.of(scalar)
        let isPunctuation = properties.contains(.punctuation)
        if isPunctuation || properties.contains(.whitespace) { flush(&word, &wordIndex, &row, scratch) }
        if properties.contains(.whitespace) { return }
        if !word.isMapped { map(&word, scratch) }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 4) { buffer in
            let count = UTF8Scalar.write(scalar, to: buffer)
            for byte in buffer.prefix(count) {
                align(&word, start, end, scratch)
                append(byte, &word, scratch)
            }
        }
        if isPunctuation { flush(&word, &wordIndex, &row, scratch) }
    }

    // MARK: The word under construction

    @inline(__always)
    private func append(_ byte: UInt8, _ word: inout Word, _ scratch: PipelineScratch) {
        if word.count == scratch.word.count {
            scratch.word.append(contentsOf: repeatElement(0, count: scratch.word.count))
        }
        scratch.word[word.count] = byte
        word.count += 1
    }

    /// Starts to keep the alignment of every byte.
    private func map(_ word: inout Word, _ scratch: PipelineScratch) {
        word.isMapped = true
        scratch.wordStarts.removeAll(keepingCapacity: true)
        scratch.wordEnds.removeAll(keepingCapacity: true)
        for index in 0..<word.count {
            scratch.wordStarts.append(Int32(truncatingIfNeeded: word.start + index))
            scratch.wordEnds.append(Int32(truncatingIfNeeded: word.start + index + 1))
        }
    }

    @inline(__always)
    private func align(_ word: inout Word, _ start: Int, _ end: Int, _ scratch: PipelineScratch) {
        scratch.wordStarts.append(Int32(truncatingIfNeeded: start))
        scratch.wordEnds.append(Int32(truncatingIfNeeded: end))
    }

    /// Ends the word and appends its tokens.
    @inline(__always)
    private func flush(
        _ word: inout Word, _ wordIndex: inout Int32, _ row: inout [RowToken], _ scratch: PipelineScratch
    ) {
        if word.count == 0 { return }
        scratch.pieces.removeAll(keepingCapacity: true)
        scratch.word.withUnsafeBufferPointer { bytes in
            model.tokenize(
                UnsafeBufferPointer(rebasing: bytes[0..<word.count]), into: &scratch.pieces, scratch: &scratch.model)
        }
        if word.isMapped {
            for piece in scratch.pieces {
                row.append(
                    RowToken(
                        id: piece.id, start: scratch.wordStarts[Int(piece.start)],
                        end: scratch.wordEnds[Int(piece.end) - 1], word: wordIndex))
            }
        } else {
            let base = Int32(truncatingIfNeeded: word.start)
            for piece in scratch.pieces {
                row.append(
                    RowToken(id: piece.id, start: base + piece.start, end: base + piece.end, word: wordIndex))
            }
        }
        wordIndex += 1
        word = Word()
    }
}
