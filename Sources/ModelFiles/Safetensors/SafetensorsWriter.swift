import JSON

/// Collects tensors and writes them as one safetensors file.
///
/// The layout is that of the reference implementation: tensors sorted by the size of their elements, largest first, then by name, without
/// gaps; the header padded with spaces so that every tensor is aligned to its elements, or to more where asked.
public struct SafetensorsWriter: Sendable {
    private enum Body: Sendable {
        case owned([UInt8])
        case stored(StoredTensor)
        case borrowed(Borrowed)

        var count: Int {
            switch self {
            case .owned(let bytes): bytes.count
            case .stored(let tensor): tensor.byteCount
            case .borrowed(let floats): floats.bytes.count
            }
        }
    }

    /// Floats of the caller, who keeps them until the file is written.
    private struct Borrowed: @unchecked Sendable {
        var bytes: UnsafeRawBufferPointer
    }

    private struct Entry: Sendable {
        var name: String
        var type: ElementType
        var shape: [Int]
        var body: Body
    }

    /// Text to go into the header; the default is what PyTorch's tools look for.
    public var metadata: [String: String]
    /// The data begins at a multiple of this many bytes of the file.
    public var alignment = 8
    private var entries: [Entry] = []

    /// Makes a writer without tensors.
    public init(metadata: [String: String] = ["format": "pt"]) {
        self.metadata = metadata
    }

    /// Adds a tensor as it is stored elsewhere, without converting it.
    ///
    /// Scales of quantised rows are written beside it.
    ///
    /// - Throws: ``ModelFileError`` if its elements are not in row-major order.
    public mutating func add(_ tensor: StoredTensor, named name: String? = nil) throws(ModelFileError) {
        let name = name ?? tensor.name
        guard tensor.isContiguous else {
            throw ModelFileError(
                .unsupported, path: tensor.bytes.path, subject: "tensor \(tensor.name)",
                reason: "strides \(tensor.strides) of shape \(tensor.shape) cannot be written",
                advice: "Add its floats instead")
        }
        entries.append(Entry(name: name, type: tensor.elementType, shape: tensor.shape, body: .stored(tensor)))
        if let scales = tensor.rowScales {
            entries.append(
                Entry(name: name + "_scale", type: .f32, shape: [tensor.shape[0]], body: .owned(scales.array())))
        }
    }

    /// Adds floats, stored as they are or rounded to 16 bits.
    ///
    /// - Parameters:
    ///   - values: Row-major, as many as the shape says.
    ///   - type: `f32`, `f16` or `bf16`.
    public mutating func add(_ name: String, shape: [Int], _ values: [Float], as type: ElementType = .f32) {
        precondition(
            StoredTensor.elementCount(shape) == values.count, "\(name): shape \(shape) and \(values.count) values")
        var bytes: [UInt8] = []
        bytes.reserveCapacity(values.count * type.byteCount)
        switch type {
        case .f32:
            for value in values { Self.append(value.bitPattern, to: &bytes) }
        case .f16:
            for value in values { Self.append(FloatConversion.toHalf(value), to: &bytes) }
        case .bf16:
            for value in values { Self.append(FloatConversion.toBrainFloat(value), to: &bytes) }
        default:
            preconditionFailure("floats are stored as f32, f16 or bf16")
        }
        entries.append(Entry(name: name, type: type, shape: shape, body: .owned(bytes)))
    }

    /// Adds floats that stay where they are: they must be valid and unchanged until the file is written.
    ///
    /// - Parameter values: Row-major, as many as the shape says.
    public mutating func add(_ name: String, shape: [Int], borrowing values: UnsafePointer<Float>) {
        guard let count = StoredTensor.elementCount(shape),
            case let (size, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Float>.size), !overflow
        else { preconditionFailure("\(name): the shape \(shape) is impossible") }
        let bytes = UnsafeRawBufferPointer(start: values, count: size)
        entries.append(Entry(name: name, type: .f32, shape: shape, body: .borrowed(Borrowed(bytes: bytes))))
    }

    /// Adds elements as the file holds them: little-endian, row-major.
    public mutating func add(_ name: String, shape: [Int], bytes: [UInt8], as type: ElementType) {
        precondition(
            StoredTensor.elementCount(shape).map { $0 * type.byteCount } == bytes.count,
            "\(name): shape \(shape) of \(type.rawValue) and \(bytes.count) bytes")
        entries.append(Entry(name: name, type: type, shape: shape, body: .owned(bytes)))
    }

