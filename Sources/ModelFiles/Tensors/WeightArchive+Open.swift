extension WeightArchive {
    /// Opens a weight file, whatever its format: the first bytes decide, not the name.
    ///
    /// - Parameter path: A `.safetensors` file, a `pytorch_model.bin` or TorchScript `.pt`, an `.onnx`, a zip that holds one of
    ///   these, or an index of shards (`model.safetensors.index.json`).
    public static func open(_ path: String) throws(ModelFileError) -> WeightArchive {
        try open(FileBytes(path: path))
    }

    /// Opens a weight file that lies in memory or in an archive; see ``open(_:)-(String)``.
    public static func open(_ bytes: FileBytes) throws(ModelFileError) -> WeightArchive {
        if ZipArchive.recognizes(bytes) { return try open(ZipArchive(bytes)) }
        if LegacyTorchFile.recognizes(bytes) { return try LegacyTorchFile.read(bytes) }
        return try SafetensorsFile.read(bytes)
    }

    /// Opens the weights in a zip: the zip is a PyTorch file itself, or holds one weight file (OpenSearch's model zips).
    public static func open(_ archive: ZipArchive) throws(ModelFileError) -> WeightArchive {
        if let folder = TorchFile.folder(in: archive) { return try TorchFile.read(archive, folder: folder) }
        let candidates = archive.weightEntries
        guard candidates.count == 1 else {
            throw archive.file.failure(
                .unsupported,
                candidates.isEmpty
                    ? "the archive holds no weights"
                    : "the archive holds \(candidates.count) weight files: \(candidates.map(\.name).joined(separator: ", "))",
                advice:
                    "A model archive holds one file of weights (.safetensors, .pt, .bin or .onnx) beside its configuration"
            )
        }
        let member = try archive.contents(of: candidates[0])
        guard !ZipArchive.recognizes(member) else {
            let inner = try ZipArchive(member, limits: archive.limits)
            guard let folder = TorchFile.folder(in: inner) else {
                throw member.failure(
                    .unsupported, "this archive inside an archive is no PyTorch file",
                    advice: "Unpack the outer archive first")
            }
            return try TorchFile.read(inner, folder: folder)
        }
        return try open(member)
    }
}

extension ZipArchive {
    /// The entries that hold weights by their names, without the shadow files that macOS puts into archives.
    public var weightEntries: [ZipEntry] {
        entries.filter { entry in
            !entry.name.hasPrefix("__MACOSX/")
                && [".safetensors", ".pt", ".bin", ".onnx"].contains { entry.name.hasSuffix($0) }
        }
    }
}
