#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Small files that are there completely or not at all, after a crash too.
enum DurableFile {
    /// Writes beside, synchronises, renames over `path`, synchronises the folder.
    static func write(_ bytes: [UInt8], to path: String) throws(ClusterStateError) {
        let beside = path + ".new"
        let file = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw failure(beside, "made") }
        let written = bytes.withUnsafeBytes { writeBytes(file, $0.baseAddress, $0.count) }
        let isWhole = written == bytes.count && fsync(file) == 0
        let error = isWhole ? nil : failure(beside, "written")
        close(file)
        if let error { throw error }
        guard rename(beside, path) == 0 else { throw failure(path, "renamed") }
        try synchronizeFolder(folder(of: path))
    }

    /// Makes the names in a folder durable.
    static func synchronizeFolder(_ path: String) throws(ClusterStateError) {
        let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw failure(path, "opened") }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw failure(path, "synchronised") }
    }

    /// The system's `write`, which a function of that name here would hide.
    private static func writeBytes(_ file: Int32, _ base: UnsafeRawPointer?, _ count: Int) -> Int {
        pwrite(file, base, count, 0)
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func failure(_ path: String, _ verb: String) -> ClusterStateError {
        let number = errno
        return ClusterStateError(
            number == ENOSPC || number == EDQUOT ? .diskFull : .readOnly, path: path,
            reason: "it cannot be \(verb) (system error \(number)); look for a full or read-only disk")
    }
}
