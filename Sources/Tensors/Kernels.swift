package import CKernels

/// The numeric kernels of one build, with shapes checked: the Swift face of `CKernels`.
///
/// A row of a result is computed in an order that depends on the row's shape only, so it has the same bits alone, in any
/// batch and on any thread. Different builds differ by rounding.
public struct Kernels: @unchecked Sendable {
    package let table: UnsafePointer<ck_kernels>

    /// The build that this process uses.
    public static let active = Kernels(table: ck_active())

    private init(table: UnsafePointer<ck_kernels>) {
        self.table = table
    }

    /// A certain build, or nil where it cannot run.
    public init?(_ variant: KernelVariant) {
        guard let table = ck_kernels_for(ck_variant(rawValue: variant.rawValue)) else { return nil }
        self.table = table
    }

    /// Which build this is.
    public var variant: KernelVariant { KernelVariant(rawValue: table.pointee.variant.rawValue) ?? .portable }

    /// Instruction sets and register tile, for reports.
    public var detail: String { String(cString: table.pointee.detail) }

    /// One head of one sequence: `out = softmax(scale * Q K^T + relative[i - j]) V`.
    ///
    /// - Parameters:
    ///   - q: [queries][D]; the queries are rows `firstQuery...` of the sequence.
    ///   - k: [keys][D].
    ///   - v: [keys][D]; memory behind each row must be readable up to the next multiple of 32 columns.
    ///   - relative: the centre of a table with `2 * keys - 1` values, or nil.
    ///   - out: [queries][D].
    public func attend(
        q: MatrixView, k: MatrixView, v: MatrixView, scale: Float, relative: UnsafePointer<Float>? = nil,
        firstQuery: Int = 0, into out: MatrixView, workspace: Workspace
    ) {
        let size = q.columns
        precondition(k.columns == size && v.columns == size && out.columns == size, "head sizes differ")
        precondition(k.rows == v.rows && q.rows == out.rows, "row counts differ")
        precondition(relative == nil || firstQuery + q.rows <= k.rows, "queries outside of the sequence")
        let mark = workspace.mark()
        defer { workspace.release(mark) }
        var args = ck_attention_args(
            q: q.base, ldq: q.stride, queries: q.rows, k: k.base, ldk: k.stride, v: v.base, ldv: v.stride,
            keys: k.rows, head_size: size, scale: scale, relative: relative, first_query: firstQuery, out: out.base,
            ldo: out.stride, scratch: workspace.floats(ck_attention_scratch(k.rows, size)), dropout: nil)
        table.pointee.attention(&args)
    }

    /// Layer normalisation of each row: `y = (x + residual - mean) / sqrt(variance + epsilon) * gamma + beta`.
    ///
    /// `y` may be `x`; gamma and beta have as many values as `x` columns.
    public func layerNorm(
        _ x: MatrixView, adding residual: MatrixView? = nil, gamma: FloatBuffer, beta: FloatBuffer, epsilon: Float,
        into y: MatrixView
    ) {
        precondition(x.rows == y.rows && x.columns == y.columns, "shapes differ")
        precondition(gamma.count == x.columns && beta.count == x.columns, "gamma and beta have one value per column")
        precondition(
            residual.map { $0.rows == x.rows && $0.columns == x.columns } ?? true, "residual has another shape")
        table.pointee.layer_norm(
            x.base, x.stride, residual?.base, residual?.stride ?? 0, gamma.base, beta.base, epsilon, y.base, y.stride,
            x.rows, x.columns, MatrixPrecision.fp32.kernel, nil, nil)
    }

