/// Finds models where users name them, and fetches them if asked to: paths, repositories of the Hugging Face hub, and the pretrained
/// models of OpenSearch.
///
/// What is fetched goes to the cache that huggingface_hub uses, in its layout, so that either finds what the other has pulled.
public struct ModelHub: Sendable {
    /// When the network may be used.
    public enum Fetching: String, Sendable, Hashable, CaseIterable {
        /// Never: what is not in the cache is an error.
        case never
        /// Only if the cache lacks the model; a branch stands for the commit that it had when it was fetched.
        case ifMissing
        /// To look whether a branch has moved, and then for what has changed; without a connection the cache is used.
        case newest
    }

    /// Where models come from and where they are kept.
    public let settings: HubSettings

    /// A hub with these settings; nothing is opened or made before it is needed.
    public init(settings: HubSettings) { self.settings = settings }

    /// Finds a model, and fetches what is missing of it as far as that is allowed.
    ///
    /// Several tasks and processes may ask for the same model at once: each file is fetched by one of them. A call that is cancelled or
    /// killed leaves the cache usable, and the next one goes on where it stopped.
    ///
    /// - Parameters:
    ///   - reference: What the user asks for.
    ///   - fetching: When the network may be used; with ``HubSettings/isOffline`` it never is.
    ///   - progress: Told what happens, on any thread.
    /// - Throws: ``HubError``.
    public func resolve(
        _ reference: ModelReference, fetching: Fetching = .ifMissing,
        progress: @escaping @Sendable (HubEvent) -> Void = { _ in }
    ) async throws(HubError) -> ResolvedModel {
        switch reference {
        case .local(let path):
            return ResolvedModel(path: path)
        case .repository(let repository):
            return try await RepositoryPull(settings: settings, repository: repository, report: progress)
                .resolve(settings.isOffline ? .never : fetching)
        case .archive, .artifact:
            return try await ArtifactPull(settings: settings, reference: reference, report: progress)
                .resolve(settings.isOffline ? .never : fetching)
        }
    }

    /// Finds a model in the file system and in the caches, without network.
    ///
    /// - Throws: ``HubError`` of kind `offline` if the model is not there, with the places that were looked at.
    public func cached(_ reference: ModelReference) async throws(HubError) -> ResolvedModel {
        try await resolve(reference, fetching: .never)
    }

    /// Tells what ``resolve(_:fetching:progress:)`` with ``Fetching/newest`` would fetch.
    ///
    /// The small files that say which others are needed, such as `modules.json`, are fetched into the cache.
    public func plan(_ reference: ModelReference) async throws(HubError) -> HubPlan {
        switch reference {
        case .local(let path):
            return HubPlan(
                reference: path, revision: nil, path: path,
                files: [.init(name: path, bytes: CacheFiles.size(path), isCached: true)])
        case .repository(let repository):
            return try await RepositoryPull(settings: settings, repository: repository, report: { _ in }).plan()
        case .archive, .artifact:
            return try await ArtifactPull(settings: settings, reference: reference, report: { _ in }).plan()
        }
    }

    static func badEndpoint(_ endpoint: String) -> HubError {
        HubError(
            .invalidReference, "HF_ENDPOINT", url: Address.shown(endpoint),
            reason: "this is not the address of a server",
            advice: "Write for example https://huggingface.co")
    }
}
