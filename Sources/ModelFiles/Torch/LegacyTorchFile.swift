/// The format of `torch.save` before PyTorch 1.6: five pickles (magic number, version, system, the object, the keys of
/// its storages) and then each storage, with its number of elements in front.
///
/// Storages are used in place.
///
/// Source: `_legacy_save` and `_legacy_load` in `torch/serialization.py`.
enum LegacyTorchFile {
    /// A pickle of protocol 2 with the number 0x1950a86a20f9469cfc6c.
    private static let magic: [UInt8] = [
        0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E,
    ]

    static func recognizes(_ file: FileBytes) -> Bool {
        file.withUnsafeBytes { $0.starts(with: magic) }
    }

    static func read(_ file: FileBytes, limits: PickleLimits = .standard) throws(ModelFileError) -> WeightArchive {
        let version = try PickleReader.read(file, at: magic.count, limits: limits)
        guard version.integer(version.root) == 1001 else {
            throw file.failure(
                .unsupported, at: magic.count, "this is no torch.save file of version 1001",
                advice: "Load and save the model with a current PyTorch")
        }
        let system = try PickleReader.read(file, at: version.end, limits: limits)
        let littleEndian = system.pairs(of: system.root)?.last { system.string($0.key) == "little_endian" }
        if let littleEndian, case .bool(false) = system[littleEndian.value] {
            throw file.failure(
                .unsupported, at: version.end, "the numbers are stored in big-endian byte order",
                advice: "Load and save the model on a little-endian machine, or convert it to safetensors")
        }
        let object = try PickleReader.read(file, at: system.end, limits: limits)
        let keys = try PickleReader.read(file, at: object.end, limits: limits)
        let runs = try storages(keys, elementSizes: elementSizes(in: object), in: file)
        let reader = TorchTensorReader(object, in: file, storages: TorchStorages(runs: runs, in: file))
        let tensors = try TorchTensorNames.stateDict(reader, in: file)
        return try WeightArchive(path: file.path, format: .pytorch, tensors: tensors)
    }

    /// The size of an element of each storage: the pickle of the object knows it, the storages do not repeat it.
    private static func elementSizes(in object: PickleTree) -> [String: Int] {
        var sizes: [String: Int] = [:]
        for id in object.persistentIDs {
            guard let parts = object.elements(of: id), parts.count >= 3,
                case .global("torch", let type) = object[parts[1]],
                let key = object.string(parts[2]), let dtype = PickleGlobals.storageElements[type] ?? nil,
                let elementType = PickleGlobals.dtypes[dtype] ?? nil
            else { continue }
            sizes[key] = elementType.byteCount
        }
        return sizes
    }

    private static func storages(
        _ keys: PickleTree, elementSizes: [String: Int], in file: FileBytes
    ) throws(ModelFileError) -> [String: FileBytes] {
        var runs: [String: FileBytes] = [:]
        var position = keys.end
        for element in keys.elements(of: keys.root) ?? [] {
            guard let key = keys.string(element), let size = elementSizes[key] else {
                throw file.failure(
                    .unsupported, at: position, "a storage follows whose type of elements is not known",
                    advice: "Load and save the model with a current PyTorch")
            }
            let what = "storage \(key)"
            let count = try file.integer(UInt64.self, at: position, of: what)
            guard let count = Int(exactly: count), !count.multipliedReportingOverflow(by: size).overflow else {
                throw file.malformed(at: position, "\(what) claims \(count) elements")
            }
            let bytes = try file.slice(at: position + 8, count: count * size, of: what)
            guard runs.updateValue(bytes, forKey: key) == nil else {
                throw file.malformed(at: position, "\(what) follows twice")
            }
            position += 8 + count * size
        }
        return runs
    }
}
