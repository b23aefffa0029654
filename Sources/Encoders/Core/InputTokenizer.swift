import Synchronization
package import Tensors
package import Tokenizers

/// Turns texts into sequences as one model reads them: prompt, lower-casing, special tokens, cut to the limit.
package struct InputTokenizer: Sendable {
    /// The tokenizer with its truncation set.
    package let tokenizer: Tokenizer
    /// Tokens of a sequence at most, special ones included.
    package let maximumTokens: Int
    /// Whether segment ids reach the model; families that have none ignore what the tokenizer says.
    let readsTypes: Bool
    /// Whether texts are lower-cased first, whatever the tokenizer does.
    let lowercases: Bool
    /// Whether `[CLS]`, `[SEP]` and their like are put around a text.
    let addsSpecialTokens: Bool

    init(
        _ tokenizer: Tokenizer, maximumTokens: Int, readsTypes: Bool, lowercases: Bool = false,
        addsSpecialTokens: Bool = true
    ) {
        var tokenizer = tokenizer
        tokenizer.truncation = Truncation(maxLength: maximumTokens)
        self.tokenizer = tokenizer
        self.maximumTokens = maximumTokens
        self.readsTypes = readsTypes
        self.lowercases = lowercases
        self.addsSpecialTokens = addsSpecialTokens
    }

    /// A text that is put before others, and its tokens.
    package struct Prefix: Sendable, Hashable {
        package let text: String
        /// Leading tokens of a sequence that belong to it, special ones included.
        package let tokenCount: Int

        /// Nothing.
        package static let none = Prefix(text: "", tokenCount: 0)
    }

    /// How texts are cut that are longer than the model reads.
    package struct Cut: Sendable, Hashable {
        /// The side that goes.
        package var side = Truncation.Direction.right
        /// Tokens of the second text that stay at most, before anything else is cut; nil = all.
        package var maximumPairTokens: Int?

        package init(side: Truncation.Direction = .right, maximumPairTokens: Int? = nil) {
            self.side = side
            self.maximumPairTokens = maximumPairTokens
        }
    }

    /// One text or pair.
    package func sequence(
        _ text: String, pair: String? = nil, after prefix: Prefix = .none, cut: Cut = Cut()
    ) throws(EncoderError) -> TokenSequence {
        do throws(TokenizerError) {
            var (ids, typeIDs): ([Int32], [Int32]) = ([], [])
            let isTruncated = try self.tokenizer(cut).appendIDs(
                of: read(prefix.text.isEmpty ? text : prefix.text + text), pair: pair.map(read),
                addSpecialTokens: addsSpecialTokens, to: &ids, typeIDs: &typeIDs)
            var sequence = TokenSequence(ids: ids, typeIDs: readsTypes ? typeIDs : nil, isTruncated: isTruncated)
            sequence.promptTokenCount = prefix.tokenCount
            return sequence
        } catch {
            throw EncoderError(error)
        }
    }

    /// All tokens of a text or pair, special ones included; nothing is cut but the second text to its own limit.
    package func encoding(
        _ text: String, pair: String? = nil, cut: Cut = Cut(), addsSpecialTokens: Bool = true
    ) throws(EncoderError) -> Encoding {
        var tokenizer = tokenizer(cut)
        tokenizer.truncation?.maxLength = .max
        do throws(TokenizerError) {
            return try tokenizer.encode(
                read(text), pair: pair.map(read), addSpecialTokens: addsSpecialTokens && self.addsSpecialTokens,
                includeOverflow: false)
        } catch {
            throw EncoderError(error)
        }
    }

    /// What a prompt puts before texts; its tokens are counted as sentence-transformers does: the prompt alone, without a
    /// special token at its end.
    package func prefix(_ prompt: String) throws(EncoderError) -> Prefix {
        guard !prompt.isEmpty else { return .none }
        do throws(TokenizerError) {
            let encoding = try tokenizer.encode(read(prompt), addSpecialTokens: addsSpecialTokens)
            return Prefix(
                text: prompt, tokenCount: encoding.count - (encoding.specialTokensMask.last == true ? 1 : 0))
        } catch {
            throw EncoderError(error)
        }
    }

    private func tokenizer(_ cut: Cut) -> Tokenizer {
        var tokenizer = tokenizer
        tokenizer.truncation?.direction = cut.side
        tokenizer.truncation?.maxPairLength = cut.maximumPairTokens
        return tokenizer
    }

    private func read(_ text: String) -> String { lowercases ? text.lowercased() : text }

    /// Many texts or pairs, in order, on all threads of the pool.
    package func sequences<Text: Sendable>(
        _ texts: [Text], on pool: WorkerPool,
        _ read: @escaping @Sendable (Text) throws(EncoderError) -> TokenSequence
    ) throws(EncoderError) -> [TokenSequence] {
        let portion = 8
        guard texts.count > portion else {
            var sequences: [TokenSequence] = []
            for text in texts { sequences.append(try read(text)) }
            return sequences
        }
        let state = Mutex<(portions: [[TokenSequence]], failure: EncoderError?)>(
            (Array(repeating: [], count: (texts.count + portion - 1) / portion), nil))
        pool.run((texts.count + portion - 1) / portion) { index, _ in
            do throws(EncoderError) {
                var sequences: [TokenSequence] = []
                for text in texts[(index * portion)..<min(texts.count, (index + 1) * portion)] {
                    sequences.append(try read(text))
                }
                state.withLock { $0.portions[index] = sequences }
            } catch {
                state.withLock { if $0.failure == nil { $0.failure = error } }
            }
        }
        return try state.withLock { state throws(EncoderError) in
            if let failure = state.failure { throw failure }
            return state.portions.flatMap { $0 }
        }
    }
}

extension EncoderError {
    /// A tokenizer's failure with its place.
    init(_ error: TokenizerError) {
        self.init(
            .tokenizer, error.reason, advice: "Correct the tokenizer's file or restore it from the original model",
            path: error.file, field: error.location)
    }
}
