/// Light stemmers, which take off plurals and genders only, as Lucene's analysers of some languages use them.
struct LightStemFilter: TokenFilter {
    enum Language: Sendable { case german, french, spanish, italian, portuguese, minimalEnglish }

    private let language: Language

    init(_ language: Language) { self.language = language }

    func apply(to batch: inout TokenBatch) {
        var word: [UInt16] = []
        for index in 0..<batch.tokens.count where !batch.tokens[index].isKeyword {
            word.removeAll(keepingCapacity: true)
            word.append(contentsOf: String(decoding: batch.bytes(batch.tokens[index]), as: UTF8.self).utf16)
            let before = word
            switch language {
            case .german: LightStemmers.german(&word)
            case .french: LightStemmers.french(&word)
            case .spanish: LightStemmers.spanish(&word)
            case .italian: LightStemmers.italian(&word)
            case .portuguese: LightStemmers.portuguese(&word)
            case .minimalEnglish: LightStemmers.minimalEnglish(&word)
            }
            if word != before { batch.replace(index, with: String(decoding: word, as: UTF16.self).utf8) }
        }
    }
}
