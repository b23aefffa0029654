/// One subword of a pre-token.
package struct SubwordPiece: Sendable, Hashable {
    /// The vocabulary id.
    package var id: Int32
    /// The first byte inside the pre-token.
    package var start: Int32
    /// The byte after the last one inside the pre-token.
    package var end: Int32

    package init(id: Int32, start: Int32, end: Int32) {
        self.id = id
        self.start = start
        self.end = end
    }
}

/// The step of a tokenizer that cuts a pre-token into tokens of the vocabulary: WordPiece, BPE, Unigram or word level.
///
/// A model is immutable and shared by all threads; what it writes while it works lies in the caller's scratch.
package protocol SubwordModel: Sendable {
    /// Splits one pre-token (normalised, valid UTF-8) and appends its subwords to `pieces`.
    ///
    /// Offsets count bytes inside `word`. There is no allocation once the buffers have grown to the longest word. A
    /// model that meets text it has no token for, and that has no unknown token, sets `scratch.failure`.
    func tokenize(_ word: UnsafeBufferPointer<UInt8>, into pieces: inout [SubwordPiece], scratch: inout ModelScratch)

    /// The id of a token, written as in the vocabulary.
    func id(of token: String) -> Int32?

    /// The token with an id, written as in the vocabulary.
    func token(of id: Int32) -> String?

    /// The number of tokens of the model itself, without added tokens.
    var vocabularySize: Int { get }

    /// The largest id of a token of the model; -1 if it has none. Ids may leave gaps.
    var largestID: Int32 { get }
}

/// Buffers of a model that are reused from word to word.
///
/// One value is used by one thread at a time. Each model takes the buffers that suit it; none may expect contents from an earlier call.
package struct ModelScratch {
    /// Why the last call could not tokenise its word; set by the model, cleared by the tokenizer.
    package var failure: TokenizerError?
    /// For symbol lists, scores, back pointers, heaps.
    package var int32A: [Int32] = []
    package var int32B: [Int32] = []
    package var int32C: [Int32] = []
    package var int32D: [Int32] = []
    package var int64A: [Int64] = []
    package var doubles: [Double] = []
    package var bytes: [UInt8] = []

    package init() {}
}
