import CKernels
import Tensors

/// A query made ready for the rows of a field: its values, rounded values, and how results become distances.
///
/// Not for several threads at once.
final class Probe {
    let field: VectorField
    private let table: ck_distances
    /// The space that distances are of; other than the field's where a script asks for it.
    let space: VectorSpace
    private let memory: AlignedMemory
    /// Values: float32, signed bytes, or bits.
    private let values: UnsafeMutableRawPointer
    private let codes: UnsafeMutablePointer<Int8>
    private var integers: [Int32] = []
    private var inverseNorm: Float = 0
    private var code = ck_code_query()
    private var bound = ck_code_query()

    /// - Parameter space: of the distances; goes with the field's elements.
    init(field: VectorField, space: VectorSpace? = nil, kernels: Kernels = .active) {
        self.field = field
        self.space = space ?? field.space
        table = kernels.table.pointee.distances
        let valueSize = (max(field.rowSize, field.codeSize) + 63) / 64 * 64
        memory = AlignedMemory(count: valueSize + field.codeSize)
        values = memory.base
        codes = (memory.base + valueSize).assumingMemoryBound(to: Int8.self)
    }

    /// Whether distances can be had from rounded rows first.
    var usesCodes: Bool { field.hasCodes && space == field.space }

    /// Takes another query, whose values were checked.
    func load(_ vector: [Float], largestNorm: Float) {
        vector.withUnsafeBufferPointer { load($0.baseAddress!, largestNorm: largestNorm) }
    }

    private func load(_ vector: UnsafePointer<Float>, largestNorm: Float) {
        switch field.element {
        case .float: loadFloats(vector, largestNorm: largestNorm)
        case .byte:
            let bytes = values.assumingMemoryBound(to: Int8.self)
            var squares = 0
            for i in 0..<field.dimension {
                bytes[i] = Int8(truncatingIfNeeded: Int(vector[i]))
                squares += Int(bytes[i]) * Int(bytes[i])
            }
            inverseNorm = Float(1 / Double(squares).squareRoot())
        case .binary: RowEncoding.write(vector, of: field, to: values)
        }
    }

    private func loadFloats(_ vector: UnsafePointer<Float>, largestNorm: Float) {
        let n = field.dimension
        values.copyMemory(from: vector, byteCount: 4 * n)
        let norm = RowEncoding.norm(values, of: field)
        inverseNorm = 1 / norm
        guard usesCodes else { return }
        var rest: Float = 0
        let unsigned = UnsafeMutableRawPointer(codes).assumingMemoryBound(to: UInt8.self)
        let scale = ck_encode_row(vector, n, unsigned, field.codeSize, &rest)
        code.query_sum = ck_codes_as_query(unsigned, field.codeSize, codes)
        code.query = UnsafePointer(codes)
        code.base = 0
        switch space {
        case .l2:
            code.base = norm * norm
            code.weight = -2 * scale
        case .cosinesimil:
            code.base = 1
            code.weight = -scale * inverseNorm
        default: code.weight = -scale
        }
        // |x.y - x'.y'| <= |x - x'| |y| + |x'| |y - y'|; twice that for l2. What float32 rounds on the way, in both ways to
        // a distance, stays below (n + 16) units of the last place of |x| |y|, or of (|x| + |y|)^2.
        let unit = Float(n + 16) * 1.2e-7
        let largest = space == .cosinesimil ? 1.0001 : largestNorm
        let size = space == .cosinesimil ? 1.0001 : norm
        let restSize = space == .cosinesimil ? rest * inverseNorm * 1.0001 : rest
        let factor: Float = space == .l2 ? 2 : 1
        bound = code
        bound.error_weight = factor * (size + restSize)
        let rounding = space == .l2 ? (largest + size) * (largest + size) : largest * size
        bound.base -= factor * largest * restSize + 4 * unit * rounding + 1e-30
    }

