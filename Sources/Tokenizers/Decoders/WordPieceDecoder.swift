/// Joins continuations (`##ing`) to the word before and puts a space before every other token but the first.
struct WordPieceDecoder: TokenDecoder {
    let prefix: String
    /// Whether spaces before punctuation and English contractions are taken out.
    let cleansUp: Bool

    func decodeChain(_ tokens: [String]) -> [String] {
        tokens.enumerated().map { index, token in
            var piece = token
            if index > 0 {
                piece = token.utf8.starts(with: prefix.utf8) ? token.droppingUTF8Prefix(prefix) : " " + token
            }
            return cleansUp ? Self.cleanUp(piece) : piece
        }
    }

    private static let replacements = [
        (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"),
        (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ]

    /// Undoes the spacing of tokenised English, one replacement after the other.
    static func cleanUp(_ text: String) -> String {
        replacements.reduce(text) { $0.replacingEvery($1.0, with: $1.1) }
    }
}
