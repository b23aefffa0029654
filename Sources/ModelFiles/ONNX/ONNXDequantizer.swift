/// Turns quantised weights back into float32: `(q - zero point) * scale`, as DequantizeLinear does.
///
/// Source: operator DequantizeLinear of ONNX 13; `onnxruntime/python/tools/quantization` for the names of its initialisers.
enum ONNXDequantizer {
    /// A tensor of eight-bit weights with its parameters.
    ///
    /// - Parameters:
    ///   - scale: one float for all, or one for each index of `axis`.
    ///   - zeroPoint: like `scale`, of the type of `weights`; 0 if nil.
    ///   - axis: which dimension has its own scales.
    static func dequantize(
        _ weights: StoredTensor, scale: StoredTensor, zeroPoint: StoredTensor?, axis: Int, named name: String
    ) throws(ModelFileError) -> StoredTensor {
        func fault(_ reason: String) -> ModelFileError {
            weights.bytes.failure(
                .unsupported, subject: "tensor \(weights.name)", reason,
                advice: "Use the original float32 or float16 model: Needletail quantises it by itself")
        }
        guard weights.elementType == .i8 || weights.elementType == .u8 else {
            throw fault("it is quantised to \(weights.elementType.rawValue)")
        }
        guard scale.elementType == .f32, scale.shape.count <= 1,
            zeroPoint.map({ $0.elementType == weights.elementType && $0.elementCount == scale.elementCount }) ?? true
        else { throw fault("its scales and zero points are not one float32 and one integer each") }
        let scales = try scale.floats()
        let zeroPoints = try zeroPoint?.floats() ?? [Float](repeating: 0, count: scales.count)
        let axisLength = weights.shape.indices.contains(axis) ? weights.shape[axis] : 1
        guard scales.count == 1 || scales.count == axisLength else {
            throw fault("it has \(scales.count) scales for shape \(weights.shape)")
        }
        var values = try weights.floats()
        if scales.count == 1 {
            for index in values.indices { values[index] = (values[index] - zeroPoints[0]) * scales[0] }
        } else {
            // How many neighbours in memory share a scale.
            let run = weights.shape[(axis + 1)...].reduce(1, *)
            for index in values.indices {
                let channel = index / run % axisLength
                values[index] = (values[index] - zeroPoints[channel]) * scales[channel]
            }
        }
        let bytes = values.withUnsafeBytes { [UInt8]($0) }
        return try StoredTensor(
            name: name, elementType: .f32, shape: weights.shape, bytes: FileBytes(bytes, path: weights.bytes.path))
    }
}
