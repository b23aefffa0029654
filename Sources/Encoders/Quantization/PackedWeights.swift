import Layers
import ModelFiles
import Tensors

/// The file beside a model's own weights that holds its matrices packed, and its token table small.
///
/// A safetensors file whose tensors are multiples of 64 bytes and begin on such a boundary of the file, so that the mapped
/// bytes can be used where they are: loading converts nothing. Panels are int8 and stored as U8. Every size is checked against
/// what the configuration asks for.
struct PackedWeights {
    /// The name of the file in the model folder.
    static let fileName = "needletail.int8.safetensors"

    private let archive: WeightArchive

    /// Opens the file of a model folder and makes sure that it is the one that the record describes; nil if the record tells of none.
    init?(_ folder: ModelFolder, _ record: QuantizationRecord) throws(EncoderError) {
        guard let digest = record.packed else { return nil }
        do throws(ModelFileError) {
            guard let bytes = try folder.file(Self.fileName) else {
                throw ModelFileError(
                    .missing, path: folder.path(of: Self.fileName),
                    reason: "\(QuantizationRecord.fileName) tells of this file, and it is not there",
                    advice: Self.advice)
            }
            archive = try WeightArchive.open(bytes)
        } catch {
            throw EncoderError(
                .modelFile, error.reason, advice: Self.advice, path: error.path, offset: error.offset,
                field: error.subject)
        }
        defer { archive.releasePages() }
        guard archive.fingerprint() == digest.fingerprint else {
            throw EncoderError(
                .modelFile, "is not the file that \(QuantizationRecord.fileName) describes", advice: Self.advice,
                path: archive.path)
        }
    }

    /// Gives the memory of what was read so far back to the system.
    func releasePages() { archive.releasePages() }

    /// The digest of all bytes of all tensors.
    func digest() -> String { archive.digest() }

    /// A matrix of a certain shape.
    func matrix(_ name: PackedMatrixName, _ outputs: Int, _ inputs: Int) throws(EncoderError) -> PackedMatrix {
        let panels = try tensor("\(name).panels")
        guard panels.elementType == .u8 else { throw fault(panels, "is of type \(panels.elementType.rawValue)") }
        let padded = (outputs + PackedMatrix.panelWidth - 1) / PackedMatrix.panelWidth * PackedMatrix.panelWidth
        let floats = PackedMatrix.panelFloats(.int8, outputs: outputs, inputs: inputs)
        let bias = archive["\(name).bias"]
        let smoothing = archive["\(name).inverse_smoothing"]
        let matrix = PackedMatrix(
            outputs: outputs, inputs: inputs, precision: .int8,
            panels: try memory(panels, bytes: floats * MemoryLayout<Float>.size),
            columnScale: try floats32(tensor("\(name).column_scale"), padded),
            inverseSmoothing: try smoothing.map { (tensor) throws(EncoderError) in
                try floats32(tensor, inputs, padded: Self.padded(inputs))
            }, bias: try bias.map { (tensor) throws(EncoderError) in try floats32(tensor, padded) })
        guard let matrix else { throw fault(panels, "has scales, smoothing or bias that do not fit its type") }
        return matrix
    }

    /// The token table [rows][width]; nil if the file has none.
    func tokenTable(rows: Int, width: Int) throws(EncoderError) -> EmbeddingTable? {
        guard let tensor = archive[PackedMatrixName.tokenTable] else { return nil }
        guard tensor.shape == [Self.paddedRows(rows), width] else {
            throw EncoderError(
                .shapeMismatch, "has another shape than the configuration says", advice: Self.advice,
                path: archive.path, tensor: tensor.name, expectedShape: [Self.paddedRows(rows), width],
                actualShape: tensor.shape)
        }
        if let stored = MappedTensor(tensor).rows { return EmbeddingTable(stored, count: rows) }
        // In an archive, or on a machine with another byte order.
        return try tensor.table()
    }

    /// Inputs of a matrix, filled up so that their factors take whole cache lines.
    static func padded(_ inputs: Int) -> Int { (inputs + 15) / 16 * 16 }

    /// Rows of a table, filled up so that it takes whole cache lines whatever the width.
    static func paddedRows(_ rows: Int) -> Int { (rows + 63) / 64 * 64 }

    private func tensor(_ name: String) throws(EncoderError) -> StoredTensor {
        if let tensor = archive[name] { return tensor }
        throw EncoderError(
            .missingTensor, "is missing (the file holds \(archive.names.count) tensors)", advice: Self.advice,
            path: archive.path, tensor: name)
    }

    private func memory(_ tensor: StoredTensor, bytes: Int) throws(EncoderError) -> FloatBuffer {
        guard tensor.isContiguous, tensor.byteCount == bytes else {
            throw fault(tensor, "takes \(tensor.byteCount) bytes where the configuration asks for \(bytes)")
        }
        if let mapped = MappedTensor(tensor).memory() { return mapped }
        // Bytes in memory, or in a file that something else wrote: copied.
        let buffer = FloatBuffer(count: bytes / MemoryLayout<Float>.size)
        tensor.bytes.withUnsafeBytes { source in
            UnsafeMutableRawBufferPointer(buffer.values).copyMemory(
                from: UnsafeRawBufferPointer(rebasing: source[tensor.byteOffset..<tensor.byteOffset + bytes]))
        }
        return buffer
    }

    /// Finite floats, of which the first `count` are wanted.
    private func floats32(_ tensor: StoredTensor, _ count: Int, padded: Int? = nil) throws(EncoderError) -> FloatBuffer
    {
        guard tensor.elementType == .f32 else { throw fault(tensor, "is of type \(tensor.elementType.rawValue)") }
        let buffer = try memory(tensor, bytes: (padded ?? count) * MemoryLayout<Float>.size)
        guard Kernels.active.allFinite(MatrixView(buffer.base, rows: 1, columns: buffer.count)) else {
            throw EncoderError(
                .notFinite, "holds values that are infinite or not numbers", advice: Self.advice, path: archive.path,
                tensor: tensor.name)
        }
        return FloatBuffer(reading: buffer.base, count: count, keptBy: buffer)
    }

    private func fault(_ tensor: StoredTensor, _ reason: String) -> EncoderError {
        EncoderError(
            .shapeMismatch, reason, advice: Self.advice, path: archive.path, tensor: tensor.name)
    }

    static let advice =
        "Make the folder again with `needletail models quantize`, or run the model with precision fp32 or bf16"
}
