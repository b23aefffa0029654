import Encoders
import Layers
import Tensors

/// MPNet's biases by distance: one value for each bucket and head, spread over all distances for the layers.
struct RelativeBiasMap: Sendable {
    /// What the layers add to their scores.
    let bias: RelativePositionBias
    /// [buckets][A].
    private let embedding: ParameterView
    /// The bucket of each place in a line of `bias`.
    private let buckets: [Int]

    init(_ embedding: ParameterView, configuration: TransformerConfiguration) {
        self.embedding = embedding
        let count = RelativePositionBias.mpnetBuckets
        let longest = configuration.maximumTokens
        bias = RelativePositionBias(
            embedding: [Float](repeating: 0, count: count * configuration.headCount), buckets: count,
            heads: configuration.headCount, maxLength: longest)
        buckets = (0..<2 * longest - 1).map {
            RelativePositionBias.bucket(of: longest - 1 - $0, buckets: count, maxDistance: 128)
        }
    }

    /// Spreads the values of now.
    func update() {
        bias.fill(from: embedding.values.base, buckets: RelativePositionBias.mpnetBuckets)
    }

    /// Floats of the gradient of all lines.
    var lineCount: Int { bias.table.count }

    /// Adds what tiles of sequences gave for each distance, in the order of the tiles.
    func addGradients(_ lines: MatrixView) {
        let width = buckets.count
        for head in 0..<bias.heads {
            for place in 0..<width {
                var sum: Float = 0
                for tile in 0..<lines.rows { sum += lines[tile][head * width + place] }
                embedding.gradient[buckets[place], head] += sum
            }
        }
    }
}
