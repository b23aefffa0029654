import CKernels
import Tensors

/// What searching needs of vectors that are not written yet: codes, norms, and values side by side where there are no codes.
final class PreparedRows: @unchecked Sendable {
    private let memory: AlignedMemory
    let rows: VectorRows

    /// - Parameter values: where each row lies.
    init(field: VectorField, values: [UnsafeRawPointer], pool: WorkerPool?) {
        let count = values.count
        let rowSize = field.hasCodes ? field.codeSize : field.rowSize
        let start = (count * rowSize + 63) / 64 * 64
        memory = AlignedMemory(count: start + 3 * 4 * count)
        let base = memory.base
        let floats = (base + start).assumingMemoryBound(to: Float.self)
        let norms = floats, scales = floats + count, errors = floats + 2 * count
        var rows = VectorRows(field: field, count: count)
        let grain = 256
        nonisolated(unsafe) let sources = values
        nonisolated(unsafe) let table = (norms: norms, scales: scales, errors: errors, base: base)
        let fill: @Sendable (Int) -> Void = { index in
            for row in index * grain..<min(count, (index + 1) * grain) {
                let place = table.base + row * rowSize
                table.norms[row] = RowEncoding.norm(sources[row], of: field)
                guard field.hasCodes else {
                    place.copyMemory(from: sources[row], byteCount: rowSize)
                    continue
                }
                var rest: Float = 0
                let scale = ck_encode_row(
                    sources[row].assumingMemoryBound(to: Float.self), field.dimension,
                    place.assumingMemoryBound(to: UInt8.self), rowSize, &rest)
                // A norm that is too small for float32 is 0 (on threads that flush such numbers): no direction, then.
                let divisor = field.space == .cosinesimil && table.norms[row] > 0 ? table.norms[row] : 1
                table.scales[row] = scale / divisor
                table.errors[row] = rest / divisor * (field.space == .cosinesimil ? 1.000001 : 1)
            }
        }
        let pieces = (count + grain - 1) / grain
        if let pool { pool.run(pieces) { index, _ in fill(index) } } else { for i in 0..<pieces { fill(i) } }
        if field.hasCodes {
            rows.codes = UnsafePointer(base.assumingMemoryBound(to: UInt8.self))
            rows.scales = UnsafePointer(scales)
            rows.errors = UnsafePointer(errors)
        } else {
            rows.values = UnsafeRawPointer(base)
        }
        if field.element != .binary { rows.norms = UnsafePointer(norms) }
        for row in 0..<count { rows.largestNorm = max(rows.largestNorm, norms[row]) }
        self.rows = rows
    }
}
