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

    /// Appends the tokens of `text[range]` to `work.tokens`; false if the stretch needs the general pipeline.
    func scan(
        _ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ work: inout BertWorkspace,
        _ scratch: inout ModelScratch,
        _ limit: Int
    ) -> Bool {
        actions.withUnsafeBufferPointer { actions in
            var index = range.lowerBound
            while index < range.upperBound {
                let action = actions[Int(text[index])]
                if action < 0x80 {
                    if work.word.count == 0 {
                        work.start = index
                    } else if work.isMapped || work.start + work.word.count != index {
                        work.align(index, index + 1)
                    }
                    work.word.append(action)
                    index += 1
                    continue
                }
                if action == Action.beyondASCII {
                    let (scalar, length) = UTF8Scalar.decode(text, at: index)
                    if !add(scalar, index, index + length, &work, &scratch) { return false }
                    index += length
                    if work.tokens.count > limit { return true }
                    continue
                }
                if action != Action.remove {
                    flush(&work, &scratch)
                    if action == Action.punctuation {
                        work.word.append(text[index])
                        work.start = index
                        flush(&work, &scratch)
                    }
                    if work.tokens.count > limit { return true }
                }
                index += 1
            }
            flush(&work, &scratch)
            return true
        }
    }

    /// Handles a scalar outside ASCII; false if it is one of those that may be moved.
    private func add(
        _ scalar: UInt32, _ start: Int, _ end: Int, _ work: inout BertWorkspace, _ scratch: inout ModelScratch
    ) -> Bool {
        let properties = ScalarProperties.of(scalar)
        if normalizer.cleansText {
            if properties.contains(.control) { return true }
            if properties.contains(.whitespace) {
                flush(&work, &scratch)
                return true
            }
        }
        let isApart = normalizer.separatesIdeographs && properties.contains(.ideograph)
        if isApart { flush(&work, &scratch) }
        if normalizer.stripsAccents {
            if properties.contains(.reorders) { return false }
            if scalar >= 0xAC00 && scalar < 0xAC00 + 11172 {
                let syllable = scalar - 0xAC00
                emit(0x1100 + syllable / 588, start, end, &work, &scratch)
                emit(0x1161 + syllable % 588 / 28, start, end, &work, &scratch)
                let tail = syllable % 28
                if tail != 0 { emit(0x11A7 + tail, start, end, &work, &scratch) }
            } else if let parts = UnicodeData.canonical[scalar] {
                for part in parts where !ScalarProperties.of(part).contains(.nonspacingMark) {
                    emit(part, start, end, &work, &scratch)
                }
            } else if !properties.contains(.nonspacingMark) {
                emit(scalar, start, end, &work, &scratch)
            }
        } else {
            emit(scalar, start, end, &work, &scratch)
        }
        if isApart { flush(&work, &scratch) }
        return true
    }

    /// Lower-cases a scalar and hands it to the word, or ends the word if it is white space or punctuation.
    private func emit(
        _ scalar: UInt32, _ start: Int, _ end: Int, _ work: inout BertWorkspace, _ scratch: inout ModelScratch
    ) {
        if normalizer.lowercases {
            if scalar < 0x80 {
                let lower = scalar >= 0x41 && scalar <= 0x5A ? scalar | 0x20 : scalar
                return put(lower, start, end, &work, &scratch)
            }
            if let lower = UnicodeData.lowercase[scalar] {
                for part in lower { put(part, start, end, &work, &scratch) }
                return
            }
        }
        put(scalar, start, end, &work, &scratch)
    }

    private func put(
        _ scalar: UInt32, _ start: Int, _ end: Int, _ work: inout BertWorkspace, _ scratch: inout ModelScratch
    ) {
        let properties = ScalarProperties.of(scalar)
        let isPunctuation = properties.contains(.punctuation)
        if isPunctuation || properties.contains(.whitespace) { flush(&work, &scratch) }
        if properties.contains(.whitespace) { return }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 4) { buffer in
            let count = UTF8Scalar.write(scalar, to: buffer)
            for index in 0..<count {
                work.align(start, end)
                work.word.append(buffer[index])
            }
        }
        if isPunctuation { flush(&work, &scratch) }
    }

    /// Ends the word and appends its tokens.
    @inline(__always)
    private func flush(_ work: inout BertWorkspace, _ scratch: inout ModelScratch) {
        let count = work.word.count
        if count == 0 { return }
        if count <= WordCache.longestWord {
            let key = WordCache.key(work.word.base, count)
            let place = work.cache.place(key)
            let isHit =
                place.pointee.count == UInt8(truncatingIfNeeded: count) && place.pointee.key.0 == key.0
                && place.pointee.key.1 == key.1 && place.pointee.key.2 == key.2
            if !isHit {
                cut(&work, &scratch)
                WordCache.store(work.pieces, for: key, count: count, at: place)
                work.appendPieces()
            } else if place.pointee.pieceCount == 1 {
                work.appendToken(place.pointee.ids.0, 0, count)
            } else {
                withUnsafeBytes(of: &place.pointee.ids) { ids in
                    withUnsafeBytes(of: &place.pointee.ends) { ends in
                        var start = 0
                        for index in 0..<Int(place.pointee.pieceCount) {
                            let end = Int(ends[index])
                            let id = ids.loadUnaligned(fromByteOffset: index * 4, as: Int32.self)
                            work.appendToken(id, start, end)
                            start = end
                        }
                    }
                }
            }
        } else {
            cut(&work, &scratch)
            work.appendPieces()
        }
        work.endWord()
    }

    @inline(never)
    private func cut(_ work: inout BertWorkspace, _ scratch: inout ModelScratch) {
        work.pieces.removeAll(keepingCapacity: true)
        model.tokenize(work.word.elements, into: &work.pieces, scratch: &scratch)
    }
}
