import Layers
package import ModelFiles
package import Tensors

/// Where the parameters of a network and its heads are in a model's files: what training reads, and names when it writes.
///
/// The same names and checks as for encoders, without packing anything.
package final class TrainableWeights {
    /// A linear map: [N][K] and, unless it has none, [N].
    package struct Linear {
        package let weight: StoredTensor
        package let bias: StoredTensor?
    }

    /// Scale and shift of a norm, [H] each.
    package struct Norm {
        package let gamma, beta: StoredTensor
    }

    /// The parameters of a layer.
    package struct Layer {
        package let query, key, value, attentionOutput: Linear
        package let attentionNorm: Norm
        package let up, down: Linear
        package let outputNorm: Norm
    }

    /// The tables that tokens are looked up in, and the norm behind their sum.
    package struct Embeddings {
        package let words: StoredTensor
        package let types: StoredTensor?
        package let positions: StoredTensor
        package let norm: Norm
    }

    /// The masked-language head that a file has.
    package struct VocabularyHead {
        package let transform: Linear
        package let norm: Norm
        /// Nil if the word embeddings serve: the file has no decoder of its own, or one with the same values.
        package let decoder: StoredTensor?
        package let decoderBias: StoredTensor
        /// Tensors of the file that repeat the word embeddings.
        package let embeddingCopies: [String]
        /// Tensors of the file that repeat the decoder's bias.
        package let biasCopies: [String]
    }

    /// What the tensors of a masked-language head are called beside an encoder; without `.weight` and `.bias`, but for the bias.
    package struct VocabularyNames {
        package let transform, norm, decoder, bias: String
        /// The function behind the transform.
        package let activation: Activation
    }

    /// The sequence-classification head; maps that the file lacks are nil.
    package struct ClassificationHead {
        package let hidden: Linear?
        package let output: Linear?
        /// What stands before `.weight` and `.bias` of the two maps in a file that has them.
        package let hiddenName, outputName: String
        package let activation: Activation
        /// Whether dropout also stands before the hidden map.
        package let dropsInput: Bool
    }

    /// Sizes and choices.
    package let configuration: TransformerConfiguration
    /// How much training drops, and where.
    package let dropout: DropoutRates
    /// Rows of the tables that stand for no token and never learn: `pad_token_id`.
    package let paddingID: Int32?
    /// The deviation of new weights: `initializer_range`.
    package let initialDeviation: Float
    /// What transformers calls the encoder inside a model with a head, with a full stop behind it.
    package let baseName: String

    private let source: WeightSource
    private let family: any Architecture.Type

    /// Finds the weights of a folder.
    ///
    /// - Throws: ``EncoderError`` for an architecture that is not built in, and for files that cannot be read.
    package init(_ folder: ModelFolder) throws(EncoderError) {
        let place = folder.transformerFolder.isEmpty ? "config.json" : folder.transformerFolder + "/config.json"
        let path = folder.path(of: place)
        family = try Architectures.family(of: folder.modelType, path: path)
        let reader = try ConfigurationReader(path: path, document: folder.config)
        configuration = try family.configuration(reader)
        dropout = try family.dropoutRates(reader)
        if case .behindPadding(let id) = configuration.positions {
            paddingID = id
        } else {
            paddingID = Int32(try reader.integer("pad_token_id", in: 0...(1 << 24), default: 0))
        }
        // DistilBERT alone reads no such field under this name in older releases; the default is the same.
        initialDeviation = try reader.real("initializer_range", in: 0...1, default: 0.02)
        baseName = family.baseName + "."
        let archive: WeightArchive
        do throws(ModelFileError) { archive = try folder.weights() } catch { throw EncoderError(error) }
        source = try WeightSource(archive, baseName: family.baseName)
    }

    /// The tables and their norm.
    package func embeddings() throws(EncoderError) -> Embeddings {
        let width = configuration.hiddenSize
        return Embeddings(
            words: try source.encoder(
                "embeddings.word_embeddings.weight", [configuration.vocabularySize, width]),
            types: configuration.typeCount == 0
                ? nil
                : try source.encoder("embeddings.token_type_embeddings.weight", [configuration.typeCount, width]),
            positions: try source.encoder(
                "embeddings.position_embeddings.weight", [configuration.positionCount, width]),
            norm: try norm("embeddings.LayerNorm", source.encoder))
    }

    /// All layers, first to last.
    package func layers() throws(EncoderError) -> [Layer] {
        let (width, inner) = (configuration.hiddenSize, configuration.intermediateSize)
        try source.checkLayers(of: family.layerList, count: configuration.layerCount)
        var layers: [Layer] = []
        for number in 0..<configuration.layerCount {
            let names = family.layerNames("\(family.layerList).\(number).")
            layers.append(
                Layer(
                    query: try linear(names.query, width, width, source.encoder),
                    key: try linear(names.key, width, width, source.encoder),
                    value: try linear(names.value, width, width, source.encoder),
                    attentionOutput: try linear(names.attentionOutput, width, width, source.encoder),
                    attentionNorm: try norm(names.attentionNorm, source.encoder),
                    up: try linear(names.up, inner, width, source.encoder),
                    down: try linear(names.down, width, inner, source.encoder),
                    outputNorm: try norm(names.outputNorm, source.encoder)))
        }
        return layers
    }

    /// The table of biases by distance [buckets][A], or nil for architectures without.
    package func relativeBias() throws(EncoderError) -> StoredTensor? {
        guard let name = family.relativeBias else { return nil }
        return try source.encoder(name, [configuration.relativeBucketRows, configuration.headCount])
    }

    /// The names of the masked-language head.
    package var vocabularyNames: VocabularyNames {
        let names = family.vocabularyNames(configuration)
        return VocabularyNames(
            transform: names.transform, norm: names.norm, decoder: names.decoder, bias: names.bias,
            activation: names.activation)
    }

    /// The masked-language head; nil if the file has no part of one.
    package func vocabularyHead() throws(EncoderError) -> VocabularyHead? {
        let names = family.vocabularyNames(configuration)
        let parts = [names.transform + ".weight", names.norm + ".weight", names.decoder + ".weight", names.bias]
        guard parts.contains(where: source.hasHead) else { return nil }
        let (width, size) = (configuration.hiddenSize, configuration.vocabularySize)
        let words = try source.encoder("embeddings.word_embeddings.weight", [size, width])
        var own = try source.optionalHead(names.decoder + ".weight", [size, width])
        var copies: [String] = []
        if let decoder = own, try decoder.weights() == words.weights() {
            if decoder.name != words.name { copies.append(decoder.name) }
            own = nil
        }
        let first = try source.optionalHead(names.bias, [size])
        let second = try source.optionalHead(names.decoder + ".bias", [size])
        let bias: StoredTensor
        if let found = first ?? second { bias = found } else { bias = try source.head(names.bias, [size]) }
        return VocabularyHead(
            transform: try linear(names.transform, width, width, source.head),
            norm: try norm(names.norm, source.head), decoder: own, decoderBias: bias, embeddingCopies: copies,
            biasCopies: [first, second].compactMap { $0?.name }.filter { $0 != bias.name })
    }

    /// Whether the file has a classifier, of whatever shape.
    package var hasClassifier: Bool { source.hasHead(family.classificationNames.output + ".weight") }

    /// Gives the memory of mapped files back to the system.
    package func releasePages() { source.archive.releasePages() }

    /// The sequence-classification head.
    ///
    /// - Throws: for maps of another shape than `labels` asks for; a missing one is nil.
    package func classificationHead(labels: Int) throws(EncoderError) -> ClassificationHead {
        let names = family.classificationNames
        let width = configuration.hiddenSize
        return ClassificationHead(
            hidden: try optionalLinear(names.hidden, width, width),
            output: try optionalLinear(names.output, labels, width), hiddenName: names.hidden,
            outputName: names.output, activation: names.activation, dropsInput: names.dropsInput)
    }

    /// The name of an encoder's or head's tensor in a model with a head, as transformers writes it.
    package func nameBesideHead(_ name: String) -> String {
        baseName + name.dropFirst(source.encoderPrefix.utf8.count)
    }

    private func optionalLinear(_ name: String, _ outputs: Int, _ inputs: Int) throws(EncoderError) -> Linear? {
        guard let weight = try source.optionalHead(name + ".weight", [outputs, inputs]) else { return nil }
        return Linear(weight: weight, bias: try source.head(name + ".bias", [outputs]))
    }

    private func linear(
        _ name: String, _ outputs: Int, _ inputs: Int, _ find: (String, [Int]) throws(EncoderError) -> StoredTensor
    ) throws(EncoderError) -> Linear {
        Linear(weight: try find(name + ".weight", [outputs, inputs]), bias: try find(name + ".bias", [outputs]))
    }

    private func norm(
        _ name: String, _ find: (String, [Int]) throws(EncoderError) -> StoredTensor
    ) throws(EncoderError) -> Norm {
        Norm(
            gamma: try find(name + ".weight", [configuration.hiddenSize]),
            beta: try find(name + ".bias", [configuration.hiddenSize]))
    }
}

extension StoredTensor {
    /// Copies all values as float32; an infinite one or NaN is an error that names the tensor.
    package func copyWeights(to target: UnsafeMutableBufferPointer<Float>) throws(EncoderError) {
        do throws(ModelFileError) { try copyFloats(to: target) } catch { throw EncoderError(error) }
        try checkFinite(UnsafeBufferPointer(target))
    }
}
