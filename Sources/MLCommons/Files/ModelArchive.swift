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
            let bytes = try FileBytes(path: path)
            guard bytes.count <= largest else {
                throw ModelFileError(
                    .limitExceeded, path: path,
                    reason: "the archive has \(bytes.count) bytes; at most \(largest) are taken")
            }
            archive = try ZipArchive(bytes)
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
