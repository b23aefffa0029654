import ModelFiles

/// Weights as int8 rows in one safetensors file: a quarter of float32, and all that a folder needs.
///
/// Every matrix of at least ``RowWeights/smallestCount`` elements is stored as ``QuantizedRows``, which readers of the folder multiply out;
/// other floating-point tensors become float32, and other numbers stay as they are. int8 products of a matrix that is read back are exactly
/// those of the stored numbers.
struct RowWeights {
    /// The name of the file, which is the one that is looked for first.
    static let fileName = "model.safetensors"
    /// Smaller matrices are not worth the rounding.
    static let smallestCount = 4096

    private var writer: SafetensorsWriter

    /// Quantises all tensors of a model.
    ///
    /// - Throws: ``EncoderError/Code/notFinite`` for a value that no scale can hold.
    /// - Complexity: Time linear in the size of the weights; holds the quantised ones.
    init(_ weights: WeightArchive) throws(EncoderError) {
        writer = SafetensorsWriter(metadata: weights.metadata.merging(["weights": "int8 rows"]) { $1 })
        for tensor in weights.tensors {
            do throws(ModelFileError) {
                guard tensor.elementType.isFloatingPoint || tensor.rowScales != nil else {
                    try writer.add(tensor)
                    continue
                }
                let values = try tensor.floats()
                guard tensor.shape.count == 2, values.count >= Self.smallestCount else {
                    writer.add(tensor.name, shape: tensor.shape, values)
                    continue
                }
                guard let rows = QuantizedRows(values, rows: tensor.shape[0], columns: tensor.shape[1]) else {
                    throw ModelFileError(
                        .unsupported, path: weights.path, subject: tensor.name,
                        reason: "holds values that are infinite or not numbers",
                        advice: "Check the weights of the model; no scale can hold these")
                }
                writer.add(tensor.name, rows)
            } catch {
                throw EncoderError(error)
            }
        }
    }

    /// Writes the file into a folder: all of it or nothing.
    func write(to folder: String) throws(EncoderError) {
        do throws(ModelFileError) { try writer.write(to: folder + "/" + Self.fileName) } catch {
            throw EncoderError(writing: error)
        }
    }
}
