extension WeightArchive {
    /// Opens a weight file, whatever its format: the first bytes decide, not the name.
    ///
    /// - Parameter path: A `.safetensors` file, a `pytorch_model.bin` or TorchScript `.pt`, an `.onnx`, a zip that holds one of
    ///   these, or an index of shards (`model.safetensors.index.json`).
    public static func open(_ path: String) throws(ModelFileError) -> WeightArchive {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let source = ModelSource(folder: parts.count > 1 ? parts.dropLast().joined(separator: "/") : ".")
        if path.hasSuffix(".index.json") { return try source.weights(named: String(parts[parts.count - 1])) }
        return try open(FileBytes(path: path), siblings: SiblingFiles(of: "", in: source))
    }

    /// Opens a weight file that lies in memory or in an archive; see ``open(_:)-(String)``.
    ///
    /// It must hold all of its tensors: files beside it are not looked for.
    public static func open(_ bytes: FileBytes) throws(ModelFileError) -> WeightArchive {
        try open(bytes, siblings: nil)
    }

    static func open(_ bytes: FileBytes, siblings: SiblingFiles?) throws(ModelFileError) -> WeightArchive {
        if ZipArchive.recognizes(bytes) { return try open(ZipArchive(bytes)) }
        if LegacyTorchFile.recognizes(bytes) { return try LegacyTorchFile.read(bytes) }
        // The length of a safetensors header may begin with the byte that ONNX begins with; the brace behind it may not.
        if ONNXReader.recognizes(bytes), bytes.withUnsafeBytes({ $0.count < 9 || $0[8] != UInt8(ascii: "{") }) {
            return try ONNXWeights.read(bytes, siblings: siblings)
        }
        if let mistake = bytes.commonMistake { throw mistake }
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
            var limits = archive.limits
            if candidates[0].compression == .deflated {
                // Both are in memory at once: what the outer one took is not there for the inner one.
                limits.maximumInflatedBytes = max(0, limits.maximumInflatedBytes - candidates[0].size)
            }
            let inner = try ZipArchive(member, limits: limits)
            guard let folder = TorchFile.folder(in: inner) else {
                throw member.failure(
                    .unsupported, "this archive inside an archive is no PyTorch file",
                    advice: "Unpack the outer archive first")
            }
            return try TorchFile.read(inner, folder: folder)
        }
        return try open(member, siblings: SiblingFiles(of: candidates[0].name, in: ModelSource(archive: archive)))
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

extension FileBytes {
    /// What people have in the place of a weight file when a download went wrong.
    fileprivate var commonMistake: ModelFileError? {
        let head = withUnsafeBytes { String(decoding: $0.prefix(64), as: UTF8.self) }
        if head.hasPrefix("version https://git-lfs") {
            return ModelFileError(
                .unsupported, path: path, reason: "this is a pointer of git-lfs and not the file itself",
                advice: "Run `git lfs pull` in the repository, or download the file")
        }
        if head.hasPrefix("<") {
            return ModelFileError(
                .unsupported, path: path, reason: "this is a web page and not a weight file",
                advice: "Download the file itself; the page may say why that failed")
        }
        return nil
    }
}
