/// The tensors of a model, by name, whatever the format and the number of the files that hold them.
///
/// A pair of tensors `X` (int8, two dimensions) and `X_scale` (float32, one for each row) is one tensor `X` here, whose floats are
/// multiplied out; its scales are not listed.
public struct WeightArchive: Sendable {
    /// The format of the file.
    public enum Format: String, Sendable, Hashable {
        /// https://github.com/huggingface/safetensors
        case safetensors
        /// A zip of a pickle and raw storages, by `torch.save`.
        case pytorch
        /// The same with code, by `torch.jit.save`.
        case torchScript
        /// Initialisers of an ONNX graph.
        case onnx
    }

    /// The file, or the index of a set of files.
    public let path: String
    /// The format of the file.
    public let format: Format
    /// All tensors, in the order of the file.
    public let tensors: [StoredTensor]
    /// Text that the file holds beside its tensors.
    public let metadata: [String: String]
    private let positions: [Key: Int]

    /// A name compared byte by byte: Swift's strings would take two spellings of an accent for one name.
    private struct Key: Hashable {
        let name: String
        static func == (left: Key, right: Key) -> Bool { left.name.utf8.elementsEqual(right.name.utf8) }
        func hash(into hasher: inout Hasher) {
            for byte in name.utf8 { hasher.combine(byte) }
        }
    }

    /// Collects the tensors of a file.
    ///
    /// - Throws: ``ModelFileError`` if two have the same name.
    public init(
        path: String, format: Format, tensors: [StoredTensor], metadata: [String: String] = [:]
    ) throws(ModelFileError) {
        var positions: [Key: Int] = [:]
        positions.reserveCapacity(tensors.count)
        for (position, tensor) in tensors.enumerated() {
            guard positions.updateValue(position, forKey: Key(name: tensor.name)) == nil else {
                throw ModelFileError(
                    .malformed, path: path, subject: "tensor \(tensor.name)", reason: "the name occurs twice")
            }
        }
        self.path = path
        self.format = format
        self.metadata = metadata
        let joined = try Self.joiningScales(tensors) { positions[Key(name: $0)].map { tensors[$0] } }
        if joined.count != tensors.count {
            positions.removeAll(keepingCapacity: true)
            for (position, tensor) in joined.enumerated() { positions[Key(name: tensor.name)] = position }
        }
        self.tensors = joined
        self.positions = positions
        try checkSharing()
    }

    /// Refuses many tensors that are cut from the same few bytes.
    ///
    /// Tied weights are two or three names for one tensor. A PyTorch or ONNX file may give one storage any number of names, and a
    /// small file would fill the memory once each is turned into floats.
    private func checkSharing() throws(ModelFileError) {
        var spans: [String: [Range<Int>]] = [:]
        var claimed = 0
        for tensor in tensors where tensor.elementCount > 0 {
            let start = tensor.bytes.offsetInFile + tensor.byteOffset
            spans[tensor.bytes.path, default: []].append(start..<start + tensor.byteCount)
            claimed = claimed.addingReportingOverflow(tensor.byteCount).partialValue
        }
        var stored = 0
        for ranges in spans.values {
            var end = 0
            for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
                stored += max(0, range.upperBound - max(range.lowerBound, end))
                end = max(end, range.upperBound)
            }
        }
        // Four names for everything is more than any architecture ties; below 64 MiB nothing can be filled.
        guard claimed > 4 * stored, claimed > 64 << 20 else { return }
        throw ModelFileError(
            .limitExceeded, path: path,
            reason: "the \(tensors.count) tensors share storage: \(claimed) bytes of them are cut from \(stored) bytes",
            advice: "Save the model anew with each weight stored once")
    }

    /// Gives the memory of mapped files back to the system: what was read once need not stay.
    package func releasePages() {
        var seen: Set<String> = []
        for tensor in tensors where seen.insert(tensor.bytes.path).inserted { tensor.bytes.releasePages() }
    }

    /// The names, in the order of the file.
    public var names: [String] { tensors.map(\.name) }

    /// The tensor of a name.
    public subscript(name: String) -> StoredTensor? {
        positions[Key(name: name)].map { tensors[$0] }
    }

    /// The tensor of a name, which must be there.
    public func tensor(_ name: String) throws(ModelFileError) -> StoredTensor {
        if let tensor = self[name] { return tensor }
        throw ModelFileError(
            .missing, path: path, subject: "tensor \(name)",
            reason: "there is no such tensor among the \(tensors.count) of the file")
    }

    private static func joiningScales(
        _ tensors: [StoredTensor], _ find: (String) -> StoredTensor?
    ) throws(ModelFileError) -> [StoredTensor] {
        var joined: [StoredTensor] = []
        joined.reserveCapacity(tensors.count)
        for tensor in tensors {
            if tensor.name.hasSuffix("_scale"), let of = find(String(tensor.name.dropLast(6))), of.takesScales(tensor) {
                continue
            }
            if tensor.elementType == .i8, let scales = find(tensor.name + "_scale"), tensor.takesScales(scales) {
                joined.append(try tensor.withRowScales(scales))
            } else {
                joined.append(tensor)
            }
        }
        return joined
    }
}

extension StoredTensor {
    /// Whether these are the scales of the rows of this tensor.
    fileprivate func takesScales(_ scales: StoredTensor) -> Bool {
        elementType == .i8 && shape.count == 2 && scales.elementType == .f32 && scales.isContiguous
            && (scales.shape == [shape[0]] || scales.shape == [shape[0], 1])
    }

    fileprivate func withRowScales(_ scales: StoredTensor) throws(ModelFileError) -> StoredTensor {
        try StoredTensor(
            name: name, elementType: elementType, shape: shape, strides: strides, bytes: bytes, byteOffset: byteOffset,
            rowScales: scales.bytes.part(scales.byteOffset..<scales.byteOffset + scales.byteCount))
    }
}
