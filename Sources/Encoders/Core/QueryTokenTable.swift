package import ModelFiles
import Tokenizers

/// The query side of an inference-free sparse model: each token of the text weighs what the table says, whatever its
/// place and number (arXiv:2411.04403).
package struct QueryTokenTable: Sendable {
    /// Without special tokens, as the models are trained.
    let tokenizer: InputTokenizer
    /// [V].
    package let weights: [Float]

    /// Nil for a model whose queries go through the network.
    package init?(_ folder: ModelFolder, options: EncoderOptions) throws(EncoderError) {
        let table: ModelFolder.QueryTokenWeights?
        do throws(ModelFileError) { table = try folder.queryTokenWeights() } catch { throw EncoderError(error) }
        guard let table else { return nil }
        let tokenizer = try EncoderCore.readTokenizer(folder, in: folder.queryTokenizerFolder)
        switch table {
        case .byID(let tensor):
            weights = try tensor.weights()
        case .byToken(let entries):
            // Ids may leave gaps; a table of more than 2^24 entries is no vocabulary.
            let size = tokenizer.idBound
            guard size <= 1 << 24 else {
                throw EncoderError(
                    .tokenizer, "has the token id \(size - 1), more than \(1 << 24) ids are not supported",
                    advice: "Number the tokens without gaps", path: folder.path)
            }
            // ML Commons gives tokens that idf.json does not list a weight of 1, sentence-transformers none.
            var weights = [Float](repeating: folder.layout == .openSearch ? 1 : 0, count: size)
            for (token, weight) in entries {
                // A token that the vocabulary lacks cannot occur in a query.
                guard let id = tokenizer.id(of: token), weights.indices.contains(Int(id)) else { continue }
                guard weight.isFinite else {
                    throw EncoderError(
                        .notFinite, "is not a finite number", advice: "Correct the file",
                        path: folder.path(of: "idf.json"), field: token)
                }
                weights[Int(id)] = weight
            }
            self.weights = weights
        }
        let limit = options.maxSequenceLength ?? folder.maxSequenceLength ?? 1 << 20
        self.tokenizer = InputTokenizer(
            tokenizer, maximumTokens: limit, readsTypes: false, lowercases: folder.lowercasesInput,
            addsSpecialTokens: false)
    }

    /// The vector of a sequence; ids must be in range.
    ///
    /// Complexity: O(n log n) for n tokens.
    func vector(_ sequence: TokenSequence, maximumActive: Int?) -> SparseVector {
        let ids = Set(sequence.ids).filter { weights[Int($0)] != 0 }.sorted()
        return SparseVector(entries: ids.map { ($0, weights[Int($0)]) }, of: sequence, maximumActive: maximumActive)
    }

    /// Why a sequence cannot be looked up; nil if it can.
    func fault(of sequence: TokenSequence) -> String? {
        guard let id = sequence.ids.first(where: { $0 < 0 || Int($0) >= weights.count }) else { return nil }
        return "has the token id \(id); the model knows 0 to \(weights.count - 1)"
    }
}

extension SparseVector {
    /// The entries of a dense row that are not zero.
    init(_ row: UnsafeMutableBufferPointer<Float>, of sequence: TokenSequence, maximumActive: Int?) {
        var entries: [(Int32, Float)] = []
        for (id, weight) in row.enumerated() where weight != 0 { entries.append((Int32(id), weight)) }
        self.init(entries: entries, of: sequence, maximumActive: maximumActive)
    }

    /// Entries by ascending id, of which the heaviest are kept; ties go to the smaller id.
    init(entries: [(id: Int32, weight: Float)], of sequence: TokenSequence, maximumActive: Int?) {
        var entries = entries
        if let maximumActive, entries.count > maximumActive {
            entries.sort { ($0.weight, $1.id) > ($1.weight, $0.id) }
            entries.removeLast(entries.count - maximumActive)
            entries.sort { $0.id < $1.id }
        }
        self.init(
            tokenIDs: entries.map(\.id), weights: entries.map(\.weight), tokenCount: sequence.count,
            isTruncated: sequence.isTruncated)
    }
}
