import Encoders
import Layers
import Tensors

/// One layer of a BERT-like encoder, norms behind the sums, with its backward half.
struct TrainableLayer: Sendable {
    /// Its place in the network, from 0.
    let number: Int
    /// Q, K and V.
    let projection: LinearMap
    let output: LinearMap
    let attentionNorm: NormMap
    let up, down: LinearMap
    let outputNorm: NormMap
    let activation: Activation
    /// A, the number of heads.
    let heads: Int

    /// D, the size of a head.
    private var headSize: Int { output.inputs / heads }
    private var scale: Float { 1 / Float(headSize).squareRoot() }

    /// All maps whose weights are packed.
    var maps: [LinearMap] { [projection, output, up, down] }

    /// The part of a head in rows of Q, K and V.
    private func part(_ part: Int, of head: Int, _ rows: MatrixView) -> MatrixView {
        let first = projection.parts[part].firstOutput + head * headSize
        return rows.columns(first..<first + headSize)
    }

    /// Where a pass over some sequences stands.
    struct Place: Sendable {
        /// The sequences, their rows counted from 0.
        let layout: SequenceLayout
        /// The number of their first token in the micro batch.
        let firstToken: Int
        /// The number of their first row behind attention: of a token or of a sequence.
        let firstFinishedRow: Int
        let dropout: PassDropout
        let relativeBias: RelativePositionBias?
    }

    /// Computes some sequences from `rows.input`; the other rows are written.
    func forward(_ rows: LayerRows, _ place: Place, into result: MatrixView, workspace: Workspace) {
        let mark = workspace.mark()
        defer { workspace.release(mark) }
        projection.forward(rows.input, into: rows.projection, workspace: workspace)
        attend(rows, place, workspace: workspace)
        var residual = rows.input
        if rows.kind == .firstTokens {
            residual = workspace.matrix(rows: place.layout.count, columns: rows.input.columns)
            FirstTokens.gather(rows.input, layout: place.layout, into: residual)
            FirstTokens.gather(rows.context, layout: place.layout, into: rows.finishedContext)
        }
        finish(
            output, rows.finishedContext, place.dropout.attentionOutput(number), place, adding: residual,
            into: rows.attentionSum, workspace: workspace)
        attentionNorm.forward(
            rows.attentionSum, into: rows.middle, statistics: rows.attentionStatistics, workspace: workspace)
        up.forward(rows.middle, into: rows.inner, workspace: workspace)
        let activated = workspace.matrix(rows: rows.inner.rows, columns: rows.inner.columns)
        workspace.kernels.activate(activation, rows.inner, into: activated)
        finish(
            down, activated, place.dropout.feedForward(number), place, adding: rows.middle, into: rows.outputSum,
            workspace: workspace)
        outputNorm.forward(rows.outputSum, into: result, statistics: rows.outputStatistics, workspace: workspace)
    }

    /// `sum = dropped(map(x)) + residual`.
    private func finish(
        _ map: LinearMap, _ x: MatrixView, _ dropout: Dropout?, _ place: Place, adding residual: MatrixView,
        into sum: MatrixView, workspace: Workspace
    ) {
        guard let dropout else {
            map.forward(x, adding: residual, into: sum, workspace: workspace)
            return
        }
        map.forward(x, into: sum, workspace: workspace)
        workspace.kernels.dropOut(sum, dropout, firstRow: place.firstFinishedRow, adding: residual)
    }

    private func attend(_ rows: LayerRows, _ place: Place, workspace: Workspace) {
        for head in 0..<heads {
            let (q, k, v) = (
                part(0, of: head, rows.projection), part(1, of: head, rows.projection),
                part(2, of: head, rows.projection)
            )
            let target = rows.context.columns(head * headSize..<(head + 1) * headSize)
            for sequence in 0..<place.layout.count {
                let own = place.layout.rows(of: sequence)
                if own.isEmpty { continue }
                workspace.kernels.attend(
                    q: q.rows(own), k: k.rows(own), v: v.rows(own), scale: scale,
                    relative: place.relativeBias?.center(head: head),
                    dropout: dropout(head, own, place), into: target.rows(own), workspace: workspace)
            }
        }
    }

    private func dropout(_ head: Int, _ rows: Range<Int>, _ place: Place) -> AttentionDropout? {
        place.dropout.probabilities(number).map {
            AttentionDropout(
                $0, firstRow: place.firstToken + rows.lowerBound, head: head)
        }
    }

