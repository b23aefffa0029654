/// What happens while a model is fetched, for progress displays; files are named relative to the model.
public enum HubEvent: Sendable, Hashable {
    /// The files that the model consists of are known.
    case planned(HubPlan)
    /// A file was in the cache already.
    case cached(file: String)
    /// A transfer begins, or goes on where an earlier one stopped: `have` bytes are there.
    case started(file: String, have: Int, total: Int?)
    /// So many bytes of a file are there now; it can go down, when a server does not let a transfer go on.
    case received(file: String, bytes: Int, total: Int?)
    /// A file is complete, checked and in place.
    case finished(file: String, bytes: Int)
    /// An attempt failed, and another one follows after a pause.
    case retrying(file: String, reason: String, after: Duration)
    /// Another process fetches the same file; this one waits for it.
    case waiting(file: String)
}

/// The files of a model, before anything is fetched.
public struct HubPlan: Sendable, Hashable {
    /// A file of a model.
    public struct File: Sendable, Hashable {
        /// Its name, relative to the model.
        public let name: String
        /// Its size, where the server said it.
        public let bytes: Int?
        /// Whether the cache has it.
        public let isCached: Bool

        /// A file.
        public init(name: String, bytes: Int?, isCached: Bool) {
            self.name = name
            self.bytes = bytes
            self.isCached = isCached
        }
    }

    /// The model, as it was asked for.
    public let reference: String
    /// The commit or version that the revision stands for now.
    public let revision: String?
    /// Where the model is, or will be.
    public let path: String
    /// All files, also those in the cache.
    public let files: [File]

    /// A plan.
    public init(reference: String, revision: String?, path: String, files: [File]) {
        self.reference = reference
        self.revision = revision
        self.path = path
        self.files = files
    }

    /// The bytes that have to be fetched, as far as sizes are known.
    public var bytesToFetch: Int { files.reduce(0) { $0 + ($1.isCached ? 0 : $1.bytes ?? 0) } }
}

/// A model that is in the file system.
public struct ResolvedModel: Sendable, Hashable {
    /// The folder, zip or weight file, as `ModelFolder` takes it.
    public let path: String
    /// The commit of a repository, or the version of an artifact; nil for local paths.
    public let revision: String?
    /// Whether nothing had to be fetched.
    public let wasCached: Bool
    /// What the user should know, as sentences: for example that no newer version could be looked for.
    public let notes: [String]

    /// A model.
    public init(path: String, revision: String? = nil, wasCached: Bool = true, notes: [String] = []) {
        self.path = path
        self.revision = revision
        self.wasCached = wasCached
        self.notes = notes
    }
}
