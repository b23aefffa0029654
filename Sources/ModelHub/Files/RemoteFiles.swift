import JSON
import PercentEncoding

/// A repository on the server at one commit: what the server says about its files, each asked for once.
actor RemoteFiles: FileSource {
    /// What the server says about a file.
    struct Entry: Sendable, Hashable {
        let etag: String
        let size: Int?
    }

    let client: HubClient
    let cache: RepositoryCache
    /// The revision that is asked for: a commit, once it is known.
    private(set) var revision: String
    /// The names of all files; nil where the server has no listing and every name is asked for.
    nonisolated let listing: Set<String>?
    private var entries: [String: Entry?] = [:]

    init(client: HubClient, cache: RepositoryCache, revision: String, listing: Set<String>?) {
        self.client = client
        self.cache = cache
        self.revision = revision
        self.listing = listing
    }

    nonisolated var names: [String] { listing.map { Array($0) } ?? [] }

    func contains(_ name: String) async throws(HubError) -> Bool {
        if let listing { return listing.contains(name) }
        return try await entry(name) != nil
    }

    func json(_ name: String) async throws(HubError) -> JSONValue {
        guard let entry = try await entry(name) else {
            throw HubError(.missingFile, name, reason: "the listing names this file, and the server does not have it")
        }
        let limit = client.settings.maximumListingBytes
        if let size = entry.size, size > limit {
            throw HubError(.limitExceeded, name, reason: "\(size) bytes where a small file was expected")
        }
        _ = try await fetch(name)
        let path = "\(cache.snapshot(revision))/\(name)"
        return try FileSelection.parse(try CacheFiles.read(path, limit: limit) ?? [], of: name)
    }

    nonisolated func address(_ name: String, _ revision: String) throws(HubError) -> Address {
        let text =
            "\(client.settings.endpoint)/\(cache.repository.id)/resolve/"
            + "\(revision.percentEncoded())/\(name.percentEncoded(keeping: "/"))"
        guard let address = Address(text) else { throw ModelHub.badEndpoint(client.settings.endpoint) }
        return address
    }

    /// What the server says about a file; nil if it has none of that name.
    func entry(_ name: String) async throws(HubError) -> Entry? {
        if let known = entries[name] { return known }
        let repository = cache.repository
        let subject = "\(repository.text)/\(name)"
        let address = try address(name, revision)
        do throws(HubError) {
            let answer = try await client.head(address, subject: subject)
            guard let commit = answer.commit, RepositoryCache.isSafeName(commit) else {
                throw HubError(
                    .malformedResponse, subject, url: answer.address.shown,
                    reason: "the answer has no X-Repo-Commit field, so it is not one of a hub",
                    advice: "Check HF_ENDPOINT, and proxies that ask for a login")
            }
            guard let etag = answer.etag, RepositoryCache.isSafeName(etag) else {
                throw HubError(
                    .malformedResponse, subject, url: answer.address.shown,
                    reason: "the answer has no ETag that can name a file of the cache", advice: "Check HF_ENDPOINT")
            }
            if let size = answer.size, size < 0 {
                throw HubError(
                    .malformedResponse, subject, url: answer.address.shown, reason: "a size of \(size) bytes")
            }
            if HubRepository.isCommit(revision), commit != revision {
                throw HubError(
                    .changed, subject, url: answer.address.shown,
                    reason: "commit \(revision) was asked for, and the server answers with \(commit)")
            }
            revision = commit
            let entry = Entry(etag: etag, size: answer.size)
            entries[name] = .some(entry)
            return entry
        } catch {
            // Where every name is asked for, most are not there.
            guard error.kind == .notFound, error.status == 404 || error.status == 410, listing == nil else {
                throw error
            }
            if HubRepository.isCommit(revision) { cache.recordMissing(name, in: revision) }
            entries[name] = .some(nil)
            return nil
        }
    }

    /// Whether the cache has the file; makes its link in the snapshot if only that is missing.
    func isCached(_ name: String) async throws(HubError) -> Bool {
        guard let entry = try await entry(name) else { return false }
        return cache.file(name, of: revision) != nil || blobIsWhole(entry)
    }

    private func blobIsWhole(_ entry: Entry) -> Bool {
        guard let size = CacheFiles.size(cache.blob(entry.etag)) else { return false }
        return entry.size == nil || entry.size == size
    }

    /// Fetches a file unless the cache has it.
    ///
    /// - Returns: Whether anything was fetched.
    func fetch(_ name: String) async throws(HubError) -> Bool {
        let subject = "\(cache.repository.text)/\(name)"
        guard RepositoryCache.isSafePath(name) else {
            throw HubError(
                .unsafeName, subject, reason: "the name leads out of the cache or is none that a file can have",
                advice: "Do not use this model: nothing but tampering makes such a name")
        }
        if cache.file(name, of: revision) != nil { return false }
        guard let entry = try await entry(name) else {
            throw HubError(
                .missingFile, subject, reason: "the listing names this file, and the server does not have it")
        }
        try cache.prepare()
        let commit = revision
        let client = client
        let lock = try await FileLock.acquire(cache.lock(entry.etag)) { client.report(.waiting(file: name)) }
        defer { withExtendedLifetime(lock) {} }
        if blobIsWhole(entry) {
            try cache.link(name, of: commit, to: entry.etag)
            return false
        }
        let download = FileDownload(
            client: client, name: name, address: try address(name, commit), target: cache.blob(entry.etag),
            partial: cache.blob(entry.etag) + ".incomplete", etag: entry.etag, size: entry.size,
            digest: ContentDigest(etag: entry.etag))
        try await download.run()
        try cache.link(name, of: commit, to: entry.etag)
        return true
    }
}
