public import Tensors

extension ParameterSet {
    /// How many floats are summed at a time, whoever does it.
    private static let block = 1 << 16

    /// The Euclidean length of all gradients together.
    ///
    /// In a fixed order: the same for any number of threads. O(parameters), of tables only the rows that have a gradient.
    public func gradientNorm(kernels: Kernels = .active, pool: WorkerPool) -> Double {
        var pieces: [(start: UnsafePointer<Float>, count: Int)] = []
        for (number, parameter) in parameters.enumerated() {
            let gradient = UnsafePointer(gradients.base + parameter.range.lowerBound)
            switch touchedRows(of: number) {
            case .all:
                for start in stride(from: 0, to: parameter.range.count, by: Self.block) {
                    pieces.append((gradient + start, min(Self.block, parameter.range.count - start)))
                }
            case .some(let rows):
                let width = parameter.rowWidth
                pieces += rows.map { (gradient + Int($0) * width, width) }
            }
        }
        let sums = SharedSums(count: pieces.count)
        let work = SharedPieces(pieces)
        let step = 64
        pool.run((pieces.count + step - 1) / step) { index, _ in
            for number in index * step..<min((index + 1) * step, work.pieces.count) {
                let piece = work.pieces[number]
                sums.values[number] = kernels.sumOfSquares(piece.start, count: piece.count)
            }
        }
        return withExtendedLifetime(gradients) { sums.total().squareRoot() }
    }
}

/// Pieces of memory that threads read.
private final class SharedPieces: @unchecked Sendable {
    let pieces: [(start: UnsafePointer<Float>, count: Int)]
    init(_ pieces: [(start: UnsafePointer<Float>, count: Int)]) { self.pieces = pieces }
}

/// Sums that threads write, each its own.
private final class SharedSums: @unchecked Sendable {
    let values: UnsafeMutableBufferPointer<Double>

    init(count: Int) {
        values = .allocate(capacity: count)
        values.initialize(repeating: 0)
    }

    deinit { values.deallocate() }

    func total() -> Double { values.reduce(0, +) }
}