    /// The same, and in the same pass over the rows what `input(_:for:workspace:)` makes of `y`.
    public func layerNorm(
        _ x: MatrixView, gamma: FloatBuffer, beta: FloatBuffer, epsilon: Float, into y: MatrixView,
        inputFor weight: PackedMatrix, workspace: Workspace
    ) -> ProductInput {
        guard workspace.observer == nil, var operand = operand(rows: y.rows, for: weight, workspace: workspace) else {
            layerNorm(x, gamma: gamma, beta: beta, epsilon: epsilon, into: y)
            return input(y, for: weight, workspace: workspace)
        }
        precondition(x.rows == y.rows && x.columns == y.columns, "shapes differ")
        precondition(gamma.count == x.columns && beta.count == x.columns, "gamma and beta have one value per column")
        precondition(y.columns == weight.inputs, "\(y.columns) inputs for a matrix of \(weight.inputs)")
        table.pointee.layer_norm(
            x.base, x.stride, nil, 0, gamma.base, beta.base, epsilon, y.base, y.stride, x.rows, x.columns,
            weight.precision.kernel, weight.inverseSmoothing?.base, &operand)
        return ProductInput(operand, for: weight.precision, rows: y.rows, columns: y.columns)
    }

    /// Applies the function to every element, in place.
    public func activate(_ activation: Activation, _ x: MatrixView) {
        table.pointee.activate(activation.kernel, x.base, x.stride, x.rows, x.columns)
    }

    /// Softmax of each row of `scale * x`, in place.
    public func softmax(_ x: MatrixView, scale: Float = 1) {
        table.pointee.softmax(x.base, x.stride, x.rows, x.columns, scale)
    }

    /// Pools the rows of one sequence into one row of as many columns; zeros for no rows.
    ///
    /// - Parameter firstWeight: the weight of the first row in `.weightedMean`; each further row weighs one more.
    public func pool(
        _ reduction: RowReduction, _ x: MatrixView, firstWeight: Int = 1, into y: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(y.count == x.columns, "\(y.count) results for \(x.columns) columns")
        guard let target = y.baseAddress else { return }
        let mode = ck_pool_mode(rawValue: reduction.rawValue)
        table.pointee.pool(mode, x.base, x.stride, x.rows, x.columns, firstWeight, target)
    }

    /// Divides each row by max(its Euclidean norm, epsilon), in place.
    public func l2Normalize(_ x: MatrixView, epsilon: Float = 1e-12) {
        table.pointee.l2_normalize(x.base, x.stride, x.rows, x.columns, epsilon)
    }

    /// Dot product of two vectors of equal length.
    public func dot(_ x: UnsafeBufferPointer<Float>, _ y: UnsafeBufferPointer<Float>) -> Float {
        precondition(x.count == y.count, "vectors of \(x.count) and \(y.count) values")
        guard let a = x.baseAddress, let b = y.baseAddress else { return 0 }
        return table.pointee.dot(a, b, x.count)
    }

    /// Whether the matrix has no infinite value and no NaN.
    public func allFinite(_ x: MatrixView) -> Bool {
        table.pointee.all_finite(x.base, x.stride, x.rows, x.columns)
    }

    /// `out = tokens[id] + types[type] + positions[position]`, row by row.
    ///
    /// Ids must be inside their tables.
    package func embed(
        tokens: UnsafePointer<Float>, ids: UnsafePointer<Int32>, types: FloatBuffer?, typeIDs: UnsafePointer<Int32>?,
        positions: FloatBuffer?, positionIDs: UnsafePointer<Int32>?, into out: MatrixView
    ) {
        table.pointee.embed(
            tokens, ids, types?.base, typeIDs, positions?.base, positionIDs, out.columns, out.rows, out.base,
            out.stride)
    }

    /// Operations per second of one core that does nothing but this build's multiply-add for a precision.
    ///
    /// The yardstick of the benchmarks; runs for about `seconds`.
    public func measuredPeak(_ precision: MatrixPrecision = .fp32, seconds: Double = 0.2) -> Double {
        ck_peak_flops(table.pointee.variant, precision.kernel, seconds)
    }
}
/// How the rows of a sequence become one row.
public enum RowReduction: UInt32, Sendable, Hashable, CaseIterable {
    /// Sum / number of rows.
    case mean = 0
    /// Sum / square root of the number of rows.
    case meanSqrtLength = 1
    /// Largest value per column.
    case max = 2
    /// Weighted mean with weights that grow by one per row.
    case weightedMean = 3
}
