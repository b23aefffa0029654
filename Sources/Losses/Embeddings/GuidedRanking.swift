public import Tensors

/// In-batch negatives that another model, the guide, finds nearer than the positive do not count: they may be right answers.
///
/// Cross entropy of each query's positive against all documents, the other queries and the other positives, over cosines divided by a
/// temperature, without the candidates whose similarity in the guide's eyes is above that of the row's own pair less a margin
/// (Solatorio 2024, https://arxiv.org/abs/2402.16829). Equal to sentence-transformers' `GISTEmbedLoss`, which takes at most one negative.
public struct GuidedRanking: EmbeddingLoss {
    /// How the margin is taken off.
    public enum Margin: String, Sendable, Hashable, CaseIterable {
        /// Off the similarity.
        case absolute
        /// As a share of the similarity's absolute value.
        case relative
    }

    /// The short name.
    public var name: String { "gist" }
    /// What cosines are divided by.
    public var temperature: Double
    /// How the margin is taken off.
    public var marginStrategy: Margin
    /// The margin.
    public var margin: Double
    /// Whether other queries compete.
    public var contrastsQueries: Bool
    /// Whether the positives of other rows compete as neighbours of the row's positive.
    public var contrastsPositives: Bool

    /// Makes the loss; without arguments, that of sentence-transformers.
    public init(
        temperature: Double = 0.01, marginStrategy: Margin = .absolute, margin: Double = 0,
        contrastsQueries: Bool = true, contrastsPositives: Bool = true
    ) {
        self.temperature = temperature
        self.marginStrategy = marginStrategy
        self.margin = margin
        self.contrastsQueries = contrastsQueries
        self.contrastsPositives = contrastsPositives
    }

    /// Queries, positives, and perhaps one negative each.
    public var input: LossInput { LossInput(documents: 1...2, labels: .none) }

    /// The guide's vectors are compared as well.
    public var needsGuide: Bool { true }

    /// The loss of a batch; see `EmbeddingLoss`.
    public func evaluate(_ batch: EmbeddingBatch, gradients: [MatrixView]) -> LossValue {
        let rows = EmbeddingRows(batch.columns, similarity: .cosine, smallest: 1e-8)
        let guide = EmbeddingRows(batch.guide, similarity: .cosine, smallest: 1e-8)
        let count = rows.batch
        let queries = 0..<count
        let positives = count..<2 * count
        let limits = (0..<count).map { row in
            let similarity = guide.similarity(row, count + row)
            return similarity - (marginStrategy == .absolute ? margin : abs(similarity) * margin)
        }
        func block(_ left: Range<Int>, _ right: Range<Int>) -> ScoreBlock {
            ScoreBlock(rows, left: left, right: right) { row, column in
                let isPositive = left == queries && right == positives && row == column
                return !isPositive && guide.similarity(left.lowerBound + row, right.lowerBound + column) > limits[row]
            }
        }
        var blocks = [block(queries, positives)]
        if contrastsQueries { blocks.append(block(queries, queries)) }
        if contrastsPositives { blocks.append(block(positives, positives)) }
        if batch.columns.count > 2 { blocks.append(block(queries, 2 * count..<3 * count)) }
        var total = 0.0
        for row in 0..<count {
            for block in blocks.indices {
                for place in blocks[block].places(ofRow: row) { blocks[block].values[place] /= temperature }
            }
            let positive = blocks[0].places(ofRow: row).lowerBound + row
            let logit = blocks[0].values[positive]
            total += blocks.softmax(ofRow: row, blocks.indices, weight: 1 / (temperature * Double(count))) - logit
            blocks[0].values[positive] -= 1 / (temperature * Double(count))
        }
        rows.writeGradients(from: blocks, to: gradients)
        return LossValue(total / Double(count))
    }
}
