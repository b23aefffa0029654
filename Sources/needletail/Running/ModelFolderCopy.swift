import Encoders

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A copy of a model folder that appears under its name only when it is complete.
struct ModelFolderCopy {
    /// The folder as it was given.
    private let name: String
    private let source: String
    private let destination: String
    private let isReplacing: Bool
    private let entries: [Entry]
    /// Where the copy is until it is complete; nil while there is none.
    private var temporary: String?

    private struct Entry {
        /// Relative to the model folder.
        var path: String
        var isFolder: Bool
    }

    /// Looks at both folders; nothing is written.
    ///
    /// - Parameters:
    ///   - force: replaces a folder that holds quantised weights already.
    ///   - network: leaves out the weights of this folder inside the model, in all formats; nil leaves out none.
    init(
        of source: String, to destination: String, replacing force: Bool, withoutWeightsIn network: String? = nil
    ) throws(CommandFailure) {
        name = destination
        guard Self.kind(source) == S_IFDIR, let origin = Self.resolved(source) else {
            throw CommandFailure(
                .badData,
                "\(source): only a model folder can be quantised. Unpack the archive, or give the folder of the file.")
        }
        guard let place = Self.resolved(destination) else {
            throw CommandFailure(.cannotWrite, "\(destination): there is no way to this folder. Give another folder.")
        }
        self.source = origin
        self.destination = place
        guard !Self.holds(place, origin) else {
            throw CommandFailure(.usage, "\(destination): this is the model itself, or holds it. Give another folder.")
        }
        guard !Self.holds(origin, place) else {
            throw CommandFailure(.usage, "\(destination): lies inside the model \(source). Give another folder.")
        }
        switch Self.kind(place) {
        case S_IFDIR:
            let names = try Self.names(in: place)
            isReplacing = !names.isEmpty
            guard names.isEmpty || force else {
                throw CommandFailure(.cannotWrite, "\(destination): is not empty. Give another folder, or --force.")
            }
            guard names.isEmpty || names.contains(QuantizationRecord.fileName) else {
                throw CommandFailure(
                    .cannotWrite,
                    "\(destination): holds no quantised model, so that --force does not replace it. Remove it first.")
            }
        case nil:
            isReplacing = false
        default:
            throw CommandFailure(.cannotWrite, "\(destination): is a file. Give the name of a folder.")
        }
        var entries: [Entry] = []
        try Self.list(origin, "", into: &entries)
        if let network { entries.removeAll { Self.isWeights($0.path, of: network) } }
        self.entries = entries
    }

    /// Whether a file holds weights of the network in a folder of the model, or an exported form of it, or quantised ones.
    private static func isWeights(_ path: String, of network: String) -> Bool {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { String(path[..<$0]) } ?? ""
        let name = slash.map { path[path.index(after: $0)...] } ?? path[...]
        if name == QuantizationRecord.fileName { return true }
        guard [network, "onnx", "openvino"].contains(folder) else { return false }
        return [".safetensors", ".bin", ".pt", ".onnx", ".onnx_data", ".h5", ".msgpack", ".ot", ".index.json", ".xml"]
            .contains(where: name.hasSuffix)
    }

    /// Copies all files beside the place where the folder will be; links to files become the files behind them.
    ///
    /// - Returns: where the copy is.
    mutating func make() throws(CommandFailure) -> String {
        let path = freeName("part")
        do {
            let parent = URL(filePath: destination).deletingLastPathComponent().path(percentEncoded: false)
            try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        } catch {
            throw CommandFailure(.cannotWrite, "\(name): the folders on the way to it cannot be made. \(Self.advice)")
        }
        // Nothing that was there before is taken for ours.
        guard mkdir(path, 0o755) == 0 else { throw failure("making the folder") }
        temporary = path
        for entry in entries {
            let target = path + "/" + entry.path
            if entry.isFolder {
                guard mkdir(target, 0o755) == 0 else { throw failure("making the folder \(entry.path)") }
            } else {
                try copy(source + "/" + entry.path, to: target, entry.path)
            }
        }
        return path
    }

    /// Gives the copy its name.
    mutating func commit() throws(CommandFailure) {
        guard let temporary else { return }
        guard isReplacing else {
            guard rename(temporary, destination) == 0 else { throw failure("renaming into place") }
            self.temporary = nil
            return
        }
        // What was there makes way by a name of its own first, so that no moment has half a folder.
        let old = freeName("old")
        guard rename(destination, old) == 0 else { throw failure("moving the older folder away") }
        guard rename(temporary, destination) == 0 else {
            let failure = failure("renaming into place")
            rename(old, destination)
            throw failure
        }
        self.temporary = nil
        try? FileManager.default.removeItem(atPath: old)
    }

