/// The step that cuts normalised text into words.
protocol PreTokenizer: Sendable {
    /// Cuts (and sometimes rewrites) the pieces of `text` that are not added tokens.
    func preTokenize(_ text: inout PreTokenizedText)
}

/// Cuts at the matches of a pattern: Whitespace, WhitespaceSplit, Punctuation, Digits, Split, CharDelimiterSplit.
struct SplitPreTokenizer: PreTokenizer {
    let pattern: MatchPattern
    let behavior: SplitBehavior
    var inverted = false

    func preTokenize(_ text: inout PreTokenizedText) { text.split(at: pattern, behavior, inverted: inverted) }
}

/// Drops white space and sets punctuation apart.
struct BertPreTokenizer: PreTokenizer {
    func preTokenize(_ text: inout PreTokenizedText) {
        text.split(at: .properties(.whitespace), .removed)
        text.split(at: .properties(.punctuation), .isolated)
    }
}

/// Cuts into the words of GPT-2 and writes each byte as a scalar of its own.
struct ByteLevelPreTokenizer: PreTokenizer {
    let addsPrefixSpace: Bool
    let usesRegex: Bool

    func preTokenize(_ text: inout PreTokenizedText) {
        if addsPrefixSpace {
            text.rewrite { if $0.bytes.first != 0x20 { $0.prepend([0x20]) } }
        }
        if usesRegex { text.split(at: .gpt2Words, .isolated) }
        text.mapBytes()
    }
}

/// Writes spaces as a visible scalar (`▁`), puts one before the text, and cuts before each.
struct MetaspacePreTokenizer: PreTokenizer {
    /// When the text gets a marker of its own.
    enum PrependScheme: String, Sendable, CaseIterable { case first, never, always }

    let replacement: UInt32
    let prependScheme: PrependScheme
    let splits: Bool

    func preTokenize(_ text: inout PreTokenizedText) {
        text.rewrite { piece in
            if piece.bytes.contains(0x20) {
                piece.beginRewriting()
                while let scalar = piece.nextScalar {
                    if scalar == 0x20 { piece.replace(with: replacement) } else { piece.keep() }
                }
                piece.endRewriting()
            }
            let prepends = prependScheme == .always || prependScheme == .first && piece.origin.lowerBound == 0
            if prepends, !piece.isEmpty, UTF8Scalar.decode(piece.bytes, at: 0).scalar != replacement {
                piece.prepend([replacement])
            }
        }
        if splits { text.split(at: .scalar(replacement), .mergedWithNext) }
    }
}

/// Cuts into runs of equal length, counted in scalars.
struct FixedLengthPreTokenizer: PreTokenizer {
    let length: Int

    func preTokenize(_ text: inout PreTokenizedText) { text.split(every: length) }
}

/// Several pre-tokenisers, one after the other.
struct PreTokenizerSequence: PreTokenizer {
    let steps: [any PreTokenizer]

    func preTokenize(_ text: inout PreTokenizedText) { for step in steps { step.preTokenize(&text) } }
}
