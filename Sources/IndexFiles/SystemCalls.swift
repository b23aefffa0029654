#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The few file operations that an index needs, with errors that name the file.
package enum SystemCalls {
    package static func failure(_ path: String) -> IndexFileError {
        .file(path: path, reason: String(cString: strerror(errno)))
    }

    package static func makeFolder(_ path: String) throws(IndexFileError) {
        if mkdir(path, 0o755) != 0, errno != EEXIST { throw failure(path) }
    }

    package static func openForWriting(_ path: String) throws(IndexFileError) -> Int32 {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw failure(path) }
        return file
    }

    package static func write(_ file: Int32, _ bytes: UnsafeRawBufferPointer, path: String) throws(IndexFileError) {
        var rest = bytes
        while let start = rest.baseAddress, rest.count > 0 {
            #if canImport(Glibc)
                let written = Glibc.write(file, start, rest.count)
            #elseif canImport(Musl)
                let written = Musl.write(file, start, rest.count)
            #else
                let written = Darwin.write(file, start, rest.count)
            #endif
            if written < 0 {
                if errno == EINTR { continue }
                throw failure(path)
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[written...])
        }
    }

    package static func closeFile(_ file: Int32) { _ = close(file) }

    /// Makes what was written to a file, or the entries of a folder, survive a power cut.
    package static func synchronize(_ path: String) throws(IndexFileError) {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw failure(path) }
        defer { close(file) }
        if fsync(file) != 0, errno != EINVAL { throw failure(path) }
    }

    package static func rename(_ old: String, to new: String) throws(IndexFileError) {
        #if canImport(Glibc)
            let result = Glibc.rename(old, new)
        #elseif canImport(Musl)
            let result = Musl.rename(old, new)
        #else
            let result = Darwin.rename(old, new)
        #endif
        if result != 0 { throw failure(new) }
    }

    package static func remove(_ path: String) { _ = unlink(path) }

    package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// The names in a folder, without `.` and `..`.
    package static func names(in folder: String) throws(IndexFileError) -> [String] {
        guard let stream = opendir(folder) else { throw failure(folder) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
