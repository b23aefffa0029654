import Encoders

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A copy of a model folder that appears under its name only when it is complete.
struct ModelFolderCopy {
    /// Where the copy is until then.
    let temporary: String
    private let destination: String
    private let isReplacing: Bool

    /// Copies all files of a folder; symbolic links become the files behind them.
    ///
    /// - Parameter force: replaces a folder that holds quantised weights already.
    init(of source: String, to destination: String, replacing force: Bool) throws {
        let manager = FileManager.default
        var isFolder: Bool = false
        func exists(_ path: String) -> Bool { manager.fileExists(atPath: path, isDirectory: &isFolder) }
        guard exists(source), isFolder else {
            throw CommandFailure(
                .badData,
                "\(source): only a model folder can be quantised. Unpack the archive, or give the folder of the file.")
        }
        var path = destination
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        self.destination = path
        if exists(path) {
            let names = isFolder ? try manager.contentsOfDirectory(atPath: path) : [path]
            isReplacing = !names.isEmpty
            let from = URL(filePath: source).resolvingSymlinksInPath().path
            let to = URL(filePath: path).resolvingSymlinksInPath().path
            guard from != to, !from.hasPrefix(to.hasSuffix("/") ? to : to + "/") else {
                throw CommandFailure(.usage, "\(path): this is the model itself, or holds it. Give another folder.")
            }
            if isReplacing {
                guard force else {
                    throw CommandFailure(.cannotWrite, "\(path): is not empty. Give another folder, or --force.")
                }
                guard names.contains(QuantizationRecord.fileName) else {
                    throw CommandFailure(
                        .cannotWrite,
                        "\(path): holds no quantised model, so that --force does not replace it. Remove it first.")
                }
            }
        } else {
            isReplacing = false
        }
        temporary = "\(path).\(ProcessInfo.processInfo.processIdentifier).part"
        do {
            try Self.copy(source, to: temporary, depth: 0)
        } catch {
            discard()
            throw CommandFailure(.cannotWrite, "\(temporary): copying \(source) failed: \(error).")
        }
    }

    /// Gives the copy its name.
    func commit() throws {
        let manager = FileManager.default
        do {
            guard manager.fileExists(atPath: destination) else {
                try manager.moveItem(atPath: temporary, toPath: destination)
                return
            }
            // What was there makes way by a name of its own first, so that no moment has half a folder.
            let old = temporary + ".old"
            try manager.moveItem(atPath: destination, toPath: old)
            do {
                try manager.moveItem(atPath: temporary, toPath: destination)
            } catch {
                try? manager.moveItem(atPath: old, toPath: destination)
                throw error
            }
            try? manager.removeItem(atPath: old)
        } catch {
            throw CommandFailure(.cannotWrite, "\(destination): \(error).")
        }
    }

    /// Takes the copy away.
    func discard() {
        try? FileManager.default.removeItem(atPath: temporary)
    }

    private static func copy(_ source: String, to target: String, depth: Int) throws {
        let manager = FileManager.default
        try manager.createDirectory(atPath: target, withIntermediateDirectories: true)
        for name in try manager.contentsOfDirectory(atPath: source) where name != ".git" {
            let real = URL(filePath: source + "/" + name).resolvingSymlinksInPath().path
            var isFolder: Bool = false
            guard manager.fileExists(atPath: real, isDirectory: &isFolder) else { continue }
            if !isFolder {
                try manager.copyItem(atPath: real, toPath: target + "/" + name)
            } else if depth < 8 {
                try copy(real, to: target + "/" + name, depth: depth + 1)
            }
        }
    }
}