    /// Takes a stored row as the query, for distances between rows.
    func load(row: Int, of rows: VectorRows) {
        guard let codes = rows.codes else { return loadValues(row: row, of: rows) }
        code.query_sum = ck_codes_as_query(codes + row * field.codeSize, field.codeSize, self.codes)
        code.query = UnsafePointer(self.codes)
        let scale = rows.scales![row], norm = rows.norms![row]
        switch field.space {
        case .l2:
            code.base = norm * norm
            code.weight = -2 * scale
        case .cosinesimil:
            code.base = 1
            code.weight = -scale
        default:
            code.base = 0
            code.weight = -scale
        }
    }

    private func loadValues(row: Int, of rows: VectorRows) {
        guard let value = rows.value(row) else { return }
        switch field.element {
        case .byte:
            _ = ck_codes_as_query(
                value.assumingMemoryBound(to: UInt8.self), field.codeSize, values.assumingMemoryBound(to: Int8.self))
        case .float, .binary: values.copyMemory(from: value, byteCount: field.rowSize)
        }
        if let norms = rows.norms { inverseNorm = 1 / norms[row] }
    }

    /// Distances to rows, by their codes where there are some: near the exact ones, and cheap.
    @inline(__always)
    func near(
        _ rows: VectorRows, ids: UnsafePointer<UInt32>?, first: Int = 0, count: Int,
        into out: UnsafeMutablePointer<Float>
    ) {
        guard count > 0 else { return }
        guard usesCodes, let codes = rows.codes else {
            return exact(rows, ids: ids, first: first, count: count, into: out)
        }
        code.scales = rows.scales
        code.norms = space == .l2 ? rows.norms : nil
        var list = ck_row_list(rows: codes, stride: field.codeSize, ids: ids, first: first, count: count)
        table.codes(&code, &list, out)
    }

    /// What no distance to these rows is below: the exact distance, as ``exact(_:ids:first:count:into:)`` computes it, is at least
    /// this.
    ///
    /// Only with codes.
    func lowerBounds(
        _ rows: VectorRows, ids: UnsafePointer<UInt32>?, first: Int = 0, count: Int,
        into out: UnsafeMutablePointer<Float>
    ) {
        bound.scales = rows.scales
        bound.errors = rows.errors
        bound.norms = space == .l2 ? rows.norms : nil
        var list = ck_row_list(rows: rows.codes, stride: field.codeSize, ids: ids, first: first, count: count)
        table.codes(&bound, &list, out)
    }

    /// Distances to rows by their values.
    func exact(
        _ rows: VectorRows, ids: UnsafePointer<UInt32>?, first: Int = 0, count: Int,
        into out: UnsafeMutablePointer<Float>
    ) {
        guard count > 0 else { return }
        var list = ck_row_list(rows: rows.values, stride: field.rowSize, ids: ids, first: first, count: count)
        if field.element == .float {
            table.floats(comparison, values.assumingMemoryBound(to: Float.self), &list, field.dimension, out)
        } else {
            if integers.count < count { integers = [Int32](repeating: 0, count: count) }
            integers.withUnsafeMutableBufferPointer { buffer in
                if field.element == .byte {
                    table.bytes(
                        comparison, values.assumingMemoryBound(to: Int8.self), &list, field.dimension,
                        buffer.baseAddress!)
                } else {
                    table.bits(values.assumingMemoryBound(to: UInt8.self), &list, field.rowSize, buffer.baseAddress!)
                }
                for i in 0..<count { out[i] = Float(buffer[i]) }
            }
        }
        switch space {
        case .innerproduct:
            // Sums of huge values of both signs may be no number: as far away as can be, then.
            for i in 0..<count { out[i] = out[i].isNaN ? .infinity : -out[i] }
        case .cosinesimil:
            for i in 0..<count {
                let norm = rows.norms.map { $0[ids.map { Int($0[i]) } ?? first + i] } ?? 0
                let cosine = norm > 0 ? out[i] * inverseNorm / norm : 0
                out[i] = 1 - min(1, max(-1, cosine))
            }
        default: break
        }
    }

    private var comparison: ck_comparison {
        switch space {
        case .l2: CK_SQUARES
        case .l1: CK_ABSOLUTE
        case .linf: CK_LARGEST
        case .cosinesimil, .innerproduct, .hamming: CK_PRODUCT
        }
    }
}
