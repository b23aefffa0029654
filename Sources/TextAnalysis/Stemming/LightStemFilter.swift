/// Light stemmers, which take off plurals and genders only, as Lucene's analysers of some languages use them.
struct LightStemFilter: TokenFilter {
    enum Language: Sendable { case german, french, spanish, italian, portuguese, minimalEnglish }

    private let language: Language

    init(_ language: Language) { self.language = language }

    func apply(to batch: inout TokenBatch) {
        var word: [UInt16] = []
        var before: [UInt16] = []
        for index in 0..<batch.tokens.count where !batch.tokens[index].isKeyword {
            let bytes = batch.bytes(batch.tokens[index])
            guard let base = bytes.baseAddress else { continue }
            word.removeAll(keepingCapacity: true)
            var place = 0
            while place < bytes.count {
                let (scalar, length) = UTF8Scalar.decode(base, at: place)
                if scalar < 0x10000 {
                    word.append(UInt16(truncatingIfNeeded: scalar))
                } else {
                    word.append(UInt16(truncatingIfNeeded: 0xD7C0 + scalar >> 10))
                    word.append(UInt16(truncatingIfNeeded: 0xDC00 | scalar & 0x3FF))
                }
                place += length
            }
            before.removeAll(keepingCapacity: true)
            before += word
            switch language {
            case .german: LightStemmers.german(&word)
            case .french: LightStemmers.french(&word)
            case .spanish: LightStemmers.spanish(&word)
            case .italian: LightStemmers.italian(&word)
            case .portuguese: LightStemmers.portuguese(&word)
            case .minimalEnglish: LightStemmers.minimalEnglish(&word)
            }
            if word != before { write(word, index, &batch) }
        }
    }

    /// Puts a word in the place of a token.
    private func write(_ word: [UInt16], _ index: Int, _ batch: inout TokenBatch) {
        let start = batch.arena.count
        var place = 0
        while place < word.count {
            let unit = UInt32(word[place])
            place += 1
            if unit & 0xFC00 == 0xD800, place < word.count, word[place] & 0xFC00 == 0xDC00 {
                batch.arena.append(scalar: 0x10000 + (unit & 0x3FF) << 10 + UInt32(word[place]) & 0x3FF)
                place += 1
            } else {
                batch.arena.append(scalar: unit)
            }
        }
        batch.tokens.base[index].start = Int32(truncatingIfNeeded: start)
        batch.tokens.base[index].length = Int32(truncatingIfNeeded: batch.arena.count - start)
    }
}
