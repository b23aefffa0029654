/// The storages that the tensors of a PyTorch file are views of, by their keys.
struct TorchStorages {
    private enum Source {
        /// `archive/data/<key>` of a zip.
        case entries(ZipArchive, folder: String)
        /// Runs of bytes behind the pickles of the format before PyTorch 1.6.
        case runs([String: FileBytes])
    }

    private let source: Source
    private let file: FileBytes
    /// Storages whose checksum has been compared: tied tensors ask twice.
    private var opened: [String: FileBytes] = [:]

    init(of archive: ZipArchive, folder: String) {
        source = .entries(archive, folder: folder)
        file = archive.file
    }

    init(runs: [String: FileBytes], in file: FileBytes) {
        source = .runs(runs)
        self.file = file
    }

    /// The bytes of a storage, which must hold `byteCount` at least.
    mutating func bytes(of key: String, byteCount: Int) throws(ModelFileError) -> FileBytes {
        let bytes = try open(key)
        guard byteCount <= bytes.count else {
            throw bytes.failure(
                .truncated, "storage \(key.debugDescription) has \(bytes.count) bytes; the pickle says \(byteCount)",
                advice: "The file is cut off or damaged: fetch or save it again")
        }
        return bytes
    }

    private mutating func open(_ key: String) throws(ModelFileError) -> FileBytes {
        if let bytes = opened[key] { return bytes }
        switch source {
        case .runs(let runs):
            guard let bytes = runs[key] else { throw missing(key) }
            return bytes
        case .entries(let archive, let folder):
            guard let entry = archive[folder + "data/" + key] else { throw missing(key) }
            let bytes = try archive.contents(of: entry)
            opened[key] = bytes
            return bytes
        }
    }

    private func missing(_ key: String) -> ModelFileError {
        file.failure(
            .missing, "the pickle speaks of storage \(key.debugDescription), which the file does not hold",
            advice: "The file is incomplete: fetch or save it again")
    }
}
