import JSON

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Where the files of a model are: a folder, or an archive that is read as if it were one.
struct ModelSource: Sendable {
    /// The largest configuration file that is read: vocabularies of 250,000 tokens take 20 MB.
    static let largestConfiguration = 256 << 20

    private enum Place: Sendable {
        case folder
        case archive(ZipArchive)
    }

    /// The folder or archive.
    let path: String
    private let place: Place

    /// A folder.
    init(folder path: String) {
        self.path = path
        place = .folder
    }

    /// An archive.
    init(archive: ZipArchive) {
        path = archive.file.path
        place = .archive(archive)
    }

    /// The archive at a path, or `nil` if the file is none that holds a model: PyTorch's own files are zip archives as well.
    init?(archiveAt path: String) throws(ModelFileError) {
        let bytes = try FileBytes(path: path)
        guard ZipArchive.recognizes(bytes) else { return nil }
        let archive = try ZipArchive(bytes)
        let holdsModel = archive.entries.contains {
            ["tokenizer.json", "config.json", "ml-commons_model_config.json"].contains($0.name)
                || (!$0.name.contains("/") && ($0.name.hasSuffix(".pt") || $0.name.hasSuffix(".onnx")))
        }
        guard holdsModel else { return nil }
        self.path = path
        place = .archive(archive)
    }

    /// Whether files have a path in the file system.
    var isFolder: Bool {
        if case .folder = place { true } else { false }
    }

    /// The path of a file for messages and, in a folder, for opening.
    func path(of name: String) -> String {
        switch place {
        case .folder: name.isEmpty ? path : "\(path)/\(name)"
        case .archive: "\(path): \(name)"
        }
    }

    /// The bytes of a file, or `nil` if there is none of that name.
    func bytes(_ name: String) throws(ModelFileError) -> FileBytes? {
        try Self.checkRelative(name, in: path)
        switch place {
        case .folder:
            do throws(ModelFileError) {
                return try FileBytes(path: path(of: name))
            } catch {
                if error.kind == .notFound { return nil }
                throw error
            }
        case .archive(let archive):
            guard let entry = archive[name] else { return nil }
            return try archive.contents(of: entry)
        }
    }

    /// Whether there is a file of that name.
    func contains(_ name: String) -> Bool {
        switch place {
        case .folder: access(path(of: name), F_OK) == 0
        case .archive(let archive): archive[name] != nil
        }
    }

    /// The names of the files directly in the folder, sorted.
    func names() -> [String] {
        switch place {
        case .folder:
            guard let stream = opendir(path) else { return [] }
            defer { closedir(stream) }
            var names: [String] = []
            while let entry = readdir(stream) {
                let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                }
                if name != ".", name != ".." { names.append(name) }
            }
            return names.sorted()
        case .archive(let archive):
            return archive.entries.map(\.name).filter { !$0.contains("/") }.sorted()
        }
    }

    /// A JSON file, or `nil` if there is none of that name.
    func json(_ name: String) throws(ModelFileError) -> ConfigurationFile? {
        guard let bytes = try bytes(name) else { return nil }
        return try ConfigurationFile(bytes)
    }

    /// The first of several JSON files that is there.
    func firstJSON(_ names: [String]) throws(ModelFileError) -> ConfigurationFile? {
        for name in names {
            if let file = try json(name) { return file }
        }
        return nil
    }

    /// Refuses names that lead out of the folder, or that mean different files to different systems.
    static func checkRelative(_ name: String, in path: String) throws(ModelFileError) {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        let isSafe =
            !name.utf8.contains(0) && !name.hasPrefix("/") && !name.contains("\\")
            && parts.allSatisfy { $0 != ".." && $0 != "." && (!$0.isEmpty || name.isEmpty) }
        if !isSafe {
            throw ModelFileError(
                .unsafePath, path: path, subject: "file name \(name.debugDescription)",
                reason: "the name leads out of the model folder or is not a plain relative path",
                advice: "Do not use this model: nothing but tampering makes such a name")
        }
    }

    /// The path of a file in a folder inside the model folder.
    static func join(_ folder: String, _ name: String) -> String {
        folder.isEmpty ? name : "\(folder)/\(name)"
    }
}
