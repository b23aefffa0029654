import Layers
import ModelFiles
import Tensors

/// What an architecture calls the parts of its layers, without `.weight` and `.bias`.
struct LayerNames {
    let query, key, value, attentionOutput, attentionNorm, up, down, outputNorm: String
}

extension WeightSource {
    /// The tables and the norm that all four families name alike.
    func embeddings(_ configuration: TransformerConfiguration) throws(EncoderError) -> Embeddings {
        let width = configuration.hiddenSize
        let types =
            configuration.typeCount == 0
            ? nil : try encoder("embeddings.token_type_embeddings.weight", [configuration.typeCount, width]).buffer()
        return Embeddings(
            tokens: try encoder("embeddings.word_embeddings.weight", [configuration.vocabularySize, width]).table(),
            types: types,
            positions: try encoder("embeddings.position_embeddings.weight", [configuration.positionCount, width])
                .buffer(),
            positionRule: configuration.positions,
            norm: try norm("embeddings.LayerNorm", configuration), hiddenSize: width)
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
        _ configuration: TransformerConfiguration, labels: Int, hidden: String, activation: Activation, output: String
    ) throws(EncoderError) -> ClassificationHead {
        let width = configuration.hiddenSize
        return ClassificationHead(
            hidden: Dense(try linear(hidden, width, width, find: head), activation: activation),
            output: Linear(try linear(output, labels, width, find: head)))
    }

    /// A masked-language head; the decoder is the word embeddings unless the file has one of its own.
    func vocabularyHead(
        _ configuration: TransformerConfiguration, transform: String, activation: Activation, norm: String,
        decoder: String, bias: String
    ) throws(EncoderError) -> VocabularyHead {
        let width = configuration.hiddenSize
        let size = configuration.vocabularySize
        let own = try optionalHead(decoder + ".weight", [size, width])
        let weight = if let own { own } else { try encoder("embeddings.word_embeddings.weight", [size, width]) }
        // Files hold the one bias of the decoder under either name or, older ones, under both.
        let second = try optionalHead(decoder + ".bias", [size])
        let first = try optionalHead(bias, [size])
        let stored = if let found = first ?? second { found } else { try head(bias, [size]) }
        return VocabularyHead(
            transform: try linear(transform, width, width, find: head), activation: activation,
            norm: try self.norm(norm, configuration, find: head),
            decoder: LinearParameters(
                weight: try weight.weights(), bias: try stored.weights(), outputs: size, inputs: width)
        ).converted(to: precision).placed(in: arena)
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

extension StoredTensor {
    /// All values as float32; an infinite one or NaN is an error that names the tensor.
    func weights() throws(EncoderError) -> [Float] {
        let values: [Float]
        do throws(ModelFileError) { values = try floats() } catch { throw EncoderError(error) }
        try values.withUnsafeBufferPointer { (values) throws(EncoderError) in try checkFinite(values) }
        return values
    }

    /// All values as float32, left in the mapped file if they are stored that way.
    ///
    /// For large tables of which a text reads a few rows: nothing is copied, and rows that no text asks for are never
    /// read from disk. Such values are not checked; the network's results are.
    func table() throws(EncoderError) -> FloatBuffer {
        #if _endian(little)
            if elementType == .f32, isContiguous, rowScales == nil, bytes.isMapped, elementCount > 0 {
                let keeper = MappedWeights(bytes: bytes)
                let start = bytes.withUnsafeBytes { UnsafeRawPointer($0.baseAddress.unsafelyUnwrapped) } + byteOffset
                if Int(bitPattern: start).isMultiple(of: MemoryLayout<Float>.alignment) {
                    return FloatBuffer(
                        reading: start.assumingMemoryBound(to: Float.self), count: elementCount, keptBy: keeper)
                }
            }
        #endif
        return try buffer()
    }

    /// All values as float32 in memory of their own.
    func buffer() throws(EncoderError) -> FloatBuffer {
        let buffer = FloatBuffer(count: elementCount)
        do throws(ModelFileError) { try copyFloats(to: buffer.values) } catch { throw EncoderError(error) }
        try checkFinite(UnsafeBufferPointer(buffer.values))
        return buffer
    }

    private func checkFinite(_ values: UnsafeBufferPointer<Float>) throws(EncoderError) {
        guard let start = values.baseAddress else { return }
        let view = MatrixView(UnsafeMutablePointer(mutating: start), rows: 1, columns: values.count)
        guard Kernels.active.allFinite(view) else {
            throw EncoderError(
                .notFinite, "holds values that are infinite or not numbers", advice: "Use the original weights",
                path: bytes.path, tensor: name)
        }
    }
}

/// Keeps a file mapped while a table in it is used.
private final class MappedWeights: Sendable {
    let bytes: FileBytes

    init(bytes: FileBytes) {
        self.bytes = bytes
    }
}

extension EncoderError {
    /// A model file's failure with its place.
    init(_ error: ModelFileError) {
        self.init(
            .modelFile, error.reason, advice: error.advice ?? "Download the file again, or restore it",
            path: error.path, offset: error.offset, field: error.subject)
    }
}
