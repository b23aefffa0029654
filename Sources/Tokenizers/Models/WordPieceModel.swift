/// WordPiece: takes the longest token that begins the word, then the longest continuation of what is left, and so on.
///
/// A word that cannot be covered, or that has more than `longestWord` scalars, becomes the unknown token as a whole.
/// Complexity: O(bytes of the word), apart from stretches that are walked again after a shorter match.
struct WordPieceModel: SubwordModel {
    private let words: TokenTable
    private let trie: ByteTrie
    private let continuationRoot: Int32
    private let unknownID: Int32
    private let longestWord: Int

    /// Reads the `model` object of a `tokenizer.json`.
    init(_ settings: ComponentSettings) throws(TokenizerError) {
        try self.init(
            tokens: try TokenTable(vocabularyOf: settings),
            unknownToken: try settings.optionalString("unk_token") ?? "[UNK]",
            continuationPrefix: try settings.optionalString("continuing_subword_prefix") ?? "##",
            longestWord: try settings.int("max_input_chars_per_word", in: 0...Int(Int32.max), default: 100))
    }

    init(
        tokens: TokenTable, unknownToken: String, continuationPrefix: String, longestWord: Int
    ) throws(TokenizerError) {
        words = tokens
        self.longestWord = longestWord
        unknownID = tokens.id(of: unknownToken) ?? -1
        let prefix = Array(continuationPrefix.utf8)
        var trie = ByteTrie(edges: tokens.count * 4)
        let root = trie.addRoot()
        var fits = true
        tokens.forEach { bytes, id in
            if bytes.isEmpty || !fits { return }
            fits = trie.insert(bytes, id: id, root: 0)
            if bytes.count > prefix.count && bytes.prefix(prefix.count).elementsEqual(prefix) {
                fits = fits && trie.insert(bytes.dropFirst(prefix.count), id: id, root: root)
            }
        }
        guard fits else {
            throw TokenizerError(
                .invalidSetting,
                "the tokens have more than \(ByteTrie.mostNodes) different beginnings; use a smaller vocabulary")
        }
        self.trie = trie
        continuationRoot = root
    }

    package func tokenize(
        _ word: UnsafeBufferPointer<UInt8>, into pieces: inout [SubwordPiece], scratch: inout ModelScratch
    ) {
        let count = word.count
        if count > longestWord {
            var scalars = 0
            for byte in word where byte & 0xC0 != 0x80 { scalars += 1 }
            if scalars > longestWord { return appendUnknown(count, &pieces, &scratch) }
        }
        let id = words.id(of: word)
        if id >= 0 {
            pieces.append(SubwordPiece(id: id, start: 0, end: Int32(truncatingIfNeeded: count)))
            return
        }
        let mark = pieces.count
        var start = 0
        var root: Int32 = 0
        while start < count {
            guard let match = trie.longestPrefix(of: word, from: start, root: root) else {
                pieces.removeLast(pieces.count - mark)
                return appendUnknown(count, &pieces, &scratch)
            }
            pieces.append(
                SubwordPiece(
                    id: match.id, start: Int32(truncatingIfNeeded: start), end: Int32(truncatingIfNeeded: match.end)))
            start = match.end
            root = continuationRoot
        }
    }

    private func appendUnknown(_ count: Int, _ pieces: inout [SubwordPiece], _ scratch: inout ModelScratch) {
        if unknownID < 0 {
            scratch.failure = TokenizerError(
                .missingUnknownToken, "a word has no tokens and the vocabulary has no unknown token; add one to it")
            return
        }
        pieces.append(SubwordPiece(id: unknownID, start: 0, end: Int32(truncatingIfNeeded: count)))
    }

    package func id(of token: String) -> Int32? { words.id(of: token) }

    package func token(of id: Int32) -> String? { words.token(of: id) }

    package var vocabularySize: Int { words.count }

    package var largestID: Int32 { words.largestID }
}
