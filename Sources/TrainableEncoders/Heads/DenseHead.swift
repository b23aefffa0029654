import Layers
import Tensors

/// Pooling and the modules behind it: token rows to one embedding for each sequence.
struct DenseHead: TrainableHead {
    /// A module behind the pooling.
    enum Step: Sendable {
        case normalize
        case layerNorm(NormMap)
        case dense(LinearMap, Activation, residual: Residual)
    }

    /// What a Dense module adds to its result.
    enum Residual: Sendable {
        case none
        case input
        case projected(LinearMap)
    }

    let pooling: Pooling
    let steps: [Step]
    let width: Int

    var maps: [LinearMap] {
        steps.flatMap { (step) -> [LinearMap] in
            guard case .dense(let map, _, let residual) = step else { return [] }
            if case .projected(let other) = residual { return [map, other] }
            return [map]
        }
    }

    var wanted: FinishedRows { pooling.needsFirstTokensOnly ? .firstTokens : .all }

    func forward(
        _ hidden: MatrixView, layout: SequenceLayout, tiles: [Range<Int>], dropout: PassDropout, memory: Workspace,
        pool: WorkerPool
    ) -> any HeadPass {
        let pooled = memory.matrix(rows: layout.count, columns: pooling.outputSize(hiddenSize: hidden.columns))
        pool.run(tiles.count) { index, worker in
            let tile = tiles[index]
            if wanted == .firstTokens {
                pooled.rows(tile).copy(from: hidden.rows(tile))
                return
            }
            pooling.forward(
                hidden.rows(layout.rows(of: tile)), layout: layout.slice(tile), into: pooled.rows(tile),
                workspace: worker.workspace)
        }
        var vectors = [pooled]
        var statistics: [MatrixView] = []
        var inner: [MatrixView] = []
        for step in steps {
            let x = vectors[vectors.count - 1]
            var columns = x.columns
            if case .dense(let map, _, _) = step { columns = map.outputs }
            let y = memory.matrix(rows: x.rows, columns: columns)
            let before = memory.matrix(rows: x.rows, columns: columns)
            let numbers = MatrixView(memory.floats(2 * x.rows), rows: x.rows, columns: 2)
            pool.run(1) { _, worker in
                Self.forward(step, x, before: before, statistics: numbers, into: y, workspace: worker.workspace)
            }
            vectors.append(y)
            statistics.append(numbers)
            inner.append(before)
        }
        return DensePass(
            head: self, hidden: hidden, layout: layout, tiles: tiles, vectors: vectors, inner: inner,
            statistics: statistics)
    }

    private static func forward(
        _ step: Step, _ x: MatrixView, before: MatrixView, statistics: MatrixView, into y: MatrixView,
        workspace: Workspace
    ) {
        switch step {
        case .normalize:
            y.copy(from: x)
            L2Normalization.forward(y, workspace: workspace)
        case .layerNorm(let norm): norm.forward(x, into: y, statistics: statistics, workspace: workspace)
        case .dense(let map, let activation, let residual):
            map.forward(x, into: before, workspace: workspace)
            workspace.kernels.activate(activation, before, into: y)
            switch residual {
            case .none: break
            case .input: workspace.kernels.add(x, to: y)
            case .projected(let other): other.forward(x, adding: y, into: y, workspace: workspace)
            }
        }
    }
}

/// The embeddings of a batch, with what stood before each module.
private struct DensePass: HeadPass {
    let head: DenseHead
    let hidden: MatrixView
    let layout: SequenceLayout
    let tiles: [Range<Int>]
    /// Behind the pooling and behind each module.
    let vectors: [MatrixView]
    /// Of each module the rows before its activation, if it has one.
    let inner: [MatrixView]
    /// Of each module the statistics of its norm, if it is one.
    let statistics: [MatrixView]

    var outputs: MatrixView { vectors[vectors.count - 1] }

