import Layers
import Tensors

/// Rows and the input that a product makes of them; the workspace lives as long.
struct PreparedRows {
    let rows: FloatBuffer
    let input: ProductInput
    private let workspace = Workspace()

    init(_ m: Int, for weight: PackedMatrix) {
        rows = FloatBuffer(random(m * weight.inputs, seed: 3))
        input = Kernels.active.input(
            rows.matrix(rows: m, columns: weight.inputs), for: weight, workspace: workspace)
    }
}

func matrixProducts() {
    for precision in MatrixPrecision.allCases {
        title("Matrix product, \(precision), 1 thread (K x N of MiniLM, BERT-base)")
        for (k, n) in [(384, 1152), (384, 384), (384, 1536), (1536, 384), (768, 768), (768, 3072), (3072, 768)] {
            let packed = PackedMatrix(
                weight: random(k * n, seed: 1), bias: random(n, seed: 2), outputs: n, inputs: k
            ).converted(to: precision)
            for m in [1, 8, 27, 96, 512] {
                let x = PreparedRows(m, for: packed)
                let y = FloatBuffer(count: m * n)
                let ys = y.matrix(rows: m, columns: n)
                report("M \(m)  K \(k)  N \(n)", precision, operations: 2 * Double(m * n * k)) {
                    Kernels.active.multiply(x.input, packed, into: ys)
                }
                withExtendedLifetime((x, y)) {}
            }
        }
        let packed = PackedMatrix(
            weight: random(384 * 1536, seed: 1), bias: random(1536, seed: 2), outputs: 1536, inputs: 384
        ).converted(to: precision)
        let x = PreparedRows(96, for: packed)
        let y = FloatBuffer(count: 96 * 1536)
        let ys = y.matrix(rows: 96, columns: 1536)
        for activation in [Activation.gelu, .relu, .tanh] {
            report("M 96  K 384  N 1536 + \(activation)", precision, operations: 2 * Double(96 * 384 * 1536)) {
                Kernels.active.multiply(x.input, packed, activation: activation, into: ys)
            }
        }
        withExtendedLifetime((x, y)) {}
    }
}

/// The same with weights that come from memory: 200 million of them, each used once per run.
func coldMatrixProducts() {
    for precision in MatrixPrecision.allCases {
        title("Matrix product with cold weights, \(precision), 1 thread")
        for (k, n) in [(384, 1152), (1536, 384), (768, 3072), (3072, 768)] {
            let weight = random(k * n, seed: 1)
            let copies = (0..<200_000_000 / (k * n * 4)).map { _ in
                PackedMatrix(weight: weight, outputs: n, inputs: k).converted(to: precision)
            }
            for m in [1, 8, 12, 27, 48, 96] {
                let x = PreparedRows(m, for: copies[0])
                let y = FloatBuffer(count: m * n)
                let ys = y.matrix(rows: m, columns: n)
                report("M \(m)  K \(k)  N \(n)", precision, operations: 2 * Double(m * n * k * copies.count)) {
                    for packed in copies { Kernels.active.multiply(x.input, packed, into: ys) }
                }
                withExtendedLifetime((x, y)) {}
            }
        }
    }
}

func rowKernels() {
    elementsTitle("Row kernels, 1 thread (cached rows)")
    let (rows, columns) = (96, 384)
    let x = FloatBuffer(random(rows * columns, seed: 1))
    let y = FloatBuffer(count: rows * columns)
    let gamma = FloatBuffer(random(columns, seed: 2))
    let (xs, ys) = (x.matrix(rows: rows, columns: columns), y.matrix(rows: rows, columns: columns))
    func line(_ name: String, _ work: () -> Void) { elements(name, rows * columns, work) }
    line("copy") { ys.copy(from: xs) }
    for activation in Activation.allCases where activation != .identity {
        line("\(activation) (with copy)") {
            ys.copy(from: xs)
            Kernels.active.activate(activation, ys)
        }
    }
    line("softmax (with copy)") {
        ys.copy(from: xs)
        Kernels.active.softmax(ys)
    }
    line("layer norm") { Kernels.active.layerNorm(xs, gamma: gamma, beta: gamma, epsilon: 1e-12, into: ys) }
    line("layer norm + residual") {
        Kernels.active.layerNorm(xs, adding: xs, gamma: gamma, beta: gamma, epsilon: 1e-12, into: ys)
    }
    for precision in [MatrixPrecision.bf16, .int8] {
        let packed = PackedMatrix(weight: [Float](repeating: 1, count: columns), outputs: 1, inputs: columns)
            .converted(to: precision)
        let workspace = Workspace()
        line("input of \(precision) products") {
            let mark = workspace.mark()
            _ = Kernels.active.input(xs, for: packed, workspace: workspace)
            workspace.release(mark)
        }
    }
    line("mean pooling") { Kernels.active.pool(.mean, xs, into: ys[0]) }
    withExtendedLifetime((x, y, gamma)) {}
}

func attentionHeads() {
    title("Attention, one head, 1 thread (counted: Q K and P V)")
    let workspace = Workspace()
    for size in [32, 64, 128] {
        for length in [8, 27, 70, 128, 256, 512] {
            let qkv = FloatBuffer(random(length * 3 * size, seed: 1))
            let out = FloatBuffer(count: length * size)
            let all = qkv.matrix(rows: length, columns: 3 * size)
            let target = out.matrix(rows: length, columns: size)
            report("D \(size)  L \(length)", .fp32, operations: 4 * Double(length * length * size)) {
                Kernels.active.attend(
                    q: all.columns(0..<size), k: all.columns(size..<2 * size), v: all.columns(2 * size..<3 * size),
                    scale: 0.125, into: target, workspace: workspace)
            }
            withExtendedLifetime((qkv, out)) {}
        }
    }
}
