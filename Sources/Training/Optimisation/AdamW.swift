package import Tensors
package import TrainableEncoders

/// AdamW over all parameters of a model (Loshchilov & Hutter 2019), as `torch.optim.AdamW` computes it.
///
/// Weight decay leaves out what ``ParameterSet/Parameter/decays`` leaves out. Without decay, rows of tables that never had a gradient
/// are not visited: nothing would change.
package final class AdamW {
    /// The moving average of the gradients, in the layout of the parameters.
    package let first: FloatBuffer
    /// The moving average of their squares.
    package let second: FloatBuffer
    private let parameters: ParameterSet
    private let beta1: Double
    private let beta2: Double
    private let epsilon: Double
    private let decay: Double

    /// Floats that a thread takes at a time.
    private static let block = 1 << 16

    /// An optimiser before its first step.
    package init(_ parameters: ParameterSet, beta1: Double, beta2: Double, epsilon: Double, decay: Double) {
        self.parameters = parameters
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.decay = decay
        first = FloatBuffer(count: parameters.values.count)
        second = FloatBuffer(count: parameters.values.count)
    }

    /// Takes a step along the gradients.
    ///
    /// - Parameters:
    ///   - step: 1 for the first.
    ///   - ownRates: rates of parameters that have another one, by their numbers.
    ///   - gradientScale: what gradients are multiplied with first.
    package func step(
        _ step: Int, rate: Double, ownRates: [Int: Double] = [:], gradientScale: Double, kernels: Kernels = .active,
        pool: WorkerPool
    ) {
        var pieces: [Piece] = []
        for (number, parameter) in parameters.parameters.enumerated() {
            let decay = parameter.decays ? self.decay : 0
            let rate = ownRates[number] ?? rate
            let rows = decay == 0 ? parameters.activeRows(of: number) : .all(parameter.rows)
            for range in Self.ranges(of: rows, in: parameter) {
                for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.block) {
                    pieces.append(
                        Piece(range: start..<min(range.upperBound, start + Self.block), rate: rate, decay: decay))
                }
            }
        }
        let work = Work(
            pieces: pieces, values: parameters.values, gradients: parameters.gradients, first: first, second: second)
        let (beta1, beta2, epsilon) = (beta1, beta2, epsilon)
        let portion = 16
        pool.run((pieces.count + portion - 1) / portion) { index, _ in
            for piece in work.pieces[index * portion..<min(work.pieces.count, (index + 1) * portion)] {
                let start = piece.range.lowerBound
                kernels.adamW(
                    AdamWStep(
                        rate: piece.rate, beta1: beta1, beta2: beta2, epsilon: epsilon, decay: piece.decay, step: step,
                        gradientScale: gradientScale),
                    values: work.values.base + start, gradients: work.gradients.base + start,
                    first: work.first.base + start, second: work.second.base + start, count: piece.range.count)
            }
        }
    }

    /// The rows as ranges of the buffers: neighbours together.
    private static func ranges(of rows: RowSelection, in parameter: ParameterSet.Parameter) -> [Range<Int>] {
        guard case .some(let rows) = rows else { return [parameter.range] }
        let (start, width) = (parameter.range.lowerBound, parameter.rowWidth)
        var ranges: [Range<Int>] = []
        for row in rows {
            let range = start + Int(row) * width..<start + (Int(row) + 1) * width
            if let last = ranges.last, last.upperBound == range.lowerBound {
                ranges[ranges.count - 1] = last.lowerBound..<range.upperBound
            } else {
                ranges.append(range)
            }
        }
        return ranges
    }

    /// Notes the rows of tables that have moments, once these were read from a checkpoint.
    package func activateRows() {
        for (number, parameter) in parameters.parameters.enumerated() where parameter.isTable {
            let width = parameter.rowWidth
            let rows = (0..<parameter.rows).filter { row in
                let range = parameter.range.lowerBound + row * width..<parameter.range.lowerBound + (row + 1) * width
                return range.contains { first.base[$0] != 0 || second.base[$0] != 0 }
            }
            parameters.activate(.some(rows.map { Int32($0) }), of: number)
        }
    }

    private struct Piece: Sendable {
        let range: Range<Int>
        let rate: Double
        let decay: Double
    }

    private struct Work: Sendable {
        let pieces: [Piece]
        let values: FloatBuffer
        let gradients: FloatBuffer
        let first: FloatBuffer
        let second: FloatBuffer
    }
}

/// What gradients are multiplied with so that their norm is at most `maximum`, as `torch.nn.utils.clip_grad_norm_` does it.
///
/// - Parameter maximum: 0 leaves them alone.
package func clippingFactor(norm: Double, maximum: Double) -> Double {
    maximum > 0 ? min(1, maximum / (norm + 1e-6)) : 1
}
