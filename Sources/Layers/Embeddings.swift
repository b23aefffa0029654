public import Tensors

/// The rows that enter a transformer: `LayerNorm(token + type + position)`.
///
/// Sums in the order of transformers' BERT (token, type, position).
public struct Embeddings: Sendable {
    /// How positions are numbered.
    public enum Positions: Sendable, Hashable {
        /// 0, 1, 2, ... (BERT, DistilBERT).
        case fromZero
        /// RoBERTa, XLM-R, MPNet: the padding id has position `paddingID`, others count on from `paddingID + 1`.
        case behindPadding(id: Int32)
        /// No position table: positions enter elsewhere.
        case none
    }

    /// [V][H].
    package let tokens: EmbeddingTable
    /// [types][H], or nil (DistilBERT, MPNet).
    public let types: FloatBuffer?
    /// [P][H], or nil.
    public let positions: FloatBuffer?
    /// The rule for position numbers.
    public let positionRule: Positions
    /// The norm over the sum, or nil.
    public let norm: LayerNorm?
    /// H, the width of a row.
    public let hiddenSize: Int

    /// Takes row-major tables whose lengths are multiples of `hiddenSize`.
    public init(
        tokens: FloatBuffer, types: FloatBuffer?, positions: FloatBuffer?, positionRule: Positions, norm: LayerNorm?,
        hiddenSize: Int
    ) {
        self.init(
            tokens: EmbeddingTable(tokens, width: hiddenSize), types: types, positions: positions,
            positionRule: positionRule, norm: norm, hiddenSize: hiddenSize)
    }

    /// Takes a token table however it is stored.
    package init(
        tokens: EmbeddingTable, types: FloatBuffer?, positions: FloatBuffer?, positionRule: Positions, norm: LayerNorm?,
        hiddenSize: Int
    ) {
        precondition(tokens.width == hiddenSize, "token rows have the wrong width")
        for table in [types, positions] {
            precondition(table.map { $0.count.isMultiple(of: hiddenSize) } ?? true, "a table has partial rows")
        }
        self.tokens = tokens
        self.types = types
        self.positions = positionRule == .none ? nil : positions
        self.positionRule = positions == nil ? .none : positionRule
        self.norm = norm
        self.hiddenSize = hiddenSize
    }

    /// V, the number of token rows.
    public var vocabularySize: Int { tokens.rows }
    /// The number of type rows; 0 when types are not used.
    public var typeCount: Int { (types?.count ?? 0) / hiddenSize }

    /// The longest sequence that the position table allows; nil for no limit.
    public var maxLength: Int? {
        guard let positions else { return nil }
        let rows = positions.count / hiddenSize
        if case .behindPadding(let id) = positionRule { return max(0, rows - Int(id) - 1) }
        return rows
    }

    /// The first reason why a batch cannot be computed (an id outside a table, a sequence too long), or nil.
    ///
    /// `forward` trusts its input: whoever takes ids from outside asks here first. O(T).
    public func problem(in batch: TokenBatch) -> String? {
        let layout = batch.layout
        if let maxLength {
            for sequence in 0..<layout.count where layout.length(of: sequence) > maxLength {
                return "sequence \(sequence) has \(layout.length(of: sequence)) tokens; the model allows \(maxLength)"
            }
        }
        if let at = batch.ids.firstIndex(where: { $0 < 0 || Int($0) >= vocabularySize }) {
            return "token \(at) has id \(batch.ids[at]); the model's vocabulary has \(vocabularySize) entries"
        }
        if types != nil, let at = batch.typeIDs.firstIndex(where: { $0 < 0 || Int($0) >= typeCount }) {
            return "token \(at) has type \(batch.typeIDs[at]); the model has \(typeCount) types"
        }
        return nil
    }

    /// Computes the rows of some sequences of a batch into `hidden` [T of those sequences][H].
    ///
    /// - Parameter part: only these of the rows, counted from the first of the sequences; all by default.
    public func forward(
        _ batch: TokenBatch, sequences: Range<Int>, layout: SequenceLayout, part: Range<Int>? = nil,
        into hidden: MatrixView, workspace: Workspace
    ) {
        let all = layout.rows(of: sequences)
        let part = part ?? 0..<all.count
        precondition(part.lowerBound >= 0 && part.upperBound <= all.count, "rows \(part) of \(all.count)")
        let rows = all.lowerBound + part.lowerBound..<all.lowerBound + part.upperBound
        precondition(hidden.rows == rows.count && hidden.columns == hiddenSize, "rows have the wrong shape")
        let mark = workspace.mark()
        defer { workspace.release(mark) }
        batch.ids.withUnsafeBufferPointer { ids in
            batch.typeIDs.withUnsafeBufferPointer { typeIDs in
                guard let firstID = ids.baseAddress, let firstType = typeIDs.baseAddress else { return }
                var numbers: UnsafeMutablePointer<Int32>?
                if positions != nil {
                    let scratch = UnsafeMutableRawPointer(workspace.floats(all.count))
                    let target = scratch.bindMemory(to: Int32.self, capacity: all.count)
                    number(ids, layout: layout, sequences: sequences, into: target)
                    numbers = target + part.lowerBound
                }
                tokens.withRows(firstID + rows.lowerBound, count: rows.count, workspace: workspace) { table, ids in
                    workspace.kernels.embed(
                        tokens: table, ids: ids, types: types, typeIDs: firstType + rows.lowerBound,
                        positions: positions, positionIDs: numbers, into: hidden)
                }
            }
        }
        norm?.forward(hidden, into: hidden, workspace: workspace)
    }

    /// Writes the position numbers of all tokens: rows of the position table.
    package func writePositions(of ids: [Int32], layout: SequenceLayout, to target: UnsafeMutablePointer<Int32>) {
        ids.withUnsafeBufferPointer { number($0, layout: layout, sequences: 0..<layout.count, into: target) }
    }

    /// Writes the position numbers of some sequences.
    private func number(
        _ ids: UnsafeBufferPointer<Int32>, layout: SequenceLayout, sequences: Range<Int>,
        into target: UnsafeMutablePointer<Int32>
    ) {
        let base = layout.rows(of: sequences).lowerBound
        for sequence in sequences {
            let rows = layout.rows(of: sequence)
            switch positionRule {
            case .fromZero, .none:
                for (position, row) in rows.enumerated() { target[row - base] = Int32(position) }
            case .behindPadding(let padding):
                var next = padding
                for row in rows {
                    if ids[row] != padding { next += 1 }
                    target[row - base] = ids[row] == padding ? padding : next
                }
            }
        }
    }
}
