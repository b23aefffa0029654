package import ModelFiles

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Writes a folder so that its path names either what was there before or all of the new one: a temporary folder beside it, flushed to the
/// disk, renamed into place.
package struct StagedFolder {
    /// The folder to be.
    package let path: String
    /// Where its files are until then.
    private(set) var staging = ""
    private var replacesOlder = false
    private var madeParents: [String] = []

    /// Looks at the place; nothing is written.
    ///
    /// - Parameters:
    ///   - replacing: Whether a folder that is there makes way.
    ///   - markers: Files of which a folder must have one to be replaced: nobody's home directory goes by mistake.
    package init(_ path: String, replacing: Bool, markers: [String]) throws(ExportError) {
        var place = path
        while place.count > 1, place.hasSuffix("/") { place.removeLast() }
        self.path = place
        let last = place.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        guard !last.isEmpty, last != ".", last != "..", !place.utf8.contains(0) else {
            throw ExportError(
                .targetExists, path: path, reason: "this is not the name of a folder to be",
                advice: "Give the name of a new folder")
        }
        var status = stat()
        guard stat(place, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw ExportError(
                .targetExists, path: path, reason: "this is a file", advice: "Give the name of a new folder")
        }
        guard Self.holdsSomething(place) else { return }
        guard replacing else {
            throw ExportError(
                .targetExists, path: path, reason: "the folder is there already, and not empty",
                advice: "Give the name of a new folder, or ask to replace it")
        }
        guard markers.contains(where: { access(place + "/" + $0, F_OK) == 0 }) else {
            throw ExportError(
                .targetExists, path: path, reason: "the folder holds no model, so that it is not replaced",
                advice: "Give the name of a new folder, or remove this one first")
        }
        replacesOlder = true
    }

    /// Makes the folder; `body` writes its files into ``staging``.
    ///
    /// - Parameter byteCount: About how many bytes will be written: it is looked for room before the first one.
    package mutating func write(byteCount: Int, _ body: (StagedFolder) throws(ExportError) -> Void) throws(ExportError)
    {
        do throws(ExportError) {
            try makeParents()
            try checkRoom(byteCount)
            staging = freeName("part")
            guard mkdir(staging, 0o755) == 0 else { throw failure("making the folder") }
            try body(self)
            try flush(staging)
            try commit()
        } catch {
            if !staging.isEmpty { Self.remove(staging) }
            for folder in madeParents.reversed() { rmdir(folder) }
            throw error
        }
    }

    /// Makes a folder inside.
    func makeFolder(_ name: String) throws(ExportError) {
        var place = staging
        for part in name.split(separator: "/") {
            place += "/" + part
            guard mkdir(place, 0o755) == 0 || errno == EEXIST else { throw failure("making the folder \(name)") }
        }
    }

    /// Where a file inside is until the folder is complete; the folders on the way are made.
    package func place(of name: String) throws(ExportError) -> String {
        if let slash = name.lastIndex(of: "/") { try makeFolder(String(name[..<slash])) }
        return staging + "/" + name
    }

    /// Writes a file inside.
    package func write(_ bytes: [UInt8], to name: String) throws(ExportError) {
        let place = try place(of: name)
        do throws(ModelFileError) { try ReplacedFile.write(bytes, to: place) } catch { throw named(error) }
    }

    /// An error of writing that speaks of the folder to be, not of the name that it has meanwhile.
    package func named(_ error: ModelFileError) -> ExportError {
        guard error.path.hasPrefix(staging) else { return ExportError(writing: error) }
        return ExportError(
            .cannotWrite, path: path + error.path.dropFirst(staging.count), subject: error.subject,
            reason: error.reason, advice: Self.advice)
    }

    // MARK: Steps

    private static let advice = "Free space on the disk, or give another folder"

    private func failure(_ action: String) -> ExportError {
        ExportError(
            .cannotWrite, path: path, reason: "\(action) failed: \(String(cString: strerror(errno)))",
            advice: Self.advice)
    }

    private var parent: String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private mutating func makeParents() throws(ExportError) {
        var place = path.hasPrefix("/") ? "" : "."
        for part in parent.split(separator: "/") {
            place += "/" + part
            if mkdir(place, 0o755) == 0 {
                madeParents.append(place)
            } else if errno != EEXIST {
                throw failure("making the folder \(place)")
            }
        }
    }

    private func checkRoom(_ byteCount: Int) throws(ExportError) {
        var status = statvfs()
        guard statvfs(parent, &status) == 0 else { return }
        let (free, overflow) = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
        guard overflow || UInt64(byteCount) <= free else {
            throw ExportError(
                .cannotWrite, path: path, reason: "\(byteCount) bytes are needed, and \(free) are free on the disk",
                advice: Self.advice)
        }
    }

    private func flush(_ folder: String) throws(ExportError) {
        for name in Self.names(in: folder) {
            let place = folder + "/" + name
            var status = stat()
            if lstat(place, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { try flush(place) }
        }
        guard Self.sync(folder) else { throw failure("flushing") }
    }

    private func commit() throws(ExportError) {
        if replacesOlder {
            // What was there makes way by a name of its own first, so that no moment has half a folder.
            let old = freeName("old")
            guard rename(path, old) == 0 else { throw failure("moving the older folder away") }
            guard rename(staging, path) == 0 else {
                let failure = failure("renaming into place")
                rename(old, path)
                throw failure
            }
            Self.remove(old)
        } else {
            guard rename(staging, path) == 0 else { throw failure("renaming into place") }
        }
        // The new name is the one that counts from now on, whatever becomes of this.
        _ = Self.sync(parent)
    }

    private func freeName(_ suffix: String) -> String {
        "\(path).\(getpid()).\(String(UInt64.random(in: 0...UInt64.max), radix: 36)).\(suffix)"
    }

    // MARK: Rests

    /// Puts right what a killed writer left: an older folder that was moved aside and has no successor is put back, other rests are removed.
    ///
    /// - Parameters:
    ///   - parent: Where the folders are.
    ///   - isName: Whether a folder of this name is one to look after.
    /// - Throws: ``ExportError`` when a rest can be neither put back nor removed.
    package static func sweep(_ parent: String, _ isName: (String) -> Bool) throws(ExportError) {
        for name in names(in: parent).sorted() {
            // NAME.PID.RANDOM.part or .old
            let parts = name.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count > 3, ["part", "old"].contains(parts[parts.count - 1]), Int(parts[parts.count - 3]) != nil
            else { continue }
            let base = parts.dropLast(3).joined(separator: ".")
            guard isName(base) else { continue }
            let (rest, place) = (parent + "/" + name, parent + "/" + base)
            if parts.last == "old", access(place, F_OK) != 0 {
                if rename(rest, place) == 0 { continue }
            } else {
                remove(rest)
                if access(rest, F_OK) != 0 { continue }
            }
            throw ExportError(
                .cannotWrite, path: rest, reason: "what a killed run left cannot be cleaned up",
                advice: "Check the permissions, or remove it")
        }
    }

    // MARK: Folders

    private static func holdsSomething(_ folder: String) -> Bool { !names(in: folder).isEmpty }

    private static func names(in folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    private static func sync(_ folder: String) -> Bool {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return fsync(descriptor) == 0
    }

    private static func remove(_ path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            unlink(path)
            return
        }
        for name in names(in: path) { remove(path + "/" + name) }
        rmdir(path)
    }
}
