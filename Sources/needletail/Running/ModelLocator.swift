import ModelHub

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

/// Finds models by name in the folders that hold them, and by path.
enum ModelLocator {
    /// The model that ships with the program.
    static let starter = "starter-cross-encoder"

    /// Folders that hold models, first found wins: those of NEEDLETAIL_MODELS, `share/needletail/models` of the installation
    /// that the program lies in, `Models` of the checkout that it was built in, `Models` of the current folder.
    static var folders: [String] {
        var folders = (environmentValue("NEEDLETAIL_MODELS") ?? "").split(separator: ":").map(String.init)
        var parts = programPath.split(separator: "/")
        while !parts.isEmpty {
            parts.removeLast()
            let above = "/" + parts.joined(separator: "/")
            let isCheckout = exists(above + "/Package.swift") && exists(above + "/Models")
            if isCheckout { folders.append(above + "/Models") }
            let installed = (above == "/" ? "" : above) + "/share/needletail/models"
            if exists(installed) { folders.append(installed) }
        }
        if exists("Models") { folders.append("Models") }
        var seen: Set<String> = []
        return folders.filter { isFolder($0) && seen.insert(resolved($0)).inserted }
    }

    /// The path of a model that is given by path, by name, or as a reference to a hub whose cache has it; nothing is fetched.
    static func path(of model: String) throws -> String {
        if exists(model) { return model }
        let isPath = model.hasPrefix("/") || model.hasPrefix(".") || model.hasPrefix("~")
        if isPath {
            throw CommandFailure(.missingInput, "\(model): no such file or folder. Check the path of the model.")
        }
        if model.contains("/") {
            let reference = try ModelReference(model)
            return try waitForTask { try await ModelHub(settings: .ofProcess).cached(reference).path }
        }
        if let path = inFolders(model) { return path }
        let folders = folders
        let places =
            folders.isEmpty ? "no folder with models was found" : "looked in " + folders.joined(separator: ", ")
        throw CommandFailure(
            .missingInput,
            "there is no model named '\(model)' (\(places)). Give the path of a model folder, or set NEEDLETAIL_MODELS to the "
                + "folder that holds it; 'needletail models list' shows what is found.")
    }

    /// The path of a model that is given by name, or as a reference to a hub whose cache has it; no path is taken for one.
    static func named(_ model: String) throws -> String {
        let isPath = model.split(separator: "/", omittingEmptySubsequences: false).contains {
            $0.isEmpty || $0.hasPrefix(".") || $0.hasPrefix("~")
        }
        if !isPath, model.contains("/") {
            // A folder of this name below the current one is a path, too.
            let reference = try ModelReference(model, exists: { _ in false })
            return try waitForTask { try await ModelHub(settings: .ofProcess).cached(reference).path }
        }
        if !isPath, let path = inFolders(model) { return path }
        throw CommandFailure(
            .missingInput, "there is no model named '\(model)'. Give the name of one that the node finds.")
    }

    /// The path of a model in the folders that hold models; nil if none has that name.
    static func inFolders(_ name: String) -> String? { folders.map { $0 + "/" + name }.first(where: exists) }

    /// The models of all folders, name and path, sorted within each folder; of two with the same name the one that is used; and then
    /// the repositories in the hub's cache.
    static func all() -> [(name: String, path: String)] {
        var seen: Set<String> = []
        let cached = ModelHub(settings: .ofProcess).cachedRepositories().map {
            (name: $0.repository.text, path: $0.path)
        }
        return cached.isEmpty ? inFolders(&seen) : inFolders(&seen) + cached
    }

    private static func inFolders(_ seen: inout Set<String>) -> [(name: String, path: String)] {
        folders.flatMap { folder in
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            return names.filter { !$0.hasPrefix(".") && (isFolder(folder + "/" + $0) || $0.hasSuffix(".zip")) }.sorted()
                .filter { seen.insert($0).inserted }.map { (name: $0, path: folder + "/" + $0) }
        }
    }

    private static var programPath: String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
            ?? resolved(CommandLine.arguments[0])
    }

    private static func resolved(_ path: String) -> String {
        URL(filePath: path).resolvingSymlinksInPath().path(percentEncoded: false)
    }

    private static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: path)
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
