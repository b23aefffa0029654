/// What an index has done since it was opened.
///
/// Times are in nanoseconds.
public struct IndexCounters: Sendable, Hashable {
    /// Documents that were stored.
    public var indexed = 0
    /// Operations that were refused: by the mapping, by their version, by the disk.
    public var failed = 0
    /// Documents that were deleted, and deletes that found none.
    public var deleted = 0
    /// Time in writes.
    public var writeTime: Int64 = 0
    /// Refreshes that had something to do.
    public var refreshes = 0
    /// Time in them.
    public var refreshTime: Int64 = 0
    /// Flushes.
    public var flushes = 0
    /// Time in them.
    public var flushTime: Int64 = 0
    /// Documents that were asked for by id.
    public var gets = 0
    /// Those that were there.
    public var getsFound = 0
    /// Time in gets.
    public var getTime: Int64 = 0
    /// Queries; counted by whoever runs them.
    public var queries = 0
    /// Time in them.
    public var queryTime: Int64 = 0
    /// Pages of hits whose documents were fetched.
    public var fetches = 0
    /// Time in them.
    public var fetchTime: Int64 = 0
    /// Forced merges.
    public var merges = 0

    /// Nothing done yet.
    public init() {}
}

/// Figures of an index as of now.
public struct IndexStatistics: Sendable {
    /// Documents that are there, whether visible or not yet.
    public let documents: Int
    /// Documents in the segments that are deleted and not merged away yet; nested children are counted.
    public let deletedInSegments: Int
    /// Documents that a search sees.
    public let searchableDocuments: Int
    /// Bytes of documents and segments on disk.
    public let bytes: Int
    /// Bytes of the documents of record among them.
    public let documentBytes: Int
    /// The highest sequence number that was given; -1 before the first.
    public let maximumSeqNo: Int64
    /// All operations up to this one are in the segments on disk.
    public let committedSeqNo: Int64
    /// All operations up to this one are visible.
    public let visibleSeqNo: Int64
    /// What the index has done.
    public let counters: IndexCounters
}