    /// The gradient of the layer's input for some sequences; what the weight gradients need goes to `gradients`.
    ///
    /// - Parameters:
    ///   - dY: [F][H], the gradient of the layer's result; kept.
    ///   - relativeGradient: [A][2 * longest - 1], added to; nil without a relative bias.
    func backward(
        _ dY: MatrixView, _ rows: LayerRows, _ gradients: LayerGradientRows, _ place: Place,
        relativeGradient: UnsafeMutablePointer<Float>?, into dX: MatrixView, workspace: Workspace
    ) {
        let mark = workspace.mark()
        defer { workspace.release(mark) }
        let kernels = workspace.kernels
        let sum = splitNorm(
            outputNorm, dY, rows.outputSum, rows.outputStatistics, place.dropout.feedForward(number), place,
            behindDropout: gradients.down, workspace: workspace)
        kernels.activate(activation, rows.inner, into: gradients.activated)
        down.backward(gradients.down, into: gradients.up, workspace: workspace)
        kernels.activateBackward(activation, before: rows.inner, gradients.up, into: gradients.up)
        up.backward(gradients.up, adding: sum, into: gradients.middle, workspace: workspace)
        let attentionSum = splitNorm(
            attentionNorm, gradients.middle, rows.attentionSum, rows.attentionStatistics,
            place.dropout.attentionOutput(number), place, behindDropout: gradients.attentionOutput,
            workspace: workspace)
        let finished = workspace.matrix(rows: dY.rows, columns: output.inputs)
        output.backward(gradients.attentionOutput, into: finished, workspace: workspace)
        let isAll = rows.kind == .all
        let context = isAll ? finished : workspace.matrix(rows: rows.context.rows, columns: output.inputs)
        if !isAll { FirstTokens.scatter(finished, layout: place.layout, into: context) }
        if projection.hasGaps { gradients.projection.fill(0) }
        for head in 0..<heads {
            attendBackward(
                head, context.columns(head * headSize..<(head + 1) * headSize), rows.projection,
                gradients.projection, place, relativeGradient, workspace: workspace)
        }
        projection.backward(
            gradients.projection, adding: isAll ? attentionSum : nil, into: dX, workspace: workspace)
        if !isAll { FirstTokens.add(attentionSum, layout: place.layout, to: dX) }
    }

    /// Goes back through a norm and the dropout before its sum.
    ///
    /// - Returns: the gradient of the sum, which is that of the residual.
    private func splitNorm(
        _ norm: NormMap, _ dY: MatrixView, _ sum: MatrixView, _ statistics: MatrixView, _ dropout: Dropout?,
        _ place: Place, behindDropout result: MatrixView, workspace: Workspace
    ) -> MatrixView {
        guard let dropout else {
            norm.backward(dY, x: sum, statistics: statistics, into: result, workspace: workspace)
            return result
        }
        let gradient = workspace.matrix(rows: dY.rows, columns: dY.columns)
        norm.backward(dY, x: sum, statistics: statistics, into: gradient, workspace: workspace)
        workspace.kernels.dropOut(gradient, dropout, firstRow: place.firstFinishedRow, into: result)
        return gradient
    }

    private func attendBackward(
        _ head: Int, _ context: MatrixView, _ rows: MatrixView, _ gradients: MatrixView, _ place: Place,
        _ relativeGradient: UnsafeMutablePointer<Float>?, workspace: Workspace
    ) {
        var line: UnsafeMutablePointer<Float>?
        if let relativeGradient, let bias = place.relativeBias {
            line = relativeGradient + head * (2 * bias.maxLength - 1) + bias.maxLength - 1
        }
        for sequence in 0..<place.layout.count {
            let own = place.layout.rows(of: sequence)
            if own.isEmpty { continue }
            workspace.kernels.attendBackward(
                q: part(0, of: head, rows).rows(own), k: part(1, of: head, rows).rows(own),
                v: part(2, of: head, rows).rows(own), dOut: context.rows(own), scale: scale,
                relative: place.relativeBias?.center(head: head), dropout: dropout(head, own, place),
                dQ: part(0, of: head, gradients).rows(own), dK: part(1, of: head, gradients).rows(own),
                dV: part(2, of: head, gradients).rows(own), relativeGradient: line, workspace: workspace)
        }
    }

    /// Pieces of work that add the gradients of the layer's parameters, behind ``backward(_:_:_:_:relativeGradient:into:workspace:)``
    /// for all sequences.
    func parameterGradients(_ dY: MatrixView, _ rows: LayerRows, _ gradients: LayerGradientRows) -> [Piece] {
        down.gradients(of: gradients.down, input: gradients.activated)
            + up.gradients(of: gradients.up, input: rows.middle)
            + projection.gradients(of: gradients.projection, input: rows.input)
            + output.gradients(of: gradients.attentionOutput, input: rows.finishedContext)
            + outputNorm.gradients(of: dY, x: rows.outputSum, statistics: rows.outputStatistics)
            + attentionNorm.gradients(
                of: gradients.middle, x: rows.attentionSum, statistics: rows.attentionStatistics)
    }
}

extension FirstTokens {
    /// Puts rows [B][H] where the first tokens are, and zeros everywhere else.
    fileprivate static func scatter(_ rows: MatrixView, layout: SequenceLayout, into all: MatrixView) {
        all.fill(0)
        add(rows, layout: layout, to: all)
    }

    /// Adds rows [B][H] to the first tokens'.
    fileprivate static func add(_ rows: MatrixView, layout: SequenceLayout, to all: MatrixView) {
        for sequence in 0..<layout.count {
            let (source, target) = (rows[sequence], all[layout.rows(of: sequence).lowerBound])
            for column in 0..<source.count { target[column] += source[column] }
        }
    }
}
