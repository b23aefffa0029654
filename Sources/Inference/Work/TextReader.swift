import Encoders
import Tokenizers

/// Makes sequences of a request's texts as its long-text policy asks.
struct TextReader: Sendable {
    let tokenizer: InputTokenizer
    let cut: InputTokenizer.Cut
    let longTexts: LongTextPolicy
    /// Why the model cannot look a sequence up; nil if it can.
    ///
    /// Tokenizers may know ids that the network has no row for.
    let fault: @Sendable (TokenSequence) -> String?

    /// One text or pair.
    ///
    /// - Parameter text: its number, for errors.
    func read(
        _ text: Int, _ first: String, pair: String? = nil, after prefix: InputTokenizer.Prefix = .none
    ) throws(InferenceError) -> PreparedText {
        let prepared = try sequences(text, first, pair: pair, after: prefix)
        if case .sequences(let sequences, _) = prepared {
            for sequence in sequences { try check(sequence, text) }
        }
        return prepared
    }

    private func sequences(
        _ text: Int, _ first: String, pair: String?, after prefix: InputTokenizer.Prefix
    ) throws(InferenceError) -> PreparedText {
        let sequence: TokenSequence
        let fullCount: Int
        do throws(EncoderError) {
            if case .chunk(let overlap, let maximumWindows) = longTexts {
                let windows = try tokenizer.windows(
                    first, pair: pair, cut: cut, overlap: overlap, maximumWindows: maximumWindows)
                return .sequences(windows.sequences, isCut: windows.isCut)
            }
            sequence = try tokenizer.sequence(first, pair: pair, after: prefix, cut: cut)
            guard longTexts == .refuse, sequence.isTruncated else { return .sequences([sequence], isCut: false) }
            fullCount = try tokenizer.encoding(prefix.text + first, pair: pair, cut: cut).count
        } catch {
            throw InferenceError(error, text: text)
        }
        // Only the cut that the request itself asked for.
        if fullCount <= tokenizer.maximumTokens { return .sequences([sequence], isCut: false) }
        throw .textTooLong(text, tokens: fullCount, limit: tokenizer.maximumTokens)
    }

    /// Ids that the client made.
    func read(_ text: Int, ids: [Int32]) throws(InferenceError) -> TokenSequence {
        let limit = tokenizer.maximumTokens
        if ids.count > limit, longTexts == .refuse { throw .textTooLong(text, tokens: ids.count, limit: limit) }
        let kept = cut.side == .right ? ids.prefix(limit) : ids.suffix(limit)
        let sequence = TokenSequence(ids: Array(kept), isTruncated: ids.count > limit)
        if ids.isEmpty {
            throw InferenceError(
                .invalidValue, "Text \(text) is an empty list of tokens. Send at least one token.", textIndex: text)
        }
        try check(sequence, text)
        return sequence
    }

    /// Throws for a sequence that the model cannot look up.
    private func check(_ sequence: TokenSequence, _ text: Int) throws(InferenceError) {
        guard let fault = fault(sequence) else { return }
        throw InferenceError(
            .invalidValue, "Text \(text) \(fault). Tokenise with the model's own tokenizer.", textIndex: text)
    }
}

extension InferenceSettings {
    /// The request's wish, else the model's, else the engine's.
    func policy(_ request: LongTextPolicy?, of model: LoadedModel) -> LongTextPolicy {
        request ?? model.declaration.longTexts ?? (truncatesByDefault ? longTexts : .refuse)
    }
}

extension TruncationSide {
    /// The side in the tokenizer's words.
    var direction: Truncation.Direction { self == .left ? .left : .right }
}

extension TextOrTokens {
    var byteCount: Int {
        switch self {
        case .text(let text): text.utf8.count
        case .tokens(let ids): ids.count
        }
    }

    var characterCount: Int { if case .text(let text) = self { text.unicodeScalars.count } else { 0 } }

    func hash(into hasher: inout InputHasher) {
        switch self {
        case .text(let text):
            hasher.add(0)
            hasher.add(text)
        case .tokens(let ids):
            hasher.add(1)
            hasher.add(ids)
        }
    }
}
