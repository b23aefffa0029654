/// Figures of a store.
public struct DocumentStatistics: Sendable, Hashable {
    /// Documents that are there: neither superseded nor deleted.
    public let liveDocuments: Int
    /// The highest sequence number that was given; -1 before the first.
    public let maximumSeqNo: Int64
    /// The primary term of operations that come now.
    public let primaryTerm: Int64
    /// Bytes of file and log together.
    public let bytes: Int
}
