/// A vocabulary of whole words: a word is its token or the unknown token.
package struct WordLevelModel: SubwordModel {
    private let tokens: TokenTable
    private let unknown: String
    private let unknownID: Int32?

    /// Reads the `model` object of a `tokenizer.json`.
    package init(_ settings: ComponentSettings) throws(TokenizerError) {
        tokens = try TokenTable(vocabularyOf: settings)
        unknown = try settings.string("unk_token")
        unknownID = tokens.id(of: unknown)
    }

    package func id(of token: String) -> Int32? { tokens.id(of: token) }

    package func token(of id: Int32) -> String? { tokens.token(of: id) }

    package var vocabularySize: Int { tokens.count }

    package var largestID: Int32 { tokens.largestID }

    /// Appends one piece: the whole word.
    package func tokenize(
        _ word: UnsafeBufferPointer<UInt8>, into pieces: inout [SubwordPiece], scratch: inout ModelScratch
    ) {
        let id = tokens.id(of: word)
        if id >= 0 {
            pieces.append(SubwordPiece(id: id, start: 0, end: Int32(word.count)))
        } else if let unknownID {
            pieces.append(SubwordPiece(id: unknownID, start: 0, end: Int32(word.count)))
        } else {
            scratch.failure = TokenizerError(
                .missingUnknownToken,
                "the text has a word that the vocabulary lacks, and so does it lack the unknown token "
                    + "\"\(unknown)\"; correct unk_token", location: "model.unk_token")
        }
    }
}
