/// A document of record.
public struct StoredDocument: Sendable, Hashable {
    /// `_id`.
    public let id: String
    /// `_seq_no`: the operation that stored it.
    public let seqNo: Int64
    /// `_primary_term` of that operation.
    public let primaryTerm: Int64
    /// `_version`.
    public let version: Int64
    /// `_routing`, if one was given.
    public let routing: String?
    /// `_source`: the bytes that were sent.
    public let source: [UInt8]

    /// A document with all its parts.
    public init(
        id: String, seqNo: Int64, primaryTerm: Int64, version: Int64, routing: String?, source: [UInt8]
    ) {
        self.id = id
        self.seqNo = seqNo
        self.primaryTerm = primaryTerm
        self.version = version
        self.routing = routing
        self.source = source
    }
}

/// One operation of the history that a scan goes through.
public struct LoggedOperation: Sendable, Hashable {
    /// What the operation did.
    public enum Effect: Sendable, Hashable {
        /// It stored this document.
        case stored(StoredDocument)
        /// It deleted the document `id`, or found none.
        case deleted(id: String)
    }

    /// Its sequence number.
    public let seqNo: Int64
    /// What it did.
    public let effect: Effect
    /// The operation whose document is dead by this one.
    ///
    /// `nil` as well when that document has been purged.
    public let superseded: Int64?
}