    /// Adds a quantised matrix: `name` of type I8 and shape [N, K], and `name_scale` of type F32 and shape [N].
    public mutating func add(_ name: String, _ matrix: QuantizedRows) {
        entries.append(
            Entry(
                name: name, type: .i8, shape: [matrix.rows, matrix.columns],
                body: .owned(matrix.numbers.map { UInt8(bitPattern: $0) })))
        add(name + "_scale", shape: [matrix.rows], matrix.scales)
    }

    private static func append<Value: FixedWidthInteger>(_ value: Value, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// Writes the file: first beside its place, then, when all bytes have reached the disk, by renaming it into place.
    ///
    /// - Throws: ``ModelFileError`` if two tensors have one name, or the system refuses; an older file is then untouched.
    public func write(to path: String) throws(ModelFileError) {
        try write(to: path) { _ in }
    }

    /// Writes the file and digests its bytes on the way.
    ///
    /// - Returns: SHA-256 of the file, hexadecimal.
    package func writeDigested(to path: String) throws(ModelFileError) -> String {
        var hash = SHA256()
        try write(to: path) { hash.add($0) }
        return hash.hexadecimal()
    }

    private func write(to path: String, _ see: (UnsafeRawBufferPointer) -> Void) throws(ModelFileError) {
        let sorted = try sortedEntries(path: path)
        let head = header(sorted)
        try ReplacedFile.write(to: path) { (file) throws(ModelFileError) in
            try head.withUnsafeBufferPointer { (bytes) throws(ModelFileError) in
                see(UnsafeRawBufferPointer(bytes))
                try file.append(UnsafeRawBufferPointer(bytes))
            }
            for entry in sorted {
                try Self.withBytes(of: entry.body) { (bytes) throws(ModelFileError) in
                    see(bytes)
                    try file.append(bytes)
                }
            }
        }
    }

    /// The file's bytes, in memory.
    public func serialized() throws(ModelFileError) -> [UInt8] {
        let sorted = try sortedEntries(path: "(memory)")
        var bytes = header(sorted)
        for entry in sorted { Self.withBytes(of: entry.body) { bytes.append(contentsOf: $0) } }
        return bytes
    }

    private func sortedEntries(path: String) throws(ModelFileError) -> [Entry] {
        let sorted = entries.sorted { left, right in
            if left.type.byteCount != right.type.byteCount { return left.type.byteCount > right.type.byteCount }
            return left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
        }
        let names = entries.map { Array($0.name.utf8) }
        guard Set(names).count == names.count, !names.contains(Array("__metadata__".utf8)) else {
            throw ModelFileError(
                .malformed, path: path, reason: "two tensors have one name, or one is named __metadata__")
        }
        return sorted
    }

    /// The length and the JSON header, padded.
    private func header(_ entries: [Entry]) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        if !metadata.isEmpty {
            writer.key("__metadata__")
            writer.beginObject()
            for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
                writer.key(key)
                writer.value(value)
            }
            writer.endObject()
        }
        var offset = 0
        for entry in entries {
            writer.key(entry.name)
            writer.beginObject()
            writer.key("dtype")
            writer.value(entry.type.safetensorsName)
            writer.key("shape")
            writer.array(entry.shape)
            writer.key("data_offsets")
            writer.array([offset, offset + entry.body.count])
            writer.endObject()
            offset += entry.body.count
        }
        writer.endObject()
        var json = writer.bytes
        while (8 + json.count) % alignment != 0 { json.append(UInt8(ascii: " ")) }
        var bytes: [UInt8] = []
        Self.append(UInt64(json.count), to: &bytes)
        return bytes + json
    }

    private static func withBytes<Failure>(
        of body: Body, _ use: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        switch body {
        case .owned(let bytes):
            try bytes.withUnsafeBufferPointer { (bytes) throws(Failure) in try use(UnsafeRawBufferPointer(bytes)) }
        case .stored(let tensor):
            try tensor.bytes.withUnsafeBytes { (bytes) throws(Failure) in
                let end = tensor.byteOffset + tensor.byteCount
                try use(UnsafeRawBufferPointer(rebasing: bytes[tensor.byteOffset..<end]))
            }
        case .borrowed(let floats): try use(floats.bytes)
        }
    }
}
