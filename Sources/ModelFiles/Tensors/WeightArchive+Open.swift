extension WeightArchive {
    /// Opens a weight file, whatever its format: the first bytes decide, not the name.
    ///
    /// - Parameter path: A `.safetensors` file, a `pytorch_model.bin` or `.pt`, an `.onnx`, or an index of shards
    ///   (`model.safetensors.index.json`).
    public static func open(_ path: String) throws(ModelFileError) -> WeightArchive {
        try open(FileBytes(path: path))
    }

    /// Opens a weight file that lies in memory or in an archive; see ``open(_:)-(String)``.
    public static func open(_ bytes: FileBytes) throws(ModelFileError) -> WeightArchive {
        let head = bytes.withUnsafeBytes { [UInt8]($0.prefix(16)) }
        if head.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
            throw ModelFileError(.unsupported, path: bytes.path, reason: "PyTorch files cannot be read yet")
        }
        return try SafetensorsFile.read(bytes)
    }
}
