import Layers
package import ModelFiles
import Tensors

extension WeightSource {
    /// The tables and the norm that all four families name alike.
    func embeddings(_ configuration: TransformerConfiguration) throws(EncoderError) -> Embeddings {
        let width = configuration.hiddenSize
        let types =
            configuration.typeCount == 0
            ? nil : try encoder("embeddings.token_type_embeddings.weight", [configuration.typeCount, width]).buffer()
        return Embeddings(
            tokens: try tokenTable(configuration), types: types,
            positions: try encoder("embeddings.position_embeddings.weight", [configuration.positionCount, width])
                .buffer(),
            positionRule: configuration.positions,
            norm: try norm("embeddings.LayerNorm", configuration), hiddenSize: width)
    }

    /// The rows of the vocabulary: of the packed file if there is one that has them.
    private func tokenTable(_ configuration: TransformerConfiguration) throws(EncoderError) -> EmbeddingTable {
        let shape = [configuration.vocabularySize, configuration.hiddenSize]
        let stored = try encoder("embeddings.word_embeddings.weight", shape)
        if let packed, let table = try packed.tokenTable(rows: shape[0], width: shape[1]) { return table }
        return try stored.table()
    }

    /// The table of biases by distance; its file may have more buckets than the network reads.
    func relativeBias(
        _ configuration: TransformerConfiguration, _ name: String
    ) throws(EncoderError) -> RelativePositionBias {
        let buckets = RelativePositionBias.mpnetBuckets
        let table = try encoder(name, [configuration.relativeBucketRows, configuration.headCount])
        return RelativePositionBias(
            embedding: Array(try table.weights().prefix(buckets * configuration.headCount)), buckets: buckets,
            heads: configuration.headCount, maxLength: configuration.maximumTokens)
    }

    /// All layers, first to last.
    ///
    /// - Parameters:
    ///   - list: what the list of layers is called; `list.0.` begins the names of the first layer.
    ///   - names: the names behind such a beginning, which they include.
    /// - Throws: also if the file holds layers that the configuration does not count: the network would end too early.
    func layers(
        _ configuration: TransformerConfiguration, of list: String, names: (_ prefix: String) -> LayerNames
    ) throws(EncoderError) -> [EncoderLayer] {
        let width = configuration.hiddenSize
        let inner = configuration.intermediateSize
        try checkLayers(of: list, count: configuration.layerCount)
        var layers: [EncoderLayer] = []
        for number in 0..<configuration.layerCount {
            let names = names("\(list).\(number).")
            if let packed {
                layers.append(try packedLayer(packed, number, names, configuration).placed(in: arena))
                packed.releasePages()
                continue
            }
            let layer =
                EncoderLayer(
                    attention: SelfAttention(
                        query: try linear(names.query, width, width), key: try linear(names.key, width, width),
                        value: try linear(names.value, width, width),
                        output: try linear(names.attentionOutput, width, width), heads: configuration.headCount),
                    attentionNorm: try norm(names.attentionNorm, configuration),
                    feedForward: FeedForward(
                        up: try linear(names.up, inner, width), down: try linear(names.down, width, inner),
                        activation: configuration.activation),
                    outputNorm: try norm(names.outputNorm, configuration))
            layers.append(layer.converted(to: precision).placed(in: arena))
        }
        return layers
    }

    /// A sequence-classification head: `output(activation(hidden(first token)))`.
    func classificationHead(
        _ configuration: TransformerConfiguration, labels: Int, _ names: ClassificationHeadNames
    ) throws(EncoderError) -> ClassificationHead {
        let width = configuration.hiddenSize
        return ClassificationHead(
            hidden: Dense(try linear(names.hidden, width, width, find: head), activation: names.activation),
            output: Linear(try linear(names.output, labels, width, find: head)))
    }

