import Layers
import ModelFiles
import Tensors

/// Collects packed matrices and writes the file that `PackedWeights` reads.
struct PackedWeightsWriter {
    private var writer = SafetensorsWriter(metadata: ["format": "needletail-int8"])

    init() {
        writer.alignment = 64
    }

    /// Adds an int8 matrix.
    mutating func add(_ matrix: PackedMatrix, _ name: PackedMatrixName) {
        precondition(matrix.precision == .int8, "only int8 matrices are stored packed")
        let perPanel = matrix.panels.count / max(1, matrix.panelCount) * MemoryLayout<Float>.size
        writer.add("\(name).panels", shape: [matrix.panelCount, perPanel], bytes: Self.bytes(matrix.panels), as: .u8)
        let width = matrix.panelCount * PackedMatrix.panelWidth
        if let scale = matrix.columnScale {
            writer.add("\(name).column_scale", shape: [width], bytes: Self.bytes(scale), as: .f32)
        }
        if let smoothing = matrix.inverseSmoothing {
            let padded = PackedWeights.padded(matrix.inputs)
            let factors = Array(smoothing.values) + [Float](repeating: 1, count: padded - matrix.inputs)
            writer.add("\(name).inverse_smoothing", shape: [padded], factors)
        }
        if let bias = matrix.bias {
            writer.add("\(name).bias", shape: [width], bytes: Self.bytes(bias), as: .f32)
        }
    }

    /// Adds the token table as int8 rows with one scale each: a quarter of float32, and exact where it was stored so.
    ///
    /// - Throws: ``EncoderError/Code/notFinite`` for a value that no scale can hold.
    mutating func add(_ table: EmbeddingTable, path: String) throws(EncoderError) {
        var numbers: [UInt8] = []
        var scales: [Float] = []
        let padded = PackedWeights.paddedRows(table.rows)
        numbers.reserveCapacity(padded * table.width)
        for first in stride(from: 0, to: table.rows, by: 1024) {
            let rows = first..<min(first + 1024, table.rows)
            guard let part = QuantizedRows(table.floats(rows), rows: rows.count, columns: table.width) else {
                throw EncoderError(
                    .notFinite, "the word embeddings hold values that are infinite or not numbers",
                    advice: "Use the original weights", path: path)
            }
            numbers += part.numbers.map { UInt8(bitPattern: $0) }
            scales += part.scales
        }
        let name = PackedMatrixName.tokenTable
        numbers += [UInt8](repeating: 0, count: (padded - table.rows) * table.width)
        writer.add(name, shape: [padded, table.width], bytes: numbers, as: .i8)
        writer.add(name + "_scale", shape: [padded], scales + [Float](repeating: 0, count: padded - table.rows))
    }

    /// Writes the file: all of it or nothing.
    func write(to path: String) throws(EncoderError) {
        do throws(ModelFileError) { try writer.write(to: path) } catch { throw EncoderError(writing: error) }
    }

    private static func bytes(_ buffer: FloatBuffer) -> [UInt8] {
        [UInt8](UnsafeRawBufferPointer(UnsafeBufferPointer(buffer.values)))
    }
}
