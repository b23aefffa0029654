import Layers
import Tensors
import TestSupport

/// Rows of doubles.
typealias Rows = [[Double]]

/// A random encoder twice: as layers, and as plain loops in double precision.
struct NaiveEncoder {
    struct Layer {
        let query, key, value, output, up, down: LinearParameters
        let attentionGamma, attentionBeta, outputGamma, outputBeta: [Float]
    }

    let hidden: Int
    let heads: Int
    let activation: Activation
    let vocabulary = 50
    let tokens, types, positions: [Float]
    let gamma, beta: [Float]
    let layers: [Layer]
    let biasEmbedding: [Float]?
    let maxLength: Int
    let epsilon: Float = 1e-12

    init(
        hidden: Int, heads: Int, intermediate: Int, layers: Int, activation: Activation = .gelu,
        relativeBias: Bool = false, maxLength: Int = 80, seed: UInt64
    ) {
        var random = SeededGenerator(seed: seed)
        func values(_ count: Int, _ scale: Float = 1) -> [Float] { (0..<count).map { _ in random.float() * scale } }
        func linear(_ inputs: Int, _ outputs: Int) -> LinearParameters {
            LinearParameters(
                weight: values(inputs * outputs, 2 / Float(inputs).squareRoot()), bias: values(outputs, 0.3),
                outputs: outputs, inputs: inputs)
        }
        self.hidden = hidden
        self.heads = heads
        self.activation = activation
        self.maxLength = maxLength
        tokens = values(vocabulary * hidden)
        types = values(2 * hidden)
        positions = values(maxLength * hidden)
        gamma = values(hidden).map { $0 + 1.5 }
        beta = values(hidden)
        self.layers = (0..<layers).map { _ in
            Layer(
                query: linear(hidden, hidden), key: linear(hidden, hidden), value: linear(hidden, hidden),
                output: linear(hidden, hidden), up: linear(hidden, intermediate), down: linear(intermediate, hidden),
                attentionGamma: values(hidden).map { $0 + 1.5 }, attentionBeta: values(hidden),
                outputGamma: values(hidden).map { $0 + 1.5 }, outputBeta: values(hidden))
        }
        biasEmbedding = relativeBias ? values(32 * heads) : nil
    }

    /// The layers under test.
    var encoder: TransformerEncoder {
        TransformerEncoder(
            embeddings: Embeddings(
                tokens: FloatBuffer(tokens), types: FloatBuffer(types), positions: FloatBuffer(positions),
                positionRule: .fromZero, norm: LayerNorm(gamma: gamma, beta: beta, epsilon: epsilon),
                hiddenSize: hidden),
            layers: layers.map {
                EncoderLayer(
                    attention: SelfAttention(
                        query: $0.query, key: $0.key, value: $0.value, output: $0.output, heads: heads),
                    attentionNorm: LayerNorm(gamma: $0.attentionGamma, beta: $0.attentionBeta, epsilon: epsilon),
                    feedForward: FeedForward(up: $0.up, down: $0.down, activation: activation),
                    outputNorm: LayerNorm(gamma: $0.outputGamma, beta: $0.outputBeta, epsilon: epsilon))
            },
            relativeBias: biasEmbedding.map {
                RelativePositionBias(embedding: $0, buckets: 32, heads: heads, maxLength: maxLength)
            })
    }

    /// All rows of one sequence.
    func forward(ids: [Int32], types typeIDs: [Int32]) -> Rows {
        var rows: Rows = ids.indices.map { at in
            (0..<hidden).map { column in
                Double(tokens[Int(ids[at]) * hidden + column]) + Double(types[Int(typeIDs[at]) * hidden + column])
                    + Double(positions[at * hidden + column])
            }
        }
        rows = norm(rows, gamma, beta)
        for layer in layers {
            rows = norm(sum(rows, attention(rows, layer)), layer.attentionGamma, layer.attentionBeta)
            let wide = Self.linear(rows, layer.up).map { $0.map(activate) }
            rows = norm(sum(rows, Self.linear(wide, layer.down)), layer.outputGamma, layer.outputBeta)
        }
        return rows
    }

    private func activate(_ x: Double) -> Double {
        switch activation {
        case .relu: max(x, 0)
        case .gelu: 0.5 * x * (1 + errorFunction(x / 2.0.squareRoot()))
        default: fatalError("not needed")
        }
    }

    private func attention(_ rows: Rows, _ layer: Layer) -> Rows {
        let (q, k, v) = (Self.linear(rows, layer.query), Self.linear(rows, layer.key), Self.linear(rows, layer.value))
        let size = hidden / heads
        var context = Rows(repeating: [Double](repeating: 0, count: hidden), count: rows.count)
        for head in 0..<heads {
            let columns = head * size..<(head + 1) * size
            for i in rows.indices {
                var scores = rows.indices.map { j in
                    columns.reduce(0) { $0 + q[i][$1] * k[j][$1] } / Double(size).squareRoot()
                }
                if let biasEmbedding {
                    for j in rows.indices {
                        let bucket = RelativePositionBias.bucket(of: j - i, buckets: 32, maxDistance: 128)
                        scores[j] += Double(biasEmbedding[bucket * heads + head])
                    }
                }
                let highest = scores.max() ?? 0
                let powers = scores.map { exponential($0 - highest) }
                let total = powers.reduce(0, +)
                for column in columns {
                    context[i][column] = rows.indices.reduce(0) { $0 + powers[$1] / total * v[$1][column] }
                }
            }
        }
        return Self.linear(context, layer.output)
    }

    private func norm(_ rows: Rows, _ gamma: [Float], _ beta: [Float]) -> Rows {
        rows.map { row in
            let mean = row.reduce(0, +) / Double(row.count)
            let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(row.count)
            let inverse = 1 / (variance + Double(epsilon)).squareRoot()
            return row.indices.map { (row[$0] - mean) * inverse * Double(gamma[$0]) + Double(beta[$0]) }
        }
    }

    private func sum(_ a: Rows, _ b: Rows) -> Rows { zip(a, b).map { zip($0, $1).map(+) } }

    static func linear(_ rows: Rows, _ parameters: LinearParameters) -> Rows {
        rows.map { row in
            (0..<parameters.outputs).map { output in
                row.indices.reduce(Double(parameters.bias?[output] ?? 0)) {
                    $0 + row[$1] * Double(parameters.weight[output * parameters.inputs + $1])
                }
            }
        }
    }
}

/// e^x without a C library: Taylor for a small argument, then squarings.
func exponential(_ x: Double) -> Double {
    var y = x
    var squarings = 0
    while abs(y) > 0.01 {
        y /= 2
        squarings += 1
    }
    var value = 1 + y * (1 + y / 2 * (1 + y / 3 * (1 + y / 4 * (1 + y / 5 * (1 + y / 6)))))
    for _ in 0..<squarings { value *= value }
    return value
}

/// erf by its Taylor series, good to 1e-10 where |x| <= 4.
func errorFunction(_ x: Double) -> Double {
    if abs(x) > 4 { return x < 0 ? -1 : 1 }
    var term = x
    var total = x
    for n in 1..<100 {
        term *= -x * x / Double(n)
        total += term / Double(2 * n + 1)
    }
    return total * 2 / Double.pi.squareRoot()
}

/// log(1 + x) by Newton's method on the exponential.
func logarithm1p(_ x: Double) -> Double {
    var y = 0.0
    for _ in 0..<60 { y += (1 + x) / exponential(y) - 1 }
    return y
}
