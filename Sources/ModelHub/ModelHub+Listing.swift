extension ModelHub {
    /// The repositories in the cache that a branch or tag points into, whoever fetched them, sorted by name.
    ///
    /// Whether a snapshot is whole, or a model that this program can run, is not looked at.
    public func cachedRepositories() -> [(repository: HubRepository, path: String)] {
        CacheFiles.names(settings.cacheFolder).flatMap { folder -> [(repository: HubRepository, path: String)] in
            guard folder.hasPrefix("models--") else { return [] }
            let id = folder.dropFirst("models--".count).replacing("--", with: "/")
            let revisions = CacheFiles.names("\(settings.cacheFolder)/\(folder)/refs")
            return revisions.compactMap { revision in
                guard let repository = try? HubRepository(id: String(id), revision: revision) else { return nil }
                let cache = RepositoryCache(root: settings.cacheFolder, repository: repository)
                guard let commit = try? cache.commit(), CacheFiles.isFolder(cache.snapshot(commit)) else { return nil }
                return (repository, cache.snapshot(commit))
            }
        }
    }
}
