#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
import Tensors

/// A rectangle of similarities between rows of a batch; later what a loss makes of them, at last the derivatives by them.
struct ScoreBlock {
    /// The rows (of `EmbeddingRows`) that the rectangle's rows stand for.
    let left: Range<Int>
    /// The rows that its columns stand for.
    let right: Range<Int>
    /// Row by row: [left][right].
    var values: [Double]

    /// The similarities of all pairs; -infinity for those that `mask` leaves out.
    init(
        _ rows: EmbeddingRows, left: Range<Int>, right: Range<Int>,
        without mask: (_ row: Int, _ column: Int) -> Bool = { _, _ in false }
    ) {
        self.left = left
        self.right = right
        values = []
        values.reserveCapacity(left.count * right.count)
        for row in 0..<left.count {
            for column in 0..<right.count {
                values.append(
                    mask(row, column)
                        ? -.infinity : rows.similarity(left.lowerBound + row, right.lowerBound + column))
            }
        }
    }

    /// A part of the pairs of another rectangle, with sides changed: its columns `columns` become the rows.
    init(transposing other: ScoreBlock, columns: Range<Int>) {
        left = other.right.lowerBound + columns.lowerBound..<other.right.lowerBound + columns.upperBound
        right = other.left
        values = columns.flatMap { column in
            (0..<other.left.count).map { other.values[$0 * other.right.count + column] }
        }
    }

    /// The places of one row in `values`.
    func places(ofRow row: Int) -> Range<Int> { row * right.count..<(row + 1) * right.count }

    /// The values of one row.
    func row(_ row: Int) -> ArraySlice<Double> { values[places(ofRow: row)] }
}

extension [ScoreBlock] {
    /// Takes the softmax of a row of several rectangles together, in place of its values and times `weight`.
    ///
    /// - Returns: the logarithm of the sum of the exponentials.
    mutating func softmax(ofRow row: Int, _ blocks: Range<Int>, weight: Double) -> Double {
        let logarithm = LogSumExp.of(blocks.map { self[$0].row(row) }.joined())
        for block in blocks {
            for place in self[block].places(ofRow: row) {
                self[block].values[place] = weight * exp(self[block].values[place] - logarithm)
            }
        }
        return logarithm
    }
}

extension EmbeddingRows {
    /// Writes the gradients of all columns from the derivatives by all similarities that the loss looked at.
    func writeGradients(from blocks: [ScoreBlock], to gradients: [MatrixView]) {
        guard !gradients.isEmpty else { return }
        let scratch = UnsafeMutablePointer<Double>.allocate(capacity: width)
        defer { scratch.deallocate() }
        for row in 0..<columns.count * batch {
            writeGradient(of: row, scratch: scratch, to: gradients[row / batch][row % batch]) { add in
                for block in blocks {
                    if block.left.contains(row) {
                        for (derivative, other) in zip(block.row(row - block.left.lowerBound), block.right) {
                            add(derivative, other)
                        }
                    }
                    guard block.right.contains(row) else { continue }
                    let column = row - block.right.lowerBound
                    for (index, other) in block.left.enumerated() {
                        add(block.values[index * block.right.count + column], other)
                    }
                }
            }
        }
    }
}
