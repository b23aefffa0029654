import Layers
import Tensors

/// A BERT with random weights.
func randomEncoder(layers: Int, hidden: Int, intermediate: Int, heads: Int) -> TransformerEncoder {
    func linear(_ inputs: Int, _ outputs: Int, _ seed: Int) -> LinearParameters {
        let scale = 1 / Float(inputs).squareRoot()
        return LinearParameters(
            weight: random(inputs * outputs, seed: UInt64(seed)).map { $0 * scale },
            bias: random(outputs, seed: UInt64(seed)).map { $0 * 0.1 }, outputs: outputs, inputs: inputs)
    }
    let norm = LayerNorm(
        gamma: [Float](repeating: 1, count: hidden), beta: [Float](repeating: 0, count: hidden), epsilon: 1e-12)
    let embeddings = Embeddings(
        tokens: FloatBuffer(random(1000 * hidden, seed: 1)), types: FloatBuffer(random(2 * hidden, seed: 2)),
        positions: FloatBuffer(random(512 * hidden, seed: 3)), positionRule: .fromZero, norm: norm,
        hiddenSize: hidden)
    let stack = (0..<layers).map { layer in
        EncoderLayer(
            attention: SelfAttention(
                query: linear(hidden, hidden, layer * 10 + 1), key: linear(hidden, hidden, layer * 10 + 2),
                value: linear(hidden, hidden, layer * 10 + 3), output: linear(hidden, hidden, layer * 10 + 4),
                heads: heads),
            attentionNorm: norm,
            feedForward: FeedForward(
                up: linear(hidden, intermediate, layer * 10 + 5), down: linear(intermediate, hidden, layer * 10 + 6),
                activation: .gelu),
            outputNorm: norm)
    }
    return TransformerEncoder(embeddings: embeddings, layers: stack)
}

func encoders() {
    let shapes = [
        ("MiniLM 6 x 384", 6, 384, 1536, 12), ("BERT-base 12 x 768", 12, 768, 3072, 12),
    ]
    for precision in MatrixPrecision.allCases { encoders(precision, shapes) }
}

private func encoders(_ precision: MatrixPrecision, _ shapes: [(String, Int, Int, Int, Int)]) {
    title("Whole encoder, \(precision), random weights (counted: matrix products and attention)")
    for (name, layers, hidden, intermediate, heads) in shapes {
        let encoder = randomEncoder(layers: layers, hidden: hidden, intermediate: intermediate, heads: heads)
            .converted(to: precision)
        for (sequences, length) in [
            (1, 8), (1, 27), (3, 25), (1, 95), (1, 195), (10, 22), (100, 22), (10, 89), (8, 512),
        ] {
            if layers == 12 && sequences * length > 1000 { continue }
            var batch = TokenBatch()
            for sequence in 0..<sequences {
                batch.append(ids: (0..<length).map { Int32(($0 * 7 + sequence) % 1000) })
            }
            let frozen = batch
            let layout = batch.layout
            for rows in [TransformerEncoder.Rows.all, .firstTokens] {
                for threads in [1, 2] where threads <= WorkerPool.defaultThreadCount {
                    let pool = WorkerPool(threads: threads)
                    let result = FloatBuffer(count: layout.tokenCount * hidden)
                    let whole = result.matrix(
                        rows: rows == .all ? layout.tokenCount : layout.count, columns: hidden)
                    var perToken = Double(2 * (4 * hidden * hidden + 2 * hidden * intermediate) * layers)
                    perToken += Double(4 * length * hidden * layers)
                    var operations = perToken * Double(layout.tokenCount)
                    if rows == .firstTokens {
                        // The last layer computes keys and values for all, the rest for one row per sequence.
                        let rest = Double(layout.tokenCount - layout.count)
                        operations -= rest * Double(2 * (2 * hidden * hidden + 2 * hidden * intermediate))
                        operations -= rest * Double(4 * length * hidden)
                    }
                    let label = "\(name)  \(sequences) x \(length)" + (rows == .all ? "" : " cls") + "  \(threads) t"
                    report(label, precision, operations: operations, threads: threads) {
                        encoder.forward(frozen, rows: rows, into: whole, pool: pool)
                    }
                    withExtendedLifetime(result) {}
                }
            }
        }
    }
}
