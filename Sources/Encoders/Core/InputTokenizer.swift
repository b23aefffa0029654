import Synchronization
import Tensors
import Tokenizers

/// Turns texts into sequences as one model reads them: prompt, lower-casing, special tokens, cut to the limit.
struct InputTokenizer: Sendable {
    /// The tokenizer with its truncation set.
    let tokenizer: Tokenizer
    /// Tokens of a sequence at most, special ones included.
    let maximumTokens: Int
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

    /// One text or pair.
    func sequence(_ text: String, pair: String? = nil) throws(EncoderError) -> TokenSequence {
        do throws(TokenizerError) {
            var (ids, typeIDs): ([Int32], [Int32]) = ([], [])
            let isTruncated = try tokenizer.appendIDs(
                of: lowercases ? text.lowercased() : text, pair: lowercases ? pair?.lowercased() : pair,
                addSpecialTokens: addsSpecialTokens, to: &ids, typeIDs: &typeIDs)
            return TokenSequence(ids: ids, typeIDs: readsTypes ? typeIDs : nil, isTruncated: isTruncated)
        } catch {
            throw EncoderError(error)
        }
    }

    /// How many leading tokens of a text belong to a prompt before it, special ones included.
    ///
    /// As sentence-transformers counts: the prompt alone, without a special token at its end.
    func promptTokenCount(_ prompt: String) throws(EncoderError) -> Int {
        do throws(TokenizerError) {
            let encoding = try tokenizer.encode(
                lowercases ? prompt.lowercased() : prompt, addSpecialTokens: addsSpecialTokens)
            return encoding.count - (encoding.specialTokensMask.last == true ? 1 : 0)
        } catch {
            throw EncoderError(error)
        }
    }

    /// Many texts or pairs, in order, on all threads of the pool.
    func sequences<Text: Sendable>(
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
