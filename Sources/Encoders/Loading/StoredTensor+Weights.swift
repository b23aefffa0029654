import Layers
import ModelFiles
import Tensors

extension StoredTensor {
    /// All values as float32; an infinite one or NaN is an error that names the tensor.
    func weights() throws(EncoderError) -> [Float] {
        let values: [Float]
        do throws(ModelFileError) { values = try floats() } catch { throw EncoderError(error) }
        try values.withUnsafeBufferPointer { (values) throws(EncoderError) in try checkFinite(values) }
        return values
    }

    /// The rows of a table [V][H], left in the mapped file if they are stored as float32, bfloat16 or int8 with a scale a row.
    ///
    /// For large tables of which a text reads a few rows: nothing is copied, and rows that no text asks for are never
    /// read from disk. Such values are not checked; the network's results are.
    func table() throws(EncoderError) -> EmbeddingTable {
        let width = shape.last ?? 0
        guard shape.count == 2, width > 0 else { return EmbeddingTable(try buffer(), width: max(1, width)) }
        let keeper = MappedTensor(self)
        if let floats = keeper.floats { return EmbeddingTable(floats, width: width) }
        if let rows = keeper.rows { return EmbeddingTable(rows, count: shape[0]) }
        return EmbeddingTable(try buffer(), width: width)
    }

    /// All values as float32 in memory of their own.
    func buffer() throws(EncoderError) -> FloatBuffer {
        let buffer = FloatBuffer(count: elementCount)
        do throws(ModelFileError) { try copyFloats(to: buffer.values) } catch { throw EncoderError(error) }
        try checkFinite(UnsafeBufferPointer(buffer.values))
        return buffer
    }

    func checkFinite(_ values: UnsafeBufferPointer<Float>) throws(EncoderError) {
        guard let start = values.baseAddress else { return }
        let view = MatrixView(UnsafeMutablePointer(mutating: start), rows: 1, columns: values.count)
        guard Kernels.active.allFinite(view) else {
            throw EncoderError(
                .notFinite, "holds values that are infinite or not numbers", advice: "Use the original weights",
                path: bytes.path, tensor: name)
        }
    }
}
