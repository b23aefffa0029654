import JSON
import PercentEncoding

/// Finds one repository of the hub in the cache, and pulls what is missing.
struct RepositoryPull: Sendable {
    let settings: HubSettings
    let repository: HubRepository
    let report: @Sendable (HubEvent) -> Void

    private var cache: RepositoryCache { RepositoryCache(root: settings.cacheFolder, repository: repository) }

    func resolve(_ fetching: ModelHub.Fetching) async throws(HubError) -> ResolvedModel {
        let local = try await local()
        if let commit = local.commit, local.missing.isEmpty, fetching != .newest || repository.isCommit {
            return ResolvedModel(path: cache.snapshot(commit), revision: commit)
        }
        guard fetching != .never else { throw notCached(local) }
        do throws(HubError) {
            return try await pull()
        } catch {
            let isOutage = [.network, .timeout, .status].contains(error.kind)
            guard isOutage, let commit = local.commit, local.missing.isEmpty else { throw error }
            return ResolvedModel(
                path: cache.snapshot(commit), revision: commit,
                notes: ["The copy in the cache is used, as the hub could not be asked for a newer one: \(error)"])
        }
    }

    func plan() async throws(HubError) -> HubPlan {
        try await HubClient.with(settings, report: report) { (client) async throws(HubError) in
            let remote = try await remote(client)
            return try await plan(try await selection(remote), remote)
        }
    }

    // MARK: The cache

    /// What the cache has: the commit of the revision, and what a model would need besides.
    private func local() async throws(HubError) -> (commit: String?, missing: [String]) {
        guard let commit = try cache.commit(), CacheFiles.isFolder(cache.snapshot(commit)) else { return (nil, []) }
        let source = SnapshotSource(folder: cache.snapshot(commit), limit: settings.maximumListingBytes)
        return (commit, try await FileSelection.choose(from: source).missing)
    }

    private func notCached(_ local: (commit: String?, missing: [String])) -> HubError {
        let place = local.commit.map(cache.snapshot) ?? cache.folder
        let reason =
            if local.commit == nil {
                CacheFiles.isFolder(cache.folder)
                    ? "the cache has the repository, and not its revision \(repository.revision)"
                    : "the model is not in the cache"
            } else {
                "the cache has only a part of the model; missing: \(local.missing.joined(separator: "; "))"
            }
        let advice =
            settings.isOffline
            ? "The network is switched off (HF_HUB_OFFLINE or --offline): copy the folder from a machine that has it, or allow the network"
            : "Fetch it with 'needletail models pull \(repository.text)'"
        return HubError(.offline, repository.text, reason: "\(reason) (looked in \(place))", advice: advice)
    }

    // MARK: The server

    private func pull() async throws(HubError) -> ResolvedModel {
        try await HubClient.with(settings, report: report) { (client) async throws(HubError) in
            let remote = try await remote(client)
            let selection = try await selection(remote)
            let plan = try await plan(selection, remote)
            report(.planned(plan))
            for file in plan.files where file.isCached { report(.cached(file: file.name)) }
            let fetched = try await eachConcurrently(selection.files, limit: settings.concurrentDownloads) {
                (name) async throws(HubError) in try await remote.fetch(name)
            }
            let commit = await remote.revision
            // Last, so that a branch never stands for a snapshot that is not whole.
            try cache.record(commit: commit)
            let wasCached = !fetched.contains(true) && !plan.files.contains { !$0.isCached }
            return ResolvedModel(path: cache.snapshot(commit), revision: commit, wasCached: wasCached)
        }
    }

    private func selection(_ remote: RemoteFiles) async throws(HubError) -> FileSelection {
        let selection = try await FileSelection.choose(from: remote)
        guard selection.missing.isEmpty else {
            throw HubError(
                .missingFile, repository.text,
                reason:
                    "the repository is not a model that can be run; missing: \(selection.missing.joined(separator: "; "))",
                advice: "Check the name; some repositories hold only adapters, or weights in formats such as GGUF")
        }
        guard selection.files.count <= settings.maximumFileCount else {
            throw HubError(
                .limitExceeded, repository.text,
                reason: "\(selection.files.count) files; at most \(settings.maximumFileCount) are fetched")
        }
        return selection
    }

    private func plan(_ selection: FileSelection, _ remote: RemoteFiles) async throws(HubError) -> HubPlan {
        let files = try await eachConcurrently(selection.files, limit: 8) { (name) async throws(HubError) in
            let size = try await remote.entry(name)?.size
            return HubPlan.File(name: name, bytes: size, isCached: try await remote.isCached(name))
        }
        var total = 0
        for file in files {
            let (sum, overflow) = total.addingReportingOverflow(file.bytes ?? 0)
            guard !overflow, sum <= settings.maximumTotalBytes else {
                throw HubError(
                    .limitExceeded, repository.text,
                    reason: "the model takes more than \(settings.maximumTotalBytes) bytes, the most that are fetched")
            }
            total = sum
        }
        let commit = await remote.revision
        return HubPlan(reference: repository.text, revision: commit, path: cache.snapshot(commit), files: files)
    }

    /// The commit and the names of the files, as far as the server says; mirrors without that interface are asked for each name.
    private func remote(_ client: HubClient) async throws(HubError) -> RemoteFiles {
        let path = "/api/models/\(repository.id)/revision/\(repository.revision.percentEncoded())"
        guard let address = Address(settings.endpoint + path) else { throw ModelHub.badEndpoint(settings.endpoint) }
        let bytes: [UInt8]
        do throws(HubError) {
            bytes = try await client.bytes(address, subject: repository.text).bytes
        } catch {
            // A hub says what it does not find; a file server just has no such page.
            guard error.kind == .notFound, error.status == 404, error.reason == RequestFailure.plainNotFound else {
                throw error
            }
            return RemoteFiles(client: client, cache: cache, revision: repository.revision, listing: nil)
        }
        guard let document = try? FileSelection.parse(bytes, of: "listing"), let commit = document["sha"]?.string,
            let siblings = document["siblings"]?.array
        else {
            return RemoteFiles(client: client, cache: cache, revision: repository.revision, listing: nil)
        }
        guard RepositoryCache.isSafeName(commit) else {
            throw HubError(
                .malformedResponse, repository.text, url: address.shown,
                reason: "the commit \(commit.prefix(64).debugDescription) is not one")
        }
        var names: Set<String> = []
        for sibling in siblings {
            guard let name = sibling["rfilename"]?.string else { continue }
            guard RepositoryCache.isSafePath(name) else {
                throw HubError(
                    .unsafeName, repository.text, url: address.shown,
                    reason:
                        "the listing names a file \(name.prefix(80).debugDescription), which leads out of the model",
                    advice: "Do not use this model: nothing but tampering makes such a name")
            }
            names.insert(name)
        }
        return RemoteFiles(client: client, cache: cache, revision: commit, listing: names)
    }
}
