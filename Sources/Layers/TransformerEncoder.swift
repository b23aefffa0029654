public import Tensors

/// Embeddings and a stack of layers: ids in, hidden rows out.
///
/// BERT, DistilBERT, RoBERTa, XLM-R and MPNet are all of this shape.
///
/// One call takes a tile (some sequences of a batch) through all layers, on the calling thread or shared by a team; a batch
/// is spread over threads by tiles (`TileSchedule`).
public struct TransformerEncoder: Sendable {
    /// Which rows of the last layer are wanted.
    public enum Rows: Sendable, Hashable {
        /// Every token: [T][H].
        case all
        /// The first token of each sequence: [B][H]. The last layer then computes nothing else.
        case firstTokens
    }

    /// What turns ids into rows.
    public let embeddings: Embeddings
    /// From first to last.
    public let layers: [EncoderLayer]
    /// Shared by all layers (MPNet), or nil.
    public let relativeBias: RelativePositionBias?
    /// Decides how threads share work.
    package let cost: SplitCost

    /// Puts the parts together.
    public init(embeddings: Embeddings, layers: [EncoderLayer], relativeBias: RelativePositionBias? = nil) {
        self.embeddings = embeddings
        self.layers = layers
        self.relativeBias = relativeBias
        cost = SplitCost(layers)
    }

    /// The same with the matrices of all layers in another precision; embeddings and norms stay float32.
    public func converted(to precision: MatrixPrecision) -> TransformerEncoder {
        let arena = WeightArena()
        return TransformerEncoder(
            embeddings: embeddings, layers: layers.map { $0.converted(to: precision).placed(in: arena) },
            relativeBias: relativeBias)
    }

    /// H, the width of a row.
    public var hiddenSize: Int { embeddings.hiddenSize }

    /// Bytes of all packed weights and tables.
    public var byteCount: Int {
        let small = [embeddings.types, embeddings.positions].reduce(0) { $0 + ($1?.count ?? 0) }
        let tables = embeddings.tokens.byteCount + small * MemoryLayout<Float>.stride
        return layers.reduce(tables) { total, layer in
            layer.matrices.reduce(total) { $0 + $1.byteCount }
        }
    }

    /// Computes some sequences of a batch into `result`: [tokens of those sequences][H] or [sequences][H] by `rows`.
    ///
    /// Ids must be inside the tables: see `Embeddings.problem(in:)`.
    public func forward(
        _ batch: TokenBatch, sequences: Range<Int>, layout: SequenceLayout, rows: Rows, into result: MatrixView,
        workspace: Workspace
    ) {
        let tile = layout.slice(sequences)
        precondition(result.columns == hiddenSize, "result rows have the wrong width")
        precondition(result.rows == (rows == .all ? tile.tokenCount : tile.count), "result has the wrong row count")
        let mark = workspace.mark()
        defer { workspace.release(mark) }
        let hidden = rows == .all ? result : workspace.matrix(rows: tile.tokenCount, columns: hiddenSize)
        embeddings.forward(batch, sequences: sequences, layout: layout, into: hidden, workspace: workspace)
        for (number, layer) in layers.enumerated() {
            if rows == .firstTokens && number == layers.count - 1 {
                layer.forwardFirstTokens(
                    hidden, layout: tile, relativeBias: relativeBias, into: result, workspace: workspace)
            } else {
                layer.forward(hidden, layout: tile, relativeBias: relativeBias, workspace: workspace)
            }
        }
        if rows == .firstTokens && layers.isEmpty { FirstTokens.gather(hidden, layout: tile, into: result) }
    }
}