    /// A masked-language head; the decoder is the word embeddings unless the file has one of its own.
    func vocabularyHead(
        _ configuration: TransformerConfiguration, _ names: VocabularyHeadNames
    ) throws(EncoderError) -> VocabularyHead {
        let width = configuration.hiddenSize
        let size = configuration.vocabularySize
        let norm = try norm(names.norm, configuration, find: head)
        let own = try optionalHead(names.decoder + ".weight", [size, width])
        let weight = if let own { own } else { try encoder("embeddings.word_embeddings.weight", [size, width]) }
        // Files hold the one bias of the decoder under either name or, older ones, under both.
        let second = try optionalHead(names.decoder + ".bias", [size])
        let first = try optionalHead(names.bias, [size])
        let stored = if let found = first ?? second { found } else { try head(names.bias, [size]) }
        if let packed {
            try note(names.transform, width, width, find: head)
            return VocabularyHead(
                transform: Dense(
                    Linear(weight: try packed.matrix(.headTransform, width, width)), activation: names.activation),
                norm: norm, decoder: try packed.matrix(.headDecoder, size, width)
            ).placed(in: arena)
        }
        return VocabularyHead(
            transform: try linear(names.transform, width, width, find: head), activation: names.activation,
            norm: norm,
            decoder: LinearParameters(
                weight: try weight.weights(), bias: try stored.weights(), outputs: size, inputs: width)
        ).converted(to: precision).placed(in: arena)
    }

    /// A layer whose matrices come from a packed file and whose norms from this one.
    private func packedLayer(
        _ packed: PackedWeights, _ number: Int, _ names: LayerNames, _ configuration: TransformerConfiguration
    ) throws(EncoderError) -> EncoderLayer {
        let width = configuration.hiddenSize
        let inner = configuration.intermediateSize
        for name in [names.query, names.key, names.value, names.attentionOutput] { try note(name, width, width) }
        try note(names.up, inner, width)
        try note(names.down, width, inner)
        let combined = SelfAttention.packedOutputs(heads: configuration.headCount, width: width)
        return EncoderLayer(
            attention: SelfAttention(
                queryKeyValue: try packed.matrix(.queryKeyValue(number), combined, width),
                output: Linear(weight: try packed.matrix(.attentionOutput(number), width, width)),
                heads: configuration.headCount),
            attentionNorm: try norm(names.attentionNorm, configuration),
            feedForward: FeedForward(
                up: Linear(weight: try packed.matrix(.up(number), inner, width)),
                down: Linear(weight: try packed.matrix(.down(number), width, inner)),
                activation: configuration.activation),
            outputNorm: try norm(names.outputNorm, configuration))
    }

    /// Looks for `name.weight` and `name.bias` without reading them.
    private func note(_ name: String, _ outputs: Int, _ inputs: Int) throws(EncoderError) {
        try note(name, outputs, inputs, find: encoder)
    }

    private func note(
        _ name: String, _ outputs: Int, _ inputs: Int, find: (String, [Int]) throws(EncoderError) -> StoredTensor
    ) throws(EncoderError) {
        _ = try find(name + ".weight", [outputs, inputs])
        _ = try find(name + ".bias", [outputs])
    }

    private func linear(_ name: String, _ outputs: Int, _ inputs: Int) throws(EncoderError) -> LinearParameters {
        try linear(name, outputs, inputs, find: encoder)
    }

    /// `name.weight` [outputs, inputs] and `name.bias` [outputs].
    private func linear(
        _ name: String, _ outputs: Int, _ inputs: Int,
        find: (String, [Int]) throws(EncoderError) -> StoredTensor
    ) throws(EncoderError) -> LinearParameters {
        LinearParameters(
            weight: try find(name + ".weight", [outputs, inputs]).weights(),
            bias: try find(name + ".bias", [outputs]).weights(), outputs: outputs, inputs: inputs)
    }

    private func norm(_ name: String, _ configuration: TransformerConfiguration) throws(EncoderError) -> LayerNorm {
        try norm(name, configuration, find: encoder)
    }

    private func norm(
        _ name: String, _ configuration: TransformerConfiguration,
        find: (String, [Int]) throws(EncoderError) -> StoredTensor
    ) throws(EncoderError) -> LayerNorm {
        LayerNorm(
            gamma: try find(name + ".weight", [configuration.hiddenSize]).weights(),
            beta: try find(name + ".bias", [configuration.hiddenSize]).weights(),
            epsilon: configuration.normEpsilon)
    }
}

extension EncoderError {
    /// A model file's failure with its place.
    package init(_ error: ModelFileError) {
        self.init(
            .modelFile, error.reason, advice: error.advice ?? "Download the file again, or restore it",
            path: error.path, offset: error.offset, field: error.subject)
    }

    /// A failure to write a file.
    init(writing error: ModelFileError) {
        self.init(
            .cannotWrite, error.reason, advice: "Free space on the disk, or give another folder", path: error.path,
            field: error.subject)
    }
}
