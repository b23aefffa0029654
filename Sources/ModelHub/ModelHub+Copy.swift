#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension ModelHub {
    /// Copies a model to a folder as plain files, for machines without a cache or a network.
    ///
    /// Files of the same names there are replaced; others stay.
    ///
    /// - Returns: The path that `ModelFolder` takes: the folder, or the zip in it.
    public static func copy(_ model: ResolvedModel, to folder: String) throws(HubError) -> String {
        try CacheFiles.makeFolder(folder)
        guard !CacheFiles.isFolder(model.path) else {
            try copyFiles(of: model.path, to: folder)
            return folder
        }
        let source = RepositoryCache.folder(of: model.path)
        let name = String(model.path.split(separator: "/").last ?? "model.zip")
        // The description of a zip lies beside it.
        for file in [name, "config.json"] where CacheFiles.size("\(source)/\(file)") != nil {
            try copyFile("\(source)/\(file)", to: "\(folder)/\(file)")
        }
        return "\(folder)/\(name)"
    }

    private static func copyFiles(of source: String, to folder: String) throws(HubError) {
        for name in CacheFiles.names(source) {
            if CacheFiles.isFolder("\(source)/\(name)") {
                try CacheFiles.makeFolder("\(folder)/\(name)")
                try copyFiles(of: "\(source)/\(name)", to: "\(folder)/\(name)")
            } else {
                try copyFile("\(source)/\(name)", to: "\(folder)/\(name)")
            }
        }
    }

    private static func copyFile(_ source: String, to target: String) throws(HubError) {
        // The link's target is what is wanted, not a link that points into this machine's cache.
        let resolved = URL(filePath: source).resolvingSymlinksInPath().path
        let temporary = "\(target).\(UInt64.random(in: 0 ... .max)).tmp"
        do {
            try FileManager.default.copyItem(atPath: resolved, toPath: temporary)
        } catch {
            CacheFiles.remove(temporary)
            throw HubError(
                .cache, target, reason: "copying failed: \(error)", advice: "Check the rights and the space there")
        }
        try CacheFiles.move(temporary, to: target)
    }
}
