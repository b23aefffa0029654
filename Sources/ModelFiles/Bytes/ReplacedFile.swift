#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

// Inside the type below, its own `write` hides the system's.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    write(descriptor, bytes.baseAddress, min(bytes.count, 1 << 30))
}

/// Writes a file so that its path names either the old bytes or all of the new ones, through crashes and power cuts: a temporary file in the
/// same folder, flushed to the disk, renamed into place, and the folder flushed as well.
package struct ReplacedFile: ~Copyable {
    private let path: String
    private let descriptor: Int32

    /// Makes a file of some bytes.
    package static func write(_ bytes: [UInt8], to path: String) throws(ModelFileError) {
        try write(to: path) { (file) throws(ModelFileError) in
            try bytes.withUnsafeBufferPointer { (bytes) throws(ModelFileError) in
                try file.append(UnsafeRawBufferPointer(bytes))
            }
        }
    }

    /// Makes the file; `body` appends its bytes.
    package static func write(
        to path: String, _ body: (borrowing ReplacedFile) throws(ModelFileError) -> Void
    ) throws(ModelFileError) {
        let temporary = "\(path).\(getpid()).\(UInt32.random(in: 0...UInt32.max)).part"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .system(path: temporary, doing: "creating") }
        do throws(ModelFileError) {
            let file = ReplacedFile(path: path, descriptor: descriptor)
            try body(file)
            guard fsync(descriptor) == 0 else { throw .system(path: path, doing: "flushing") }
        } catch {
            close(descriptor)
            unlink(temporary)
            throw error
        }
        close(descriptor)
        guard rename(temporary, path) == 0 else {
            let error = ModelFileError.system(path: path, doing: "renaming into place")
            unlink(temporary)
            throw error
        }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let folder = parts.dropLast().joined(separator: "/")
        let directory = open(
            folder.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if directory >= 0 {
            fsync(directory)
            close(directory)
        }
    }

    /// Appends bytes, however many calls of the system that takes.
    package func append(_ bytes: UnsafeRawBufferPointer) throws(ModelFileError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = systemWrite(descriptor, rest)
            if count < 0 {
                if errno == EINTR { continue }
                throw .system(path: path, doing: "writing")
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }
}