    func backward(_ outputGradient: MatrixView, into hiddenGradient: MatrixView, memory: Workspace, pool: WorkerPool) {
        var gradient = outputGradient
        for (number, step) in head.steps.enumerated().reversed() {
            let (x, y, before, numbers) = (vectors[number], vectors[number + 1], inner[number], statistics[number])
            let dX = memory.matrix(rows: x.rows, columns: x.columns)
            let dInner = memory.matrix(rows: x.rows, columns: before.columns)
            let dY = gradient
            pool.run(1) { _, worker in
                let workspace = worker.workspace
                switch step {
                case .normalize: Self.normalizeBackward(dY, x: x, y: y, into: dX, workspace.kernels)
                case .layerNorm(let norm):
                    norm.backward(dY, x: x, statistics: numbers, into: dX, workspace: workspace)
                case .dense(let map, let activation, let residual):
                    workspace.kernels.activateBackward(activation, before: before, dY, into: dInner)
                    map.backward(dInner, into: dX, workspace: workspace)
                    switch residual {
                    case .none: break
                    case .input: workspace.kernels.add(dY, to: dX)
                    case .projected(let other): other.backward(dY, adding: dX, into: dX, workspace: workspace)
                    }
                }
            }
            switch step {
            case .normalize: break
            case .layerNorm(let norm): pool.run(norm.gradients(of: dY, x: x, statistics: numbers))
            case .dense(let map, _, let residual):
                pool.run(map.gradients(of: dInner, input: x))
                if case .projected(let other) = residual { pool.run(other.gradients(of: dY, input: x)) }
            }
            gradient = dX
        }
        if head.wanted == .firstTokens {
            hiddenGradient.copy(from: gradient)
            return
        }
        let pooled = gradient
        pool.run(tiles.count) { index, _ in
            for sequence in tiles[index] {
                let rows = layout.rows(of: sequence)
                head.pooling.backward(pooled[sequence], hidden: hidden.rows(rows), into: hiddenGradient.rows(rows))
            }
        }
    }

    /// `y = x / max(|x|, 1e-12)`: what is left of the gradient across the direction of `y`.
    private static func normalizeBackward(
        _ dY: MatrixView, x: MatrixView, y: MatrixView, into dX: MatrixView, _ kernels: Kernels
    ) {
        for row in 0..<dY.rows {
            let (g, unit, target) = (dY[row], y[row], dX[row])
            let length = kernels.dot(UnsafeBufferPointer(x[row]), UnsafeBufferPointer(x[row])).squareRoot()
            let along =
                length > 1e-12 ? kernels.dot(UnsafeBufferPointer(g), UnsafeBufferPointer(unit)) : 0
            let factor = 1 / max(length, 1e-12)
            for column in 0..<target.count { target[column] = (g[column] - along * unit[column]) * factor }
        }
    }
}

extension Pooling {
    /// The gradient of the rows of one sequence.
    ///
    /// - Parameters:
    ///   - dY: the gradient of the pooled row, all modes.
    ///   - hidden: [L][H], the rows.
    ///   - dX: [L][H], written.
    func backward(_ dY: UnsafeMutableBufferPointer<Float>, hidden: MatrixView, into dX: MatrixView) {
        dX.fill(0)
        let (length, width) = (hidden.rows, hidden.columns)
        if length == 0 { return }
        func spread(_ g: UnsafeMutablePointer<Float>, _ weight: (Int) -> Float) {
            for row in 0..<length {
                let (target, factor) = (dX[row], weight(row))
                for column in 0..<width { target[column] += g[column] * factor }
            }
        }
        for (number, mode) in modes.enumerated() {
            guard let g = dY.baseAddress.map({ $0 + number * width }) else { return }
            switch mode {
            case .firstToken: for column in 0..<width { dX[0][column] += g[column] }
            case .lastToken: for column in 0..<width { dX[length - 1][column] += g[column] }
            case .mean: spread(g) { _ in 1 / Float(length) }
            case .meanSqrtLength: spread(g) { _ in 1 / Float(length).squareRoot() }
            case .weightedMean: spread(g) { Float($0 + 1) / (Float(length) * Float(length + 1) / 2) }
            case .max:
                for column in 0..<width {
                    var best = 0
                    for row in 1..<max(length, 1) where hidden[row][column] > hidden[best][column] { best = row }
                    dX[best][column] += g[column]
                }
            }
        }
    }
}
