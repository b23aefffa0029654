import Layers
import Tensors

/// The weights of a batch over the vocabulary, and the rows before them.
struct SparsePass: HeadPass, Sendable {
    let head: SparseHead
    let hidden: MatrixView
    let layout: SequenceLayout
    let tiles: [Range<Int>]
    /// [T][H] before the transform's activation, behind it, and its norm's statistics.
    let inner, activated, statistics: MatrixView
    /// [T][H], what the decoder projects.
    let transformed: MatrixView
    /// The same as the decoder's product reads it.
    let input: ProductInput
    /// [B][V], the largest logits.
    let logits: MatrixView
    /// [B][V], the rows that they are from.
    let winners: IntegerView
    let outputs: MatrixView

    /// Pieces of the vocabulary, in panels: as much of the decoder as stays in a core's cache.
    static func chunks(_ decoder: LinearMap) -> [Range<Int>] {
        let step = max(1, (1 << 17) / max(1, decoder.inputs * PackedMatrix.panelWidth))
        return stride(from: 0, to: decoder.panelCount, by: step).map { $0..<min($0 + step, decoder.panelCount) }
    }

    static func entries(_ panels: Range<Int>, of decoder: LinearMap) -> Range<Int> {
        panels.lowerBound * PackedMatrix.panelWidth..<min(panels.upperBound * PackedMatrix.panelWidth, decoder.outputs)
    }

    func backward(_ outputGradient: MatrixView, into hiddenGradient: MatrixView, memory: Workspace, pool: WorkerPool) {
        let (rows, columns) = (hidden.rows, hidden.columns)
        let dTransformed = memory.roomyMatrix(rows: rows, columns: columns)
        let dInner = memory.roomyMatrix(rows: rows, columns: columns)
        if head.sums {
            sumBackward(outputGradient, into: dTransformed, pool: pool)
        } else {
            let dLogits = memory.matrix(rows: layout.count, columns: head.width)
            winnersBackward(outputGradient, dLogits: dLogits, into: dTransformed, pool: pool)
        }
        pool.run(tiles.count) { index, worker in
            let own = layout.rows(of: tiles[index])
            let workspace = worker.workspace
            head.norm.backward(
                dTransformed.rows(own), x: activated.rows(own), statistics: statistics.rows(own),
                into: dInner.rows(own), workspace: workspace)
            workspace.kernels.activateBackward(
                head.activation, before: inner.rows(own), dInner.rows(own), into: dInner.rows(own))
            head.transform.backward(dInner.rows(own), into: hiddenGradient.rows(own), workspace: workspace)
        }
        pool.run(
            head.transform.gradients(of: dInner, input: hidden)
                + head.norm.gradients(of: dTransformed, x: activated, statistics: statistics))
    }

    /// Maximum: the winners' rows, and the decoder's rows of the entries that have a weight.
    private func winnersBackward(
        _ outputGradient: MatrixView, dLogits: MatrixView, into dTransformed: MatrixView, pool: WorkerPool
    ) {
        let decoder = head.decoder.parts[0]
        pool.run(tiles.count) { index, worker in
            let kernels = worker.workspace.kernels
            dTransformed.rows(layout.rows(of: tiles[index])).fill(0)
            for sequence in tiles[index] {
                kernels.activateBackward(
                    head.saturation, before: logits.rows(sequence..<sequence + 1),
                    outputGradient.rows(sequence..<sequence + 1), into: dLogits.rows(sequence..<sequence + 1))
                kernels.addWinnerInputGradients(
                    dLogits[sequence].baseAddress!, winners: winners.base + sequence * head.width,
                    weight: decoder.weight.values, into: dTransformed)
            }
        }
        let chunks = Self.chunks(head.decoder)
        pool.run(chunks.count) { index, worker in
            worker.workspace.kernels.addWinnerWeightGradients(
                dLogits, winners: winners.base, entries: Self.entries(chunks[index], of: head.decoder),
                input: transformed, into: decoder.weight.gradient, bias: decoder.bias?.gradient.base)
        }
    }

    /// The sum over tokens of the saturated logits, for some panels.
    static func sum(
        _ input: ProductInput, layout: SequenceLayout, _ decoder: LinearMap, panels: Range<Int>,
        _ saturation: Activation, into result: MatrixView, workspace: Workspace
    ) {
        for sequence in 0..<layout.count {
            let mark = workspace.mark()
            defer { workspace.release(mark) }
            let own = layout.rows(of: sequence)
            let logits = workspace.matrix(rows: own.count, columns: result.columns)
            decoder.forward(input.rows(own), panels: panels, into: logits, workspace: workspace)
            workspace.kernels.activate(saturation, logits, into: logits)
            result[sequence].update(repeating: 0)
            if let sums = result[sequence].baseAddress { workspace.kernels.addColumnSums(logits, into: sums) }
        }
    }

    /// Sum: all tokens with a logit above zero have a gradient, so the logits are made again, some panels at a time.
    ///
    /// The gradients of the rows are sums over panels, in the order of the panels; those of the decoder are sums over sequences.
    private func sumBackward(_ outputGradient: MatrixView, into dTransformed: MatrixView, pool: WorkerPool) {
        let decoder = head.decoder.parts[0]
        let chunks = Self.chunks(head.decoder)
        let slopes = { @Sendable (sequence: Int, panels: Range<Int>, workspace: Workspace) -> MatrixView in
            let (own, entries) = (layout.rows(of: sequence), Self.entries(panels, of: head.decoder))
            let logits = workspace.matrix(rows: own.count, columns: entries.count)
            let spread = workspace.matrix(rows: own.count, columns: entries.count)
            head.decoder.forward(input.rows(own), panels: panels, into: logits, workspace: workspace)
            for row in 0..<own.count {
                _ = spread[row].update(from: outputGradient.columns(entries)[sequence])
            }
            workspace.kernels.activateBackward(head.saturation, before: logits, spread, into: spread)
            return spread
        }
        pool.run(tiles.count) { index, worker in
            for sequence in tiles[index] {
                let own = dTransformed.rows(layout.rows(of: sequence))
                own.fill(0)
                for panels in chunks {
                    let mark = worker.workspace.mark()
                    let gradients = slopes(sequence, panels, worker.workspace)
                    let entries = Self.entries(panels, of: head.decoder)
                    for row in 0..<own.rows {
                        add(decoder.weight.values.rows(entries), times: gradients[row], to: own[row])
                    }
                    worker.workspace.release(mark)
                }
            }
        }
        pool.run(chunks.count) { index, worker in
            let entries = Self.entries(chunks[index], of: head.decoder)
            for sequence in 0..<layout.count {
                let mark = worker.workspace.mark()
                let gradients = slopes(sequence, chunks[index], worker.workspace)
                worker.workspace.kernels.addWeightGradient(
                    of: gradients, input: transformed.rows(layout.rows(of: sequence)), precision: .fp32,
                    into: decoder.weight.gradient.rows(entries), workspace: worker.workspace)
                if let bias = decoder.bias {
                    worker.workspace.kernels.addColumnSums(
                        gradients, into: bias.gradient.base + entries.lowerBound)
                }
                worker.workspace.release(mark)
            }
        }
    }

    /// Adds each row of a matrix times its factor; factors of zero cost nothing.
    private func add(
        _ rows: MatrixView, times factors: UnsafeMutableBufferPointer<Float>, to sum: UnsafeMutableBufferPointer<Float>
    ) {
        for (number, factor) in factors.enumerated() where factor != 0 {
            let row = rows[number]
            for column in 0..<sum.count { sum[column] += factor * row[column] }
        }
    }
}
