import Tensors

// The kernels of a training step: gradients of weights and of attention against the peak, the rest in time for each element.

func trainingKernels() {
    weightGradients()
    attentionGradients()
    trainingRows()
    optimizerAndPacking()
}

private func weightGradients() {
    for precision in [MatrixPrecision.fp32, .bf16] {
        title("Gradient of weights, \(precision), 1 thread (N x K of MiniLM, BERT-base; T tokens)")
        let workspace = Workspace()
        for (tokens, outputs, inputs) in [
            (3000, 384, 384), (3000, 1536, 384), (3000, 384, 1536), (3000, 768, 768), (1000, 3072, 768),
            (1000, 768, 3072), (300, 384, 1536), (3000, 192, 384), (3000, 768, 384),
        ] {
            let dy = FloatBuffer(random(tokens * outputs, seed: 1))
            let x = FloatBuffer(random(tokens * inputs, seed: 2))
            let gradient = FloatBuffer(count: outputs * inputs)
            let (dys, xs) = (dy.matrix(rows: tokens, columns: outputs), x.matrix(rows: tokens, columns: inputs))
            let target = gradient.matrix(rows: outputs, columns: inputs)
            report(
                "T \(tokens)  N \(outputs)  K \(inputs)", precision, operations: 2 * Double(tokens * outputs * inputs)
            ) {
                Kernels.active.addWeightGradient(
                    of: dys, input: xs, precision: precision, into: target, workspace: workspace)
            }
            withExtendedLifetime((dy, x, gradient)) {}
        }
    }
}

private func attentionGradients() {
    title("Gradients of attention, one head, 1 thread (counted: the five products)")
    let workspace = Workspace()
    for size in [32, 64] {
        for length in [8, 27, 70, 128, 256, 512] {
            for rate in [Float(0), 0.1] {
                let inputs = (0..<4).map { FloatBuffer(random(length * size, seed: UInt64($0))) }
                let outputs = (0..<3).map { _ in FloatBuffer(count: length * size) }
                let x = inputs.map { $0.matrix(rows: length, columns: size) }
                let y = outputs.map { $0.matrix(rows: length, columns: size) }
                let dropout = AttentionDropout(Dropout(rate: rate, seed: 1, step: 1, site: 1), firstRow: 0, head: 0)
                report(
                    "D \(size)  L \(length)" + (rate > 0 ? "  dropout" : ""), .fp32,
                    operations: 10 * Double(length * length * size)
                ) {
                    Kernels.active.attendBackward(
                        q: x[0], k: x[1], v: x[2], dOut: x[3], scale: 0.125, dropout: rate > 0 ? dropout : nil,
                        dQ: y[0], dK: y[1], dV: y[2], workspace: workspace)
                }
                withExtendedLifetime((inputs, outputs)) {}
            }
        }
    }
}

private func trainingRows() {
    let (rows, columns) = (256, 384)
    let buffers = (0..<3).map { FloatBuffer(random(rows * columns, seed: UInt64($0))) }
    let parameters = (0..<4).map { FloatBuffer(random(columns, seed: UInt64($0))) }
    let pairs = FloatBuffer(count: 2 * rows)
    let (x, y, z) = (
        buffers[0].matrix(rows: rows, columns: columns), buffers[1].matrix(rows: rows, columns: columns),
        buffers[2].matrix(rows: rows, columns: columns)
    )
    let statistics = pairs.matrix(rows: rows, columns: 2)
    let kernels = Kernels.active
    elementsTitle("Rows of training, 1 thread (cached rows)")
    let count = rows * columns
    elements("layer norm with statistics", count) {
        kernels.layerNorm(
            x, gamma: parameters[0].base, beta: parameters[1].base, epsilon: 1e-12, into: y, statistics: statistics)
    }
    elements("layer norm backward", count) {
        kernels.layerNormBackward(y, x: x, statistics: statistics, gamma: parameters[0].base, into: z)
    }
    elements("norm gradients", count) {
        kernels.addNormGradients(
            y, x: x, statistics: statistics, gamma: parameters[2].base, beta: parameters[3].base)
    }
    elements("column sums", count) { kernels.addColumnSums(x, into: parameters[2].base) }
    for activation in [Activation.gelu, .geluTanh, .tanh, .relu] {
        elements("\(activation) backward", count) { kernels.activateBackward(activation, before: x, y, into: z) }
    }
    let dropout = Dropout(rate: 0.1, seed: 1, step: 1, site: 1)
    elements("dropout", count) { kernels.dropOut(x, dropout, firstRow: 0, into: z) }
    elements("dropout + residual", count) { kernels.dropOut(x, dropout, firstRow: 0, adding: y, into: z) }
    withExtendedLifetime((buffers, parameters, pairs)) {}
}

private func optimizerAndPacking() {
    let (outputs, inputs) = (1536, 1536)
    let count = outputs * inputs
    let buffers = (0..<4).map { FloatBuffer(random(count, seed: UInt64($0)).map(abs)) }
    elementsTitle("Optimiser and packing, 1 thread (1536 x 1536)")
    elements("AdamW", count) {
        Kernels.active.adamW(
            AdamWStep(rate: 1e-5, decay: 0.01, step: 10), values: buffers[0].base, gradients: buffers[1].base,
            first: buffers[2].base, second: buffers[3].base, count: count)
    }
    elements("sum of squares", count) { _ = Kernels.active.sumOfSquares(buffers[1].base, count: count) }
    for precision in [MatrixPrecision.fp32, .bf16] {
        let packed = PackedMatrix(empty: precision, outputs: outputs, inputs: inputs, bias: false)
        let weight = buffers[0].matrix(rows: outputs, columns: inputs)
        elements("rows to panels, \(precision)", count) { packed.pack(rows: weight) }
        elements("columns to panels, \(precision)", count) { packed.pack(columns: weight) }
    }
    withExtendedLifetime(buffers) {}
}
