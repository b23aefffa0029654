public import Tensors

/// Each query's positive against all other documents of the batch: cross entropy over scaled similarities.
///
/// The mean over rows of `log(sum of e^candidate) - positive`, where a candidate is `scale * similarity`. With the cosine and without further
/// directions this is InfoNCE (van den Oord et al. 2018, https://arxiv.org/abs/1807.03748).
/// Equal to sentence-transformers' `MultipleNegativesRankingLoss`, `SparseMultipleNegativesRankingLoss` (dot product, scale 1) and, with
/// `chunk`, to their cached forms. Complexity: O(B^2 (1 + n) D) for n negatives a row; sparse rows cost what is not zero in them.
public struct MultipleNegativesRanking: EmbeddingLoss {
    /// Which similarities of a batch compete with the positives.
    public enum Direction: String, Sendable, Hashable, CaseIterable {
        /// A query and all documents of the batch; always among the directions, as it has the positives.
        case queryToDocument = "query_to_doc"
        /// A query and all other queries.
        case queryToQuery = "query_to_query"
        /// A positive and all queries.
        case documentToQuery = "doc_to_query"
        /// A positive and all documents of other rows.
        case documentToDocument = "doc_to_doc"
    }

    /// What a sum of exponentials runs over.
    public enum Partition: String, Sendable, Hashable, CaseIterable {
        /// One sum over the candidates of all directions.
        case joint
        /// One sum a direction; the mean of their logarithms counts. Only for directions that contain the positives.
        case perDirection = "per_direction"
    }

    /// Which negatives of a query's candidates weigh more the harder they are.
    ///
    /// Source: Lan et al. 2025, https://arxiv.org/abs/2503.04812.
    public enum Hardness: String, Sendable, Hashable, CaseIterable {
        /// The documents of other rows.
        case inBatch = "in_batch_negatives"
        /// The row's own negatives.
        case own = "hard_negatives"
        /// Both.
        case all = "all_negatives"
    }

    /// The short name.
    public let name: String
    /// What similarities are multiplied by: one over the temperature.
    public var scale: Double
    /// How vectors are compared.
    public var similarity: Similarity
    /// What competes with the positives, in the order of `Direction.allCases`.
    public var directions: Set<Direction>
    /// What a sum of exponentials runs over.
    public var partition: Partition
    /// Which negatives get `hardnessStrength` times their similarity on top, as a constant; nil for none.
    public var hardness: Hardness?
    /// By how much.
    public var hardnessStrength: Double
    /// Rows that the trainer encodes at a time; nil for whole batches.
    public var chunk: Int?

    /// Makes the loss; without arguments, that of sentence-transformers.
    public init(
        scale: Double = 20, similarity: Similarity = .cosine, directions: Set<Direction> = [.queryToDocument],
        partition: Partition = .joint, hardness: Hardness? = nil, hardnessStrength: Double = 0, chunk: Int? = nil
    ) {
        precondition(directions.contains(.queryToDocument), "the positives are query to document")
        name = chunk == nil ? "mnrl" : "cached-mnrl"
        self.scale = scale
        self.similarity = similarity
        self.directions = directions
        self.partition = partition
        self.hardness = hardness
        self.hardnessStrength = hardnessStrength
        self.chunk = chunk
    }

    /// Queries, positives, and any number of negatives.
    public var input: LossInput { LossInput(documents: 1...Int.max, labels: .none) }

    /// The loss of a batch; see `EmbeddingLoss`.
    public func evaluate(_ batch: EmbeddingBatch, gradients: [MatrixView]) -> LossValue {
        let rows = EmbeddingRows(batch.columns, similarity: similarity)
        var blocks = similarities(rows)
        let count = rows.batch
        var total = 0.0
        for row in 0..<count {
            for block in blocks.indices {
                for (candidate, place) in blocks[block].places(ofRow: row).enumerated() {
                    let similarity = blocks[block].values[place]
                    let extra = block == 0 && isHard(candidate: candidate, row: row, rows: count)
                    blocks[block].values[place] = scale * similarity + (extra ? hardnessStrength * similarity : 0)
                }
            }
            let positive = blocks[0].places(ofRow: row).lowerBound + row
            let logit = blocks[0].values[positive]
            let sets = partition == .joint ? [blocks.indices] : blocks.indices.map { $0..<$0 + 1 }
            let factor = scale / Double(count * sets.count)
            var logarithms = 0.0
            for set in sets { logarithms += blocks.softmax(ofRow: row, set, weight: factor) }
            total += logarithms / Double(sets.count) - logit
            blocks[0].values[positive] -= scale / Double(count)
        }
        rows.writeGradients(from: blocks, to: gradients)
        return LossValue(total / Double(count))
    }

    /// The similarities that compete, direction by direction.
    private func similarities(_ rows: EmbeddingRows) -> [ScoreBlock] {
        let count = rows.batch
        let queries = 0..<count
        let positives = count..<2 * count
        let documents = count..<rows.columns.count * count
        var blocks = [ScoreBlock(rows, left: queries, right: documents)]
        if directions.contains(.queryToQuery) {
            blocks.append(ScoreBlock(rows, left: queries, right: queries) { $0 == $1 })
        }
        if directions.contains(.documentToQuery) {
            blocks.append(ScoreBlock(transposing: blocks[0], columns: 0..<count))
        }
        if directions.contains(.documentToDocument) {
            blocks.append(ScoreBlock(rows, left: positives, right: documents) { $0 == $1 % count })
        }
        return blocks
    }

    /// Whether the candidate document of a row gets the extra for hardness.
    private func isHard(candidate: Int, row: Int, rows: Int) -> Bool {
        let isOwn = candidate % rows == row
        return switch hardness {
        case nil: false
        case .inBatch: !isOwn
        case .own: isOwn && candidate >= rows
        case .all: candidate != row
        }
    }
}
