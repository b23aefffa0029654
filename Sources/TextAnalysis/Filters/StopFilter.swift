/// Removes words; the positions stay as gaps.
struct StopFilter: TokenFilter {
    var words: WordSet
    /// Whether a stop word at the very end is removed too; not for suggestions, where it may be the beginning of a longer word.
    var removesTrailing = true

    func apply(to batch: inout TokenBatch) {
        let last = batch.tokens.count - 1
        let keepsLast = !removesTrailing && last >= 0
        let final = keepsLast ? batch.tokens[last].endOffset : -1
        let spares = keepsLast && final == batch.endOffset
        let lastStart = last >= 0 ? batch.tokens[last].start : -1
        guard !spares, let probe = words.probe else {
            batch.keep { text, token in
                !words.contains(text) || spares && token.start == lastStart && !token.isKeyword
            }
            return
        }
        withExtendedLifetime(words) {
            batch.keep { text, _ in
                guard let base = text.baseAddress, text.count <= 16 else { return !words.contains(text) }
                return !probe.contains(base, text.count)
            }
        }
    }
}
