/// What became of one operation.
public struct DocumentOutcome: Sendable, Hashable {
    /// OpenSearch's `result`.
    public enum Result: String, Sendable, Hashable {
        /// There was no such document.
        case created
        /// There was one, and it is replaced.
        case updated
        /// There was one, and it is gone.
        case deleted
        /// A delete found nothing to delete; it has a sequence number and a version nevertheless.
        case notFound = "not_found"
    }

    /// What happened.
    public let result: Result
    /// `_seq_no` of this operation: the key of the stored document.
    public let seqNo: Int64
    /// `_primary_term` of this operation.
    public let primaryTerm: Int64
    /// `_version` after this operation.
    public let version: Int64
    /// The operation whose document is dead by this one, if there was a live one: what an index has to take out.
    public let superseded: Int64?
}

/// An operation that was refused because of the document that is there.
///
/// Nothing was changed.
public struct VersionConflict: Error, Sendable, Hashable {
    /// `_id` of the document.
    public let id: String
    /// What collided, as OpenSearch says it after `[id]: version conflict, `.
    public let reason: String

    /// A conflict of the document `id`.
    public init(id: String, reason: String) {
        self.id = id
        self.reason = reason
    }
}

extension VersionConflict: CustomStringConvertible {
    /// OpenSearch's sentence for `version_conflict_engine_exception`.
    public var description: String { "[\(id)]: version conflict, \(reason)" }
}
