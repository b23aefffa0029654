/// The added tokens of a tokenizer: their ids, and finding them in text.
struct AddedVocabulary: Sendable {
    /// The id of each token by its bytes: Swift's strings take canonically equivalent ones for equal, tokens are not.
    private var ids: [[UInt8]: Int32] = [:]
    private(set) var tokens: [Int32: AddedToken] = [:]
    /// The special tokens as the file writes them.
    private var special: Set<[UInt8]> = []
    /// Finds the tokens that are searched in the raw text.
    private(set) var rawMatcher = AddedTokenMatcher()
    /// Finds the tokens that are searched in the normalised text.
    private(set) var normalizedMatcher = AddedTokenMatcher()

    /// Numbers `list` as upstream does: a token of the model keeps its id, others follow the largest id.
    init(_ list: [AddedToken], model: any SubwordModel, normalizer: (any Normalizer)?) throws(TokenizerError) {
        let size = Int32(clamping: model.vocabularySize)
        var largest: Int32?
        // Special tokens come first among equal matches.
        var ordered: [(AddedToken, Int32)] = []
        for token in list where !token.content.isEmpty {
            let bytes = Array(token.content.utf8)
            if let known = ids[bytes], tokens[known] == token { continue }
            let id: Int32
            if let known = ids[bytes] ?? model.id(of: token.content) {
                id = known
            } else if let last = largest, last >= size || size == 0 {
                id = last == .max ? last : last + 1
            } else {
                id = size
            }
            largest = max(largest ?? id, id)
            ids[bytes] = id
            tokens[id] = token
            if token.isSpecial { special.insert(bytes) }
            ordered.append((token, id))
        }
        var scratch = NormalizedText()
        for (token, id) in ordered.filter(\.0.isSpecial) + ordered.filter({ !$0.0.isSpecial }) {
            var content = Array(token.content.utf8)
            guard ids[content] == id else { continue }
            if token.isNormalized {
                if let normalizer {
                    content.withUnsafeBufferPointer { scratch.load($0, at: 0) }
                    normalizer.normalize(&scratch)
                    if let failure = scratch.failure { throw failure }
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

    /// The id of a token.
    func id(of token: String) -> Int32? { ids[Array(token.utf8)] }

    /// How many of the tokens `model` does not have.
    func countBeyond(_ model: any SubwordModel) -> Int {
        ids.keys.count { model.id(of: String(decoding: $0, as: UTF8.self)) == nil }
    }

    /// Whether an id is left out when text is decoded without special tokens.
    ///
    /// A special token that goes by a normalised form other than its own is not: upstream compares the forms.
    func isSpecial(_ id: Int32) -> Bool {
        guard let token = tokens[id] else { return false }
        return special.contains(Array(token.content.utf8))
    }
}
