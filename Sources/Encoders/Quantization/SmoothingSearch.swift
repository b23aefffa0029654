import Tensors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Finds, for one matrix, how far the range of its input columns should move into the weights before both become int8.
///
/// Factors: `s[c] = amax[c]^alpha / wmax[c]^(1 - alpha)` with the largest input and the largest weight of column c; the one alpha of
/// a small grid (or no smoothing) wins whose quantised product is nearest to float32 on rows that were seen.
/// Source: Xiao et al., "SmoothQuant", arXiv:2211.10438, which has one alpha for all.
struct SmoothingSearch {
    /// The exponents that are tried; nil is no smoothing.
    static let exponents: [Double?] = [nil, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]

    /// The best that was found.
    struct Result: Sendable {
        let matrix: PackedMatrix
        let alpha: Double?
        /// The size of the error of its products, as a share of the size of the products.
        let error: Double
    }

    let weight: PackedMatrix
    let columns: ColumnRecorder.Columns
    let workspace: Workspace

    /// Tries all exponents; nil if no product was finite.
    func best() -> Result? {
        let weightLargest = columnMaxima()
        var best: Result?
        for alpha in Self.exponents {
            let factors = alpha.map { Self.factors(columns.largest, weightLargest, alpha: $0) }
            let matrix = weight.converted(to: .int8, smoothing: factors)
            let result = Result(matrix: matrix, alpha: alpha, error: error(of: matrix))
            if result.error.isFinite, result.error < best?.error ?? .infinity { best = result }
        }
        return best
    }

    /// Positive, finite factors, a thousand apart from 1 at most.
    static func factors(_ inputs: [Float], _ weights: [Float], alpha: Double) -> [Float] {
        // Columns that no text moved (or no weight reads) are treated as small ones, not as zeros.
        let least = { (values: [Float]) in Double(values.max() ?? 0) * 1e-4 + 1e-30 }
        let (leastInput, leastWeight) = (least(inputs), least(weights))
        let logs = zip(inputs, weights).map { input, weight in
            alpha * log(max(Double(input), leastInput))
                - (1 - alpha) * log(max(Double(weight), leastWeight))
        }
        // A common factor changes nothing in the product: the middle of the range becomes 1.
        let middle = logs.isEmpty ? 0 : logs.reduce(0, +) / Double(logs.count)
        return logs.map { Float(exp(min(max($0 - middle, -6.9), 6.9))) }
    }

    /// The error of the products of the rows that were seen with a quantised matrix.
    func error(of matrix: PackedMatrix) -> Double {
        let rows = columns.rows
        guard !rows.isEmpty else { return 0 }
        let mark = workspace.mark()
        defer { workspace.release(mark) }
        let x = workspace.matrix(rows: rows.count, columns: weight.inputs)
        for (number, row) in rows.enumerated() {
            _ = x[number].update(fromContentsOf: row.values)
        }
        let kernels = workspace.kernels
        let (exactInput, input) = (
            kernels.input(x, for: weight, workspace: workspace), kernels.input(x, for: matrix, workspace: workspace)
        )
        var (difference, size) = (0.0, 0.0)
        let chunk = 32
        for first in stride(from: 0, to: weight.panelCount, by: chunk) {
            let panels = first..<min(first + chunk, weight.panelCount)
            let width =
                min(panels.upperBound * PackedMatrix.panelWidth, weight.outputs) - first * PackedMatrix.panelWidth
            let mark = workspace.mark()
            defer { workspace.release(mark) }
            let exact = workspace.matrix(rows: rows.count, columns: width)
            let found = workspace.matrix(rows: rows.count, columns: width)
            kernels.multiply(exactInput, weight, panels: panels, into: exact)
            kernels.multiply(input, matrix, panels: panels, into: found)
            for row in 0..<rows.count {
                var (rowDifference, rowSize) = (Float(0), Float(0))
                let (a, b) = (exact[row], found[row])
                for column in 0..<width {
                    let d = b[column] - a[column]
                    rowDifference += d * d
                    rowSize += a[column] * a[column]
                }
                difference += Double(rowDifference)
                size += Double(rowSize)
            }
        }
        return size > 0 ? (difference / size).squareRoot() : 0
    }

    /// [K] the largest absolute weight of each column.
    private func columnMaxima() -> [Float] {
        var largest = [Float](repeating: 0, count: weight.inputs)
        for first in stride(from: 0, to: weight.outputs, by: 512) {
            let rows = first..<min(first + 512, weight.outputs)
            let values = weight.unpackedRows(rows)
            for row in 0..<rows.count {
                let start = row * weight.inputs
                for column in 0..<weight.inputs { largest[column] = max(largest[column], abs(values[start + column])) }
            }
        }
        return largest
    }
}
