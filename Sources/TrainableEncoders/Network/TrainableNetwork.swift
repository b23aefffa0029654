import Encoders
import Layers
import Tensors

/// Embeddings and layers of a model that is trained.
struct TrainableNetwork: Sendable {
    let embeddings: EmbeddingMaps
    let layers: [TrainableLayer]
    let relativeBias: RelativeBiasMap?
    /// H.
    let width: Int

    /// Adds the parameters in the order of the network.
    static func add(_ weights: TrainableWeights, to builder: ParameterBuilder) throws(EncoderError) {
        let embeddings = try weights.embeddings()
        builder.add(embeddings.words, isTable: true)
        if let types = embeddings.types { builder.add(types) }
        builder.add(embeddings.positions)
        builder.add(embeddings.norm)
        if let bias = try weights.relativeBias() { builder.add(bias) }
        for layer in try weights.layers() {
            for map in [layer.query, layer.key, layer.value, layer.attentionOutput] { builder.add(map) }
            builder.add(layer.attentionNorm)
            builder.add(layer.up)
            builder.add(layer.down)
            builder.add(layer.outputNorm)
        }
    }

    /// Makes the network of parameters that were added.
    init(
        _ weights: TrainableWeights, _ views: ParameterViews, precision: MatrixPrecision, arena: WeightArena
    ) throws(EncoderError) {
        let configuration = weights.configuration
        width = configuration.hiddenSize
        let tables = try weights.embeddings()
        embeddings = EmbeddingMaps(
            words: views[tables.words], types: tables.types.map { views[$0] }, positions: views[tables.positions],
            norm: views.norm(tables.norm, epsilon: configuration.normEpsilon), paddingID: weights.paddingID,
            configuration: configuration, values: views.parameters.values)
        relativeBias = try weights.relativeBias().map { RelativeBiasMap(views[$0], configuration: configuration) }
        layers = try weights.layers().enumerated().map { number, layer in
            TrainableLayer(
                number: number,
                projection: views.map([layer.query, layer.key, layer.value], precision: precision, arena: arena),
                output: views.map([layer.attentionOutput], precision: precision, arena: arena),
                attentionNorm: views.norm(layer.attentionNorm, epsilon: configuration.normEpsilon),
                up: views.map([layer.up], precision: precision, arena: arena),
                down: views.map([layer.down], precision: precision, arena: arena),
                outputNorm: views.norm(layer.outputNorm, epsilon: configuration.normEpsilon),
                activation: configuration.activation, heads: configuration.headCount)
        }
    }

    /// All maps whose weights are packed.
    var maps: [LinearMap] { layers.flatMap(\.maps) }
}

extension ParameterViews {
    /// A linear map of tensors side by side.
    func map(
        _ tensors: [TrainableWeights.Linear], precision: MatrixPrecision, arena: WeightArena
    ) -> LinearMap {
        LinearMap(
            tensors.map { (self[$0.weight], $0.bias.map { self[$0] }) }, precision: precision, arena: arena)
    }

    func norm(_ norm: TrainableWeights.Norm, epsilon: Float) -> NormMap {
        NormMap(gamma: self[norm.gamma], beta: self[norm.beta], epsilon: epsilon)
    }
}
