internal import DocumentStore
internal import JSON

/// One change of a document, as `_doc`, `_create` and the lines of `_bulk` ask for it.
struct WriteRequest: Sendable {
    /// What is asked for, under the names of `_bulk`.
    enum Kind: String, Sendable {
        case index
        case create
        case update
        case delete
    }

    var kind: Kind
    /// The index or alias as written.
    var target: String
    /// Nil lets the server make one.
    var id: String?
    var routing: String?
    var version: VersionRule = .next
    var requiresAlias = false
    var pipeline: String?
    var retries = 0
    /// The document or, for updates, what is to be changed.
    var body: ArraySlice<UInt8> = []
    /// Which part of the source an update gives back; nil for none.
    var returnedSource: SourceChoice?

    /// The longest id, in bytes.
    static let maximumIDBytes = 512

    /// Refuses ids that cannot be kept, as OpenSearch words it.
    func validate() throws(OpenSearchError) {
        if let id {
            if id.isEmpty { throw .illegalArgument("if _id is specified it must not be empty") }
            if id.utf8.count > Self.maximumIDBytes {
                throw .validation([
                    "id [\(id)] is too long, must be no longer than \(Self.maximumIDBytes) bytes but was: \(id.utf8.count)"
                ])
            }
        } else if kind == .delete || kind == .update {
            throw .validation(["id is missing"])
        }
    }

    /// The rule that parameters or the members of a bulk line give.
    static func versionRule(
        version: Int?, type: String?, ifSeqNo: Int?, ifPrimaryTerm: Int?, kind: Kind
    ) throws(OpenSearchError) -> VersionRule {
        if ifSeqNo != nil || ifPrimaryTerm != nil {
            guard version == nil else {
                throw .validation(["compare and write operations can not use versioning"])
            }
            guard let ifSeqNo, let ifPrimaryTerm else {
                throw .validation([
                    ifSeqNo == nil
                        ? "ifSeqNo is unassigned, but primary term is [\(ifPrimaryTerm ?? 0)]"
                        : "ifSeqNo is set, but primary term is [0]"
                ])
            }
            guard ifSeqNo >= 0 else {
                throw .illegalArgument("sequence numbers must be non negative. got [\(ifSeqNo)].")
            }
            if kind == .create {
                throw .validation(["create operations do not support compare and set. use index instead"])
            }
            return .ifLastChangedBy(seqNo: Int64(ifSeqNo), primaryTerm: Int64(ifPrimaryTerm))
        }
        switch type ?? "internal" {
        case "internal":
            if version != nil {
                throw .validation([
                    "internal versioning can not be used for optimistic concurrency control. Please use `if_seq_no` and "
                        + "`if_primary_term` instead"
                ])
            }
            return .next
        case "external", "external_gt", "external_gte":
            guard let version, version >= 0 else {
                throw .validation([
                    "illegal version value [\(version ?? -3)] for version type [\((type ?? "").uppercased())]"
                ])
            }
            return type == "external_gte" ? .externalOrEqual(Int64(version)) : .external(Int64(version))
        case let other: throw .illegalArgument("No version type match [\(other)]")
        }
    }
}
