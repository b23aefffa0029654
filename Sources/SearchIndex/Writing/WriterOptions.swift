import Tensors

/// How an index is written.
public struct WriterOptions: Sendable {
    /// Documents are gathered in memory up to about this many bytes, then become a segment.
    public var bufferBytes = 256 << 20
    /// How many threads index at once without waiting for each other.
    public var threads = 2
    /// Whether segments are merged in the background.
    public var mergesInBackground = true

    /// Segments with fewer vectors of a field have no graph for it: comparing all costs less there.
    public var graphThreshold = 7_500
    /// How many threads build graphs in ``IndexWriter/merge(to:)``; in the background it is one.
    public var mergeThreads = WorkerPool.defaultThreadCount

    var mergePolicy = MergePolicy()

    /// The defaults.
    public init() {}
}

/// What a commit says about itself.
public struct Checkpoint: Sendable, Equatable {
    /// All operations up to this sequence number are contained; -1: none.
    public var seqNo: Int64
    /// What the caller wants to find again beside it.
    public var userData: [String: String]

    /// A checkpoint.
    public init(seqNo: Int64 = -1, userData: [String: String] = [:]) {
        self.seqNo = seqNo
        self.userData = userData
    }
}
