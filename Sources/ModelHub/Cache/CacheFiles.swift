#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// The calls of the file system that caches need, with errors that name the file and say what to do.
enum CacheFiles {
    /// Makes a folder and those above it.
    static func makeFolder(_ path: String) throws(HubError) {
        if mkdir(path, 0o777) == 0 || isFolder(path) { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            throw fault(path, "making the folder")
        }
        try makeFolder(String(path[..<slash]))
        if mkdir(path, 0o777) != 0, !isFolder(path) { throw fault(path, "making the folder") }
    }

    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The size of the regular file that a path leads to, nil if it leads to none.
    static func size(_ path: String) -> Int? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int(status.st_size)
    }

    static func remove(_ path: String) { unlink(path) }

    /// The bytes of a small file; nil if there is none.
    static func read(_ path: String, limit: Int) throws(HubError) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw fault(path, "opening")
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = systemRead(descriptor, &block)
            guard count >= 0 else { throw fault(path, "reading") }
            if count == 0 { return bytes }
            bytes += block[..<count]
            guard bytes.count <= limit else {
                throw HubError(.limitExceeded, path, reason: "more than \(limit) bytes where a small file was expected")
            }
        }
    }

    /// Replaces a file by bytes, so that readers see the old or the new ones.
    static func write(_ bytes: [UInt8], to path: String) throws(HubError) {
        let temporary = "\(path).\(UInt64.random(in: 0 ... .max)).tmp"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw fault(temporary, "making") }
        do throws(HubError) {
            defer { close(descriptor) }
            try bytes.withUnsafeBufferPointer { (bytes) throws(HubError) in
                try append(UnsafeRawBufferPointer(bytes), to: descriptor, path: temporary)
            }
        } catch {
            unlink(temporary)
            throw error
        }
        try move(temporary, to: path)
    }

    /// Appends all bytes.
    static func append(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, path: String) throws(HubError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = systemWrite(descriptor, rest)
            if count < 0 {
                if errno == EINTR { continue }
                throw fault(path, "writing")
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    static func move(_ path: String, to target: String) throws(HubError) {
        guard rename(path, target) == 0 else {
            let error = fault(target, "renaming into place")
            unlink(path)
            throw error
        }
    }

    /// Free bytes of the disk that a folder is on, nil if the system does not say.
    static func freeBytes(_ folder: String) -> Int? {
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { return nil }
        let (bytes, overflow) = Int(clamping: status.f_bavail).multipliedReportingOverflow(
            by: Int(clamping: status.f_frsize))
        return overflow ? .max : bytes
    }

    /// The names in a folder, sorted; none if it cannot be read.
    static func names(_ folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// What the system said last, as an error.
    static func fault(_ path: String, _ action: String) -> HubError {
        let code = errno
        let reason = "\(action) failed: \(String(cString: strerror(code)))"
        switch code {
        case ENOSPC, EDQUOT:
            return HubError(
                .diskFull, path, reason: reason,
                advice: "Free some space, or set HF_HUB_CACHE to a folder on a larger disk; what has arrived is kept")
        case EACCES, EPERM, EROFS:
            return HubError(
                .cache, path, reason: reason,
                advice: "Give this user the right to write there, or set HF_HUB_CACHE to a folder of its own")
        default:
            return HubError(.cache, path, reason: reason)
        }
    }
}

// Inside the type, its own names hide the system's.
private func systemRead(_ descriptor: Int32, _ block: inout [UInt8]) -> Int {
    while true {
        let count = block.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
        if count >= 0 || errno != EINTR { return count }
    }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    write(descriptor, bytes.baseAddress, min(bytes.count, 1 << 30))
}