    /// Takes the copy away, if there is one.
    mutating func discard() {
        guard let temporary else { return }
        try? FileManager.default.removeItem(atPath: temporary)
        self.temporary = nil
    }

    /// An error that speaks of the folder that was asked for, not of the name that the copy had meanwhile.
    func named(_ error: any Error) -> any Error {
        guard var error = error as? EncoderError, let path = error.path, path.hasPrefix(destination + "."),
            let slash = path.dropFirst(destination.count).firstIndex(of: "/")
        else { return error }
        error.path = name + path[slash...]
        return error
    }

    private func freeName(_ suffix: String) -> String {
        "\(destination).\(String(UInt64.random(in: 0...UInt64.max), radix: 36)).\(suffix)"
    }

    // MARK: Files

    private static let advice = "Free space on the disk, or give another folder."

    /// What the last call of the system was refused for.
    private func failure(_ action: String) -> CommandFailure {
        CommandFailure(.cannotWrite, "\(name): \(action) failed: \(String(cString: strerror(errno))). \(Self.advice)")
    }

    private func copy(_ file: String, to target: String, _ label: String) throws(CommandFailure) {
        let input = open(file, O_RDONLY | O_CLOEXEC)
        guard input >= 0 else { throw Self.unreadable(file) }
        defer { close(input) }
        let output = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard output >= 0 else { throw failure("making \(label)") }
        defer { close(output) }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
        defer { buffer.deallocate() }
        while true {
            let count = read(input, buffer.baseAddress, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Self.unreadable(file) }
            if count == 0 { return }
            var done = 0
            while done < count {
                let written = write(output, buffer.baseAddress.map { $0 + done }, count - done)
                if written < 0, errno == EINTR { continue }
                guard written > 0 else { throw failure("writing \(label)") }
                done += written
            }
        }
    }

    private static func list(
        _ root: String, _ folder: String, into entries: inout [Entry]
    ) throws(CommandFailure) {
        let place = folder.isEmpty ? root : root + "/" + folder
        for name in try names(in: place) where name != ".git" {
            let path = place + "/" + name
            let relative = folder.isEmpty ? name : folder + "/" + name
            switch (kind(path), isLink(path)) {
            case (S_IFDIR, false):
                entries.append(Entry(path: relative, isFolder: true))
                try list(root, relative, into: &entries)
            case (S_IFREG, _):
                entries.append(Entry(path: relative, isFolder: false))
            case (S_IFDIR, true):
                throw CommandFailure(
                    .badData, "\(path): is a link to a folder, which is not copied. Put the folder itself there.")
            case (nil, true):
                throw CommandFailure(.badData, "\(path): is a link to nothing. Restore the file, or remove the link.")
            default:
                throw CommandFailure(.badData, "\(path): is neither a file nor a folder. Remove it.")
            }
        }
    }

    private static func names(in folder: String) throws(CommandFailure) -> [String] {
        do { return try FileManager.default.contentsOfDirectory(atPath: folder).sorted() } catch {
            throw unreadable(folder)
        }
    }

    private static func unreadable(_ path: String) -> CommandFailure {
        CommandFailure(.missingInput, "\(path): cannot be read. Check its permissions and the disk.")
    }

    /// What is behind a path, links followed; nil for nothing.
    private static func kind(_ path: String) -> mode_t? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
    }

    private static func isLink(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
    }

    // MARK: Places

    private static func holds(_ folder: String, _ path: String) -> Bool {
        path == folder || path.hasPrefix(folder == "/" ? "/" : folder + "/")
    }

    /// The absolute path without links, whose last parts need not exist; nil if there is none.
    private static func resolved(_ path: String) -> String? {
        if let found = realpath(path, nil) {
            defer { free(found) }
            return String(cString: found)
        }
        guard errno == ENOENT, !path.isEmpty, path != "/" else { return nil }
        var parts = path.split(separator: "/")
        guard let last = parts.popLast(), last != "..", last != "." else { return nil }
        let above = (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
        guard let parent = resolved(above.isEmpty ? "." : above) else { return nil }
        return parent == "/" ? "/" + last : parent + "/" + last
    }
}
