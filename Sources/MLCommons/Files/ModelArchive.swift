import ModelFiles

/// What ML Commons asks of a model's zip before it takes it.
enum ModelArchive {
    /// The largest archive.
    static let largest = 4 << 30

    /// Endings of files that no model needs and that somebody might run.
    private static let executables = [".exe", ".dll", ".so", ".dylib", ".sh", ".bat", ".cmd", ".jar", ".py", ".pyc"]

    /// Refuses an archive that is none, or does not hold what its format and function say.
    ///
    /// Reading the directory makes sure that no name leads out of the archive.
    static func check(_ path: String, format: ModelFormat, function: FunctionName) throws(ModelArchiveError) {
        let archive: ZipArchive
        do throws(ModelFileError) {
            try checkSize(path)
            archive = try ZipArchive(FileBytes(path: path))
            try checkInflated(archive)
        } catch {
            throw ModelArchiveError("The file is no model archive: \(error)")
        }
        let names = archive.entries.filter { !$0.isFolder }.map(\.name)
        if let name = names.first(where: { name in executables.contains { name.lowercased().hasSuffix($0) } }) {
            throw ModelArchiveError("The archive holds \(name.debugDescription), which could be run. Pack it without.")
        }
        for other in ModelFormat.allCases where other != format {
            if names.contains(where: { $0.hasSuffix(other.fileExtension) }) {
                throw ModelArchiveError("Model format is \(format.rawValue), but find \(other.fileExtension) file")
            }
        }
        let models = names.filter { $0.hasSuffix(format.fileExtension) }
        guard models.count <= 1 else {
            throw ModelArchiveError("Find multiple model files, but expected only one")
        }
        guard !models.isEmpty || function == .sparseTokenize else {
            throw ModelArchiveError(
                "Can't find model file: the archive has no file that ends with \(format.fileExtension)")
        }
        guard names.contains("tokenizer.json") else {
            throw ModelArchiveError("No tokenizer file: the archive has no tokenizer.json at its root")
        }
    }

    /// Refuses a file that is larger than any archive may be.
    static func checkSize(_ path: String) throws(ModelFileError) {
        let count = try FileBytes(path: path).count
        guard count <= largest else {
            throw ModelFileError(
                .limitExceeded, path: path, reason: "the archive has \(count) bytes; at most \(largest) are taken")
        }
    }

    /// Refuses an archive that is much larger when it is inflated: weights hardly compress, so that it would only fill the memory.
    ///
    /// A compressed PyTorch file is an archive inside the archive, and is looked into as well.
    private static func checkInflated(_ archive: ZipArchive) throws(ModelFileError) {
        let most = 4 * archive.file.count + (256 << 20)
        func check(_ sizes: [Int], _ what: String) throws(ModelFileError) {
            let bytes = sizes.reduce(0) { sum, size in sum.addingReportingOverflow(size).overflow ? .max : sum + size }
            guard bytes <= most else {
                throw ModelFileError(
                    .limitExceeded, path: archive.file.path,
                    reason:
                        "\(what) has \(bytes) bytes when inflated; at most \(most) are taken for a file of this size")
            }
        }
        func inflated(_ archive: ZipArchive) -> [Int] {
            archive.entries.filter { $0.compression == .deflated }.map(\.size)
        }
        try check(inflated(archive), "the archive")
        for entry in archive.weightEntries where entry.compression == .deflated {
            let member = try archive.contents(of: entry)
            guard ZipArchive.recognizes(member) else { continue }
            try check(inflated(try ZipArchive(member)), "\(entry.name) in the archive")
        }
    }

    /// Size and SHA-256 of a file.
    static func digest(_ path: String) throws(ModelFileError) -> (bytes: Int, sha256: String) {
        let bytes = try FileBytes(path: path)
        var hash = SHA256()
        bytes.withUnsafeBytes { hash.add($0) }
        return (bytes.count, hash.hexadecimal())
    }
}

/// Why an archive was not taken.
struct ModelArchiveError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
