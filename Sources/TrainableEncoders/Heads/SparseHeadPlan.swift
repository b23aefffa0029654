import Encoders
import JSON
import Layers
import ModelFiles
import Tensors

/// The masked-language head of a sparse encoder, or a new one.
///
/// A new head is of the form that transformers makes, with the word embeddings as decoder unless `tie_word_embeddings` is false. Its
/// transform begins as the identity, not at random: the last layer of a trained encoder is still near the embeddings of its tokens
/// (all-MiniLM-L6-v2 ranks a token's own entry first at 53 % of the places, and among ten at 67 %), so that a text's first weights are
/// those of its own tokens, which a random transform would have to learn.
struct SparseHeadPlan: HeadPlan {
    private let stored: TrainableWeights.VocabularyHead?
    private let names: TrainableWeights.VocabularyNames
    private let words: StoredTensor
    private let isTied: Bool
    private let epsilon: Float
    private let deviation: Float
    private let pooling: SpladePooling

    /// Whether the file has no masked-language head: then its names are those of a bare encoder.
    var isNew: Bool { stored == nil }

    init(
        _ folder: ModelFolder, _ source: TrainableWeights, pooling override: ModelModule.SpladePooling?
    ) throws(EncoderError) {
        // What a dense encoder's folder has behind its transformer is not for weights of tokens.
        pooling =
            folder.task == .dense
            ? SpladePooling(override ?? ModelModule.SpladePooling())
            : try SparseEncoder.pooling(folder, override: override)
        stored = try source.vocabularyHead()
        names = source.vocabularyNames
        words = try source.embeddings().words
        isTied = folder.config["tie_word_embeddings"]?.bool ?? true
        epsilon = source.configuration.normEpsilon
        deviation = source.initialDeviation
    }

    func add(to builder: ParameterBuilder) throws(EncoderError) {
        if let stored {
            builder.note(copies: stored.embeddingCopies, of: words)
            builder.add(stored.transform)
            builder.add(stored.norm)
            if let decoder = stored.decoder { builder.add(decoder) }
            builder.add(stored.decoderBias, copies: stored.biasCopies)
            return
        }
        let (width, size) = (words.shape[1], words.shape[0])
        builder.addNew(names.transform + ".weight", shape: [width, width], .identity)
        builder.addNew(names.transform + ".bias", shape: [width], .constant(0))
        builder.addNew(names.norm + ".weight", shape: [width], .constant(1), isNorm: true)
        builder.addNew(names.norm + ".bias", shape: [width], .constant(0), isNorm: true)
        if !isTied { builder.addNew(names.decoder + ".weight", shape: [size, width], .normal(deviation: deviation)) }
        builder.addNew(names.bias, shape: [size], .constant(0))
    }

    func head(_ views: ParameterViews, precision: MatrixPrecision, arena: WeightArena) -> any TrainableHead {
        let weight: (StoredTensor?, String) -> ParameterView = { views[$0?.name ?? $1, ""] }
        let decoder =
            stored == nil && !isTied ? views[names.decoder + ".weight", ""] : views[stored?.decoder ?? words]
        return SparseHead(
            transform: LinearMap(
                [
                    (
                        weight(stored?.transform.weight, names.transform + ".weight"),
                        weight(stored?.transform.bias, names.transform + ".bias")
                    )
                ], precision: precision, arena: arena),
            activation: names.activation,
            norm: NormMap(
                gamma: weight(stored?.norm.gamma, names.norm + ".weight"),
                beta: weight(stored?.norm.beta, names.norm + ".bias"), epsilon: epsilon),
            decoder: LinearMap(
                [(decoder, weight(stored?.decoderBias, names.bias))], precision: precision, goesBack: false,
                arena: arena),
            saturation: pooling.saturation == .log1pReLU ? .log1pReLU : .log1pLog1pReLU,
            sums: pooling.strategy == .sum)
    }
}
