import Tensors
import TestSupport

/// Random values with their memory, and rows further apart than they are wide (to catch a stride taken for a width).
final class RandomMatrix {
    let buffer: FloatBuffer
    let view: MatrixView

    init(rows: Int, columns: Int, gap: Int = 3, scale: Float = 1, seed: UInt64) {
        let stride = columns + gap
        // 64 floats behind the end: V may be read up to the next multiple of 32 columns.
        buffer = FloatBuffer(count: rows * stride + 64)
        var random = SeededGenerator(seed: seed)
        for index in 0..<buffer.count { buffer.base[index] = random.float() * scale }
        view = MatrixView(buffer.base, rows: rows, columns: columns, stride: stride)
    }
}

/// Random values without gaps.
func randomValues(_ count: Int, seed: UInt64) -> [Float] {
    var random = SeededGenerator(seed: seed)
    return (0..<count).map { _ in random.float() }
}

/// Every build that this machine can run.
let builds: [Kernels] = KernelVariant.allCases.compactMap { Kernels($0) }

/// The largest difference between two matrices of the same shape.
func largestDifference(_ a: MatrixView, _ b: MatrixView) -> Float {
    var largest: Float = 0
    for row in 0..<a.rows {
        for column in 0..<a.columns {
            let difference = abs(a[row, column] - b[row, column])
            if difference.isNaN { return .nan }
            largest = max(largest, difference)
        }
    }
    return largest
}

/// Whether two matrices have the same bits.
func sameBits(_ a: MatrixView, _ b: MatrixView) -> Bool {
    a.rows == b.rows && a.columns == b.columns
        && zip(a.array(), b.array()).allSatisfy { $0.bitPattern == $1.bitPattern }
}
