import JSON
import ModelFiles

/// The sizes of a transformer, from its configuration.
///
/// Letters: V vocabulary, H hidden size, I intermediate size, A heads.
struct TransformerShape {
    let family: TransformerFamily
    let modelType: String
    /// V.
    let vocabularySize: Int
    /// H.
    let hiddenSize: Int
    let layerCount: Int
    /// A.
    let headCount: Int
    /// I.
    let intermediateSize: Int
    /// The function between the two feed-forward products, as transformers calls it.
    let activation: String
    let normEpsilon: Float
    /// Rows of the position embeddings.
    let positionCount: Int
    /// Rows of the segment embeddings; 0 for architectures without.
    let typeCount: Int
    let paddingID: Int
    /// Rows of the table of relative positions; 0 for architectures without.
    let relativeBuckets: Int
    /// Whether the masked-language head's decoder is the word embeddings.
    let tiesDecoder: Bool

    /// The longest sequence that has positions.
    var maximumTokens: Int { family.positionsFollowPadding ? positionCount - paddingID - 1 : positionCount }

    init(_ folder: ModelFolder) throws(ExportError) {
        let path = folder.path(of: ModelFolderWriter.join(folder.transformerFolder, "config.json"))
        let config = folder.config
        guard let family = TransformerFamily(modelType: folder.modelType) else {
            throw ExportError(
                .unsupported, path: path, subject: "field model_type",
                reason: "models of type \(folder.modelType.debugDescription) cannot be written",
                advice: "Use one of bert, distilbert, roberta, xlm-roberta and mpnet")
        }
        func size(_ key: String, _ limit: Int, default value: Int? = nil) throws(ExportError) -> Int {
            let stated = config[key].flatMap { $0.isNull ? nil : $0 }
            guard let size = stated.map(\.int) ?? value, (1...limit).contains(size) else {
                throw ExportError(
                    .badSource, path: path, subject: "field \(key)",
                    reason: stated == nil ? "there is none" : "a number of 1 to \(limit) was expected",
                    advice: "Restore the file from the original model")
            }
            return size
        }
        let isDistil = family == .distilBert
        self.family = family
        modelType = folder.modelType
        vocabularySize = try size("vocab_size", 1 << 24)
        hiddenSize = try size(isDistil ? "dim" : "hidden_size", 65_536)
        layerCount = try size(isDistil ? "n_layers" : "num_hidden_layers", 1_024)
        headCount = try size(isDistil ? "n_heads" : "num_attention_heads", 4_096)
        intermediateSize = try size(isDistil ? "hidden_dim" : "intermediate_size", 1 << 20)
        positionCount = try size("max_position_embeddings", 1 << 20)
        activation = config[isDistil ? "activation" : "hidden_act"]?.string ?? "gelu"
        // DistilBERT's is fixed in its network.
        normEpsilon = isDistil ? 1e-12 : Float(config["layer_norm_eps"]?.double ?? 1e-12)
        switch family {
        case .bert, .roberta, .xlmRoberta: typeCount = try size("type_vocab_size", 65_536, default: 2)
        case .distilBert, .mpnet: typeCount = 0
        }
        relativeBuckets = family == .mpnet ? try size("relative_attention_num_buckets", 65_536, default: 32) : 0
        paddingID = family.paddingID(stated: config["pad_token_id"]?.int)
        tiesDecoder = config["tie_word_embeddings"]?.bool ?? true
        guard hiddenSize.isMultiple(of: headCount) else {
            throw ExportError(
                .badSource, path: path, subject: "field \(isDistil ? "dim" : "hidden_size")",
                reason: "\(hiddenSize) cannot be shared by \(headCount) heads",
                advice: "Restore the file from the original model")
        }
        guard paddingID >= 0, maximumTokens > 0 else {
            throw ExportError(
                .badSource, path: path, subject: "field max_position_embeddings",
                reason: "\(positionCount) leaves no positions behind the padding token \(paddingID)",
                advice: "Restore the file from the original model")
        }
    }
}
