/// The added tokens of a tokenizer: their ids, and finding them in text.
struct AddedVocabulary: Sendable {
    private(set) var ids: [String: Int32] = [:]
    private(set) var tokens: [Int32: AddedToken] = [:]
    /// Finds the tokens that are searched in the raw text.
    private(set) var rawMatcher = AddedTokenMatcher()
    /// Finds the tokens that are searched in the normalised text.
    private(set) var normalizedMatcher = AddedTokenMatcher()

    /// Numbers `list` as upstream does: a token of the model keeps its id, others follow the largest id.
    init(_ list: [AddedToken], model: any SubwordModel, normalizer: (any Normalizer)?) {
        let size = Int32(clamping: model.vocabularySize)
        var largest: Int32?
        // Special tokens come first among equal matches.
        var ordered: [(AddedToken, Int32)] = []
        for token in list where !token.content.isEmpty {
            if let known = ids[token.content], tokens[known] == token { continue }
            let id: Int32
            if let known = ids[token.content] ?? model.id(of: token.content) {
                id = known
            } else if let last = largest, last >= size || size == 0 {
                id = last == .max ? last : last + 1
            } else {
                id = size
            }
            largest = max(largest ?? id, id)
            ids[token.content] = id
            tokens[id] = token
            ordered.append((token, id))
        }
        var scratch = NormalizedText()
        for (token, id) in ordered.filter(\.0.isSpecial) + ordered.filter({ !$0.0.isSpecial }) {
            guard ids[token.content] == id else { continue }
            var content = Array(token.content.utf8)
            if token.isNormalized {
                if let normalizer {
                    content.withUnsafeBufferPointer { scratch.load($0, at: 0) }
                    normalizer.normalize(&scratch)
                    content = scratch.bytes
                    // From here on the token goes by its normalised form; so does upstream.
                    tokens[id]?.content = String(decoding: content, as: UTF8.self)
                }
                normalizedMatcher.add(content, token: token, id: id)
            } else {
                rawMatcher.add(content, token: token, id: id)
            }
        }
    }
}
