/// Puts a space in place of the suffix that marks the end of a word, nothing after the last token.
struct BytePairDecoder: TokenDecoder {
    let suffix: String

    func decodeChain(_ tokens: [String]) -> [String] {
        tokens.enumerated().map { index, token in
            token.replacingEvery(suffix, with: index == tokens.count - 1 ? "" : " ")
        }
    }
}

/// Puts spaces in place of the character that stands for them; in the first token it vanishes if the pre-tokeniser
/// puts one before the text.
struct MetaspaceDecoder: TokenDecoder {
    let replacement: Unicode.Scalar
    let isPrepended: Bool

    func decodeChain(_ tokens: [String]) -> [String] {
        tokens.enumerated().map { index, token in
            var result = String.UnicodeScalarView()
            for scalar in token.unicodeScalars {
                if scalar != replacement {
                    result.append(scalar)
                } else if index > 0 || !isPrepended {
                    result.append(" ")
                }
            }
            return String(result)
        }
    }
}

/// Makes one token of all.
struct FuseDecoder: TokenDecoder {
    func decodeChain(_ tokens: [String]) -> [String] { [tokens.joined()] }
}

/// Takes up to so many copies of a character from the ends of every token.
struct StripDecoder: TokenDecoder {
    let content: Unicode.Scalar
    let start: Int
    let stop: Int

    func decodeChain(_ tokens: [String]) -> [String] {
        tokens.map { token in
            let scalars = token.unicodeScalars
            let head = scalars.prefix(start).prefix { $0 == content }
            let rest = scalars[head.endIndex...]
            let tail = rest.suffix(stop).reversed().prefix { $0 == content }.count
            return String(rest.dropLast(tail))
        }
    }
}

/// Joins the output of speech recognition: repeated tokens count once, the pad token vanishes, the word delimiter becomes
/// a space.
struct CTCDecoder: TokenDecoder {
    let padToken: String
    let wordDelimiter: String
    /// Whether delimiters become spaces and English punctuation is closed up.
    let cleansUp: Bool

    func decodeChain(_ tokens: [String]) -> [String] {
        var result: [String] = []
        var previous: String?
        for token in tokens {
            // Byte by byte: canonically equivalent tokens are different ones.
            if let previous, previous.utf8.elementsEqual(token.utf8) { continue }
            previous = token
            var piece = token.replacingEvery(padToken, with: "")
            if cleansUp { piece = WordPieceDecoder.cleanUp(piece).replacingEvery(wordDelimiter, with: " ") }
            if !piece.isEmpty { result.append(piece) }
        }
        return result
    }
}

/// Decoders one after the other.
struct SequenceDecoder: TokenDecoder {
    let decoders: [any TokenDecoder]

    func decodeChain(_ tokens: [String]) -> [String] {
        decoders.reduce(tokens) { $1.decodeChain($0) }
    }
}

/// Puts a fixed text in place of every match of a pattern, token by token.
struct ReplaceDecoder: TokenDecoder {
    let pattern: MatchPattern
    let content: String

    func decodeChain(_ tokens: [String]) -> [String] {
        var matches: [PatternMatch] = []
        return tokens.map { token in
            let bytes = Array(token.utf8)
            matches.removeAll(keepingCapacity: true)
            // Decoding has no errors: such a token is shown as the vocabulary writes it.
            do { try pattern.findMatches(in: bytes[...], into: &matches) } catch { return token }
            var result: [UInt8] = []
            for match in matches {
                result.append(contentsOf: match.isMatch ? Array(content.utf8) : Array(bytes[match.start..<match.end]))
            }
            return String(decoding: result, as: UTF8.self)
        }
    }
}
