public import JSON

/// Where models come from: a hub with its caches, mirrors and offline mode, or what a test makes up.
public protocol ModelSupply: Sendable {
    /// Finds a model and, where it is not here, fetches it.
    ///
    /// A call may be cancelled.
    ///
    /// - Parameters:
    ///   - origin: What was asked for.
    ///   - progress: Told how much is here, from 0 to 1, on any thread.
    /// - Throws: ``ModelSupplyError``.
    func fetch(
        _ origin: ModelOrigin, progress: @escaping @Sendable (Double) -> Void
    ) async throws(ModelSupplyError) -> SuppliedModel

    /// The name of the model that stands in for a pretrained one; nil if none does.
    func standIn(forPretrained name: String) -> String?
}

extension ModelSupply {
    /// None.
    public func standIn(forPretrained name: String) -> String? { nil }
}

/// What a registration names.
public enum ModelOrigin: Sendable, Hashable {
    /// A pretrained model of OpenSearch's artifact host or of what stands in for it; a name without a slash is that of a model which came along
    /// with the server.
    case pretrained(name: String, version: String, format: ModelFormat)
    /// A zip at an address, with its SHA-256 in hexadecimal digits where it is known.
    case archive(url: String, sha256: String?)
    /// A repository of the Hugging Face hub: `org/name`, or `org/name@revision`.
    case repository(String)
}

/// A model that is in the file system.
public struct SuppliedModel: Sendable {
    /// The zip or the folder.
    public var path: String
    /// The description of a pretrained model (`config.json` beside its zip); nil if there is none.
    public var description: JSONObject?
    /// Whether the zip lies in a cache that replaces files and never changes them in place, so that a second name of it keeps its bytes.
    public var isCached: Bool
    /// Whether the file was fetched for this call alone, and whoever called removes it.
    public var isTemporary: Bool

    /// A model.
    public init(
        path: String, description: JSONObject? = nil, isCached: Bool = false, isTemporary: Bool = false
    ) {
        self.path = path
        self.description = description
        self.isCached = isCached
        self.isTemporary = isTemporary
    }
}

/// Why a model could not be fetched.
public struct ModelSupplyError: Error, Sendable, Hashable {
    /// Kinds that a caller treats apart.
    public enum Kind: Sendable, Hashable {
        /// There is no pretrained model of that name, version and format.
        case notListed
        /// The bytes are not those that were announced.
        case changed
        /// Anything else: no connection, no space, offline.
        case other
    }

    /// The kind.
    public let kind: Kind
    /// What happened and what to do.
    public let reason: String

    /// An error.
    public init(_ kind: Kind, _ reason: String) {
        self.kind = kind
        self.reason = reason
    }
}
