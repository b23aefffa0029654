public import Tensors

/// Another loss at several widths: the vectors' first columns have to work as vectors of their own.
///
/// The weighted sum of the loss over the first `width` columns, scaled to length 1 again (Kusupati et al. 2022,
/// https://arxiv.org/abs/2205.13147). Equal to sentence-transformers' `MatryoshkaLoss` with all widths at each step.
public struct Matryoshka: EmbeddingLoss {
    /// A width and what its loss is multiplied by.
    public struct Level: Sendable, Hashable {
        /// Columns from the first one.
        public let width: Int
        /// What the loss is multiplied by.
        public let weight: Double

        /// A level.
        public init(width: Int, weight: Double = 1) {
            self.width = width
            self.weight = weight
        }
    }

    /// The loss that is computed at each width.
    public let base: any EmbeddingLoss
    /// The widths, widest first.
    public let levels: [Level]

    /// Wraps a loss; the widths may come in any order.
    public init(_ base: any EmbeddingLoss, levels: [Level]) {
        precondition(!levels.isEmpty && levels.allSatisfy { $0.width > 0 }, "a level needs columns")
        self.base = base
        self.levels = levels.sorted { $0.width > $1.width }
    }

    /// The short name.
    public var name: String { "matryoshka" }

    /// What the wrapped loss wants.
    public var input: LossInput { base.input }

    /// Whether the wrapped loss asks another model.
    public var needsGuide: Bool { base.needsGuide }

    /// The wrapped loss's chunks.
    public var chunk: Int? { base.chunk }

    /// The wrapped loss as it is at a step.
    public func scheduled(step: Int, of steps: Int) -> any EmbeddingLoss {
        Matryoshka(base.scheduled(step: step, of: steps), levels: levels)
    }

    /// No level may be wider than the vectors.
    public func check(width: Int) throws(LossError) {
        guard let widest = levels.first, widest.width > width else { return try base.check(width: levels[0].width) }
        throw LossError(
            .badParameter, loss: name, parameter: "dims",
            reason: "dims has \(widest.width), the model's vectors have \(width) columns",
            advice: "Give widths up to \(width)")
    }

    /// The loss of a batch; see `EmbeddingLoss`.
    public func evaluate(_ batch: EmbeddingBatch, gradients: [MatrixView]) -> LossValue {
        var sums = gradients.map { [Double](repeating: 0, count: $0.rows * $0.columns) }
        var parts: [LossValue.Part] = []
        for level in levels {
            let prefixes = batch.columns.map { NormalizedPrefix($0, width: level.width) }
            let derivatives = gradients.map { FloatBuffer(count: $0.rows * level.width) }
            var narrow = batch
            narrow.columns = prefixes.map(\.rows)
            let value = base.evaluate(
                narrow, gradients: derivatives.map { $0.matrix(rows: batch.rows, columns: level.width) })
            parts.append(LossValue.Part(name: "loss_\(level.width)", value: level.weight * value.total))
            for index in sums.indices {
                prefixes[index].addDerivatives(derivatives[index], weight: level.weight, to: &sums[index], batch.width)
            }
            withExtendedLifetime(prefixes) {}
        }
        for (gradient, sum) in zip(gradients, sums) {
            for row in 0..<gradient.rows {
                for column in 0..<gradient.columns {
                    gradient[row][column] = Float(sum[row * gradient.columns + column])
                }
            }
        }
        return LossValue(sumOf: parts)
    }
}

/// The first columns of vectors, scaled to length 1.
private struct NormalizedPrefix {
    private let source: MatrixView
    private let values: FloatBuffer
    private let lengths: [Double]
    private static let smallest = 1e-12
    let rows: MatrixView

    init(_ source: MatrixView, width: Int) {
        let values = FloatBuffer(count: source.rows * width)
        var lengths: [Double] = []
        for row in 0..<source.rows {
            let start = source.start(row)
            let length = max(VectorArithmetic.dot(start, start, width).squareRoot(), Self.smallest)
            for column in 0..<width { values.base[row * width + column] = Float(Double(start[column]) / length) }
            lengths.append(length)
        }
        self.source = source
        self.values = values
        self.lengths = lengths
        rows = values.matrix(rows: source.rows, columns: width)
    }

    /// Adds the derivatives by the source's columns, from those by the scaled ones.
    func addDerivatives(_ derivatives: FloatBuffer, weight: Double, to sums: inout [Double], _ sourceWidth: Int) {
        let width = rows.columns
        for row in 0..<rows.rows {
            let x = source.start(row)
            let derivative = derivatives.base + row * width
            let length = lengths[row]
            let along =
                length > Self.smallest ? VectorArithmetic.dot(derivative, x, width) / (length * length) : 0
            for column in 0..<width {
                sums[row * sourceWidth + column] +=
                    weight * (Double(derivative[column]) - along * Double(x[column])) / length
            }
        }
    }
}
