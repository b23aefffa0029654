/// A tensor of an ONNX file before anybody asked for its elements.
struct ONNXTensor {
    /// Where the elements are.
    enum Elements {
        /// As they are in memory, in this file.
        case raw(FileBytes)
        /// As they are in memory, in another file.
        case external([String: String])
        /// Varints: packed runs and single ones, in their order.
        case varints(chunks: [FileBytes], single: [UInt64])
        /// Numbers of fixed size: packed runs, and single ones already in the order of memory.
        case fixed(chunks: [FileBytes], single: [UInt8])
        case none
    }

    var name = ""
    var dimensions: [Int] = []
    /// `TensorProto.DataType`.
    var dataType = 0
    var elements = Elements.none
    /// Where it begins in the file.
    var offset = 0

    /// The element type; nil for strings, complex numbers and types of less than a byte.
    var elementType: ElementType? { Self.elementTypes[dataType] }

    private static let elementTypes: [Int: ElementType] = [
        1: .f32, 2: .u8, 3: .i8, 4: .u16, 5: .i16, 6: .i32, 7: .i64, 9: .bool, 10: .f16, 11: .f64, 12: .u32, 13: .u64,
        16: .bf16,
    ]

    /// Describes where the elements lie; only varints are unpacked into memory of their own, at most eight bytes for each byte
    /// of the file.
    func stored(in file: FileBytes, external: ONNXExternalData) throws(ModelFileError) -> StoredTensor {
        guard let elementType else {
            throw file.failure(
                .unsupported, at: offset, subject: "tensor \(name)", "its elements are of ONNX type \(dataType)",
                advice: "Export the model with float32 or float16 weights")
        }
        let bytes: FileBytes
        switch elements {
        case .raw(let data): bytes = data
        case .external(let location): bytes = try external.bytes(location, for: self, in: file)
        case .varints(let chunks, let single): bytes = try unpack(chunks, single, elementType, in: file)
        case .fixed(let chunks, let single):
            if chunks.count == 1, single.isEmpty {
                bytes = chunks[0]
            } else {
                bytes = FileBytes(chunks.flatMap { $0.array() } + single, path: file.path)
            }
        case .none: bytes = FileBytes([], path: file.path)
        }
        let (byteCount, overflow) = (StoredTensor.elementCount(dimensions) ?? -1)
            .multipliedReportingOverflow(by: elementType.byteCount)
        guard !overflow, byteCount == bytes.count else {
            throw file.failure(
                .malformed, at: offset, subject: "tensor \(name)",
                "shape \(dimensions) of \(elementType.rawValue) does not take the \(bytes.count) bytes that are given",
                advice: "The file is damaged: fetch or export it again")
        }
        return try StoredTensor(name: name, elementType: elementType, shape: dimensions, bytes: bytes)
    }

    private func unpack(
        _ chunks: [FileBytes], _ single: [UInt64], _ elementType: ElementType, in file: FileBytes
    ) throws(ModelFileError) -> FileBytes {
        let width = elementType.byteCount
        var unpacked: [UInt8] = []
        func append(_ value: UInt64) {
            // Smaller types travel as int32, sign extended: their low bytes are the value.
            withUnsafeBytes(of: value.littleEndian) { unpacked.append(contentsOf: $0.prefix(width)) }
        }
        for chunk in chunks {
            let isComplete = chunk.withUnsafeBytes { bytes in
                var position = 0
                while position < bytes.count {
                    let (value, length) = ProtobufReader.varint(bytes, at: position)
                    guard length > 0 else { return false }
                    append(value)
                    position += length
                }
                return true
            }
            guard isComplete else {
                throw file.malformed(at: offset, "the last number of tensor \(name.debugDescription) is cut off")
            }
        }
        for value in single { append(value) }
        return FileBytes(unpacked, path: file.path)
    }
}
