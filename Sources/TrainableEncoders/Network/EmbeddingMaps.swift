import Encoders
import Layers
import Tensors

/// The rows that enter the transformer, with the gradients of their tables.
struct EmbeddingMaps: Sendable {
    /// [V][H].
    let words: ParameterView
    /// [types][H], or nil.
    let types: ParameterView?
    /// [P][H].
    let positions: ParameterView
    let norm: NormMap
    /// The token that never learns, in all tables that know it.
    private let paddingID: Int32?
    /// Looks rows up in the values of now.
    private let tables: Embeddings

    init(
        words: ParameterView, types: ParameterView?, positions: ParameterView, norm: NormMap, paddingID: Int32?,
        configuration: TransformerConfiguration, values: FloatBuffer
    ) {
        self.words = words
        self.types = types
        self.positions = positions
        self.norm = norm
        self.paddingID = paddingID
        let table = { (view: ParameterView) in
            FloatBuffer(reading: view.values.base, count: view.values.rows * view.values.columns, keptBy: values)
        }
        tables = Embeddings(
            tokens: table(words), types: types.map(table), positions: table(positions),
            positionRule: configuration.positions, norm: nil, hiddenSize: configuration.hiddenSize)
    }

    /// What is wrong with a batch, or nil.
    func problem(in batch: TokenBatch) -> String? {
        let layout = batch.layout
        if let empty = (0..<layout.count).first(where: { layout.length(of: $0) == 0 }) {
            return "sequence \(empty) has no tokens"
        }
        return tables.problem(in: batch)
    }

    /// Computes the sums of some sequences and from them the rows for the first layer.
    ///
    /// - Parameters:
    ///   - sums: [T][H] of those sequences.
    ///   - rows: [T][H].
    func forward(
        _ batch: TokenBatch, sequences: Range<Int>, layout: SequenceLayout, dropout: PassDropout, sums: MatrixView,
        statistics: MatrixView, into rows: MatrixView, workspace: Workspace
    ) {
        tables.forward(batch, sequences: sequences, layout: layout, into: sums, workspace: workspace)
        norm.forward(sums, into: rows, statistics: statistics, workspace: workspace)
        if let numbers = dropout.embeddings {
            let first = layout.rows(of: sequences).lowerBound
            workspace.kernels.dropOut(rows, numbers, firstRow: dropout.row(ofToken: first))
        }
    }

    /// Adds the gradients of norm and tables.
    ///
    /// - Parameters:
    ///   - dY: [T][H], the gradient of the rows for the first layer; overwritten.
    ///   - sums: as forward left them.
    ///   - dSums: [T][H] for the gradient of the sums.
    ///   - memory: for numbers of rows.
    func backward(
        _ dY: MatrixView, _ batch: TokenBatch, layout: SequenceLayout, tiles: [Range<Int>], dropout: PassDropout,
        sums: MatrixView, statistics: MatrixView, dSums: MatrixView, memory: Workspace, pool: WorkerPool
    ) {
        pool.run(tiles.count) { index, worker in
            let rows = layout.rows(of: tiles[index])
            let own = dY.rows(rows)
            if let numbers = dropout.embeddings {
                worker.workspace.kernels.dropOut(
                    own, numbers, firstRow: dropout.row(ofToken: rows.lowerBound))
            }
            norm.backward(
                own, x: sums.rows(rows), statistics: statistics.rows(rows), into: dSums.rows(rows),
                workspace: worker.workspace)
        }
        let numbers = memory.integers(layout.tokenCount)
        tables.writePositions(of: batch.ids, layout: layout, to: numbers.base)
        let positionPadding = tables.positionRule == .fromZero ? nil : paddingID
        let columns = ColumnPieces.ranges(dSums.columns)
        let pieces: [Piece] =
            columns.flatMap { (columns) -> [Piece] in
                [
                    { worker in
                        batch.ids.withUnsafeBufferPointer {
                            add(dSums, ids: $0, skipping: paddingID, columns: columns, to: words, worker)
                        }
                    },
                    { worker in
                        let ids = UnsafeBufferPointer(start: numbers.base, count: numbers.count)
                        add(dSums, ids: ids, skipping: positionPadding, columns: columns, to: positions, worker)
                        guard let types else { return }
                        batch.typeIDs.withUnsafeBufferPointer {
                            add(dSums, ids: $0, skipping: nil, columns: columns, to: types, worker)
                        }
                    },
                ]
            } + norm.gradients(of: dY, x: sums, statistics: statistics)
        pool.run(pieces)
    }

    /// `table[id] += row` in ascending order of rows, for all rows but those of an id.
    private func add(
        _ rows: MatrixView, ids: UnsafeBufferPointer<Int32>, skipping skipped: Int32?, columns: Range<Int>,
        to table: ParameterView, _ worker: Worker
    ) {
        guard let base = ids.baseAddress else { return }
        var first = 0
        while first < ids.count {
            if ids[first] == skipped {
                first += 1
                continue
            }
            let end = ids[first...].firstIndex { $0 == skipped } ?? ids.count
            worker.workspace.kernels.addRows(
                rows.rows(first..<end), ids: base + first, columns: columns, into: table.gradient)
            first = end
        }
    }
}

/// Whole numbers in memory that something else owns; threads write different ones.
struct IntegerView: @unchecked Sendable {
    let base: UnsafeMutablePointer<Int32>
    let count: Int
}

extension Workspace {
    /// Takes `count` whole numbers with undefined contents.
    func integers(_ count: Int) -> IntegerView {
        IntegerView(
            base: UnsafeMutableRawPointer(floats(count)).bindMemory(to: Int32.self, capacity: max(count, 1)),
            count: count)
    }
}
