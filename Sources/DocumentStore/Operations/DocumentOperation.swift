/// One change of one document, as a client asked for it.
public struct DocumentOperation: Sendable {
    /// What is to be done.
    public enum Action: Sendable {
        /// Stores the source, whether the document is there or not.
        case index(source: ArraySlice<UInt8>)
        /// Stores the source if there is no such document; a conflict otherwise.
        case create(source: ArraySlice<UInt8>)
        /// Takes the document away and leaves a tombstone with its version.
        case delete
    }

    /// `_id`: 1 to 512 bytes of UTF-8 in OpenSearch; not checked here.
    public var id: String
    /// `_routing`, as it was given.
    public var routing: String?
    /// What is to be done.
    public var action: Action
    /// Under which condition, and what the new version is.
    public var version: VersionRule
    /// Whether ``id`` was made by ``DocumentIdentifier`` for this operation, so that nobody needs to look for it.
    public var hasGeneratedID: Bool

    /// An operation with all its parts.
    public init(id: String, routing: String? = nil, action: Action, version: VersionRule = .next) {
        hasGeneratedID = false
        self.id = id
        self.routing = routing
        self.action = action
        self.version = version
    }

    /// An operation that stores a document which came without an id.
    public init(generatingIDFor source: ArraySlice<UInt8>, routing: String? = nil) {
        id = DocumentIdentifier.next()
        hasGeneratedID = true
        self.routing = routing
        action = .create(source: source)
        version = .next
    }
}

/// How an operation compares with the document that is there, and which version it gives.
///
/// Source: OpenSearch's `VersionType` and `if_seq_no`/`if_primary_term`.
public enum VersionRule: Sendable, Hashable {
    /// Always goes; the version is one more than that of the document or its tombstone, 1 without either.
    case next
    /// Goes only if the document was last changed by this operation; the version is one more.
    case ifLastChangedBy(seqNo: Int64, primaryTerm: Int64)
    /// `version_type=external`: goes only if the given version is higher than the one that is there, and becomes the version.
    case external(Int64)
    /// `version_type=external_gte`: as ``external(_:)``, and an equal version goes as well.
    case externalOrEqual(Int64)
}
