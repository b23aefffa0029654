import ModelFiles
import Tensors

/// Keeps the file of a tensor mapped while its bytes are used where they are.
final class MappedTensor: Sendable {
    private let tensor: StoredTensor

    init(_ tensor: StoredTensor) {
        self.tensor = tensor
    }

    /// Where the tensor's bytes are, if they lie in a mapped file, in order and in this machine's byte order.
    private var start: UnsafeRawPointer? {
        #if _endian(little)
            guard tensor.isContiguous, tensor.bytes.isMapped, tensor.elementCount > 0 else { return nil }
            return tensor.bytes.withUnsafeBytes { bytes in bytes.baseAddress.map { $0 + tensor.byteOffset } }
        #else
            return nil
        #endif
    }

    /// The bytes as whole floats of memory, whatever they mean; nil if they are not where floats can be.
    func memory() -> FloatBuffer? {
        guard let start, tensor.byteCount.isMultiple(of: MemoryLayout<Float>.size),
            Int(bitPattern: start).isMultiple(of: MemoryLayout<Float>.alignment)
        else { return nil }
        return FloatBuffer(
            reading: start.assumingMemoryBound(to: Float.self), count: tensor.byteCount / MemoryLayout<Float>.size,
            keptBy: self)
    }

    /// The values of a float32 tensor.
    var floats: FloatBuffer? { tensor.elementType == .f32 && tensor.rowScales == nil ? memory() : nil }

    /// The rows of a matrix in a type of which rows can be read where they are.
    var rows: StoredRows? {
        guard let start, tensor.shape.count == 2 else { return nil }
        let storage: StoredRows.Storage
        var scales: UnsafeRawPointer?
        switch tensor.elementType {
        case .f32 where tensor.rowScales == nil: storage = .f32
        case .bf16 where tensor.rowScales == nil: storage = .bf16
        case .i8:
            guard let stored = tensor.rowScales, stored.isMapped else { return nil }
            storage = .int8
            scales = stored.withUnsafeBytes { $0.baseAddress }
        default: return nil
        }
        return StoredRows(
            start, scales: scales, storage: storage, rows: tensor.shape[0], width: tensor.shape[1], keptBy: self)
    }
}
