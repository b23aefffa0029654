import Synchronization

/// Writes one index: takes documents and deletions, makes them visible, commits them, merges segments in the background.
///
/// All functions may be called by any number of threads at once.
public final class IndexWriter: Sendable {
    private struct State {
        var fields: [FieldNumber: FieldOptions] = [:]
        var buffer = DocumentBuffer()
        var cores: [SegmentCore] = []
        var live: [DocumentSet?] = []
        var deletions: [Int64] = []
        var snapshot = IndexSnapshot(segments: [], generation: 0)
        var committed = Checkpoint()
        var isClosed = false
    }

    /// The folder of the index.
    public let folder: String
    private let state = Mutex(State())

    /// Opens the index in a folder, or makes an empty one there.
    ///
    /// - Throws: ``IndexError`` when files are missing, damaged or of another version.
    public init(folder: String, options: WriterOptions = WriterOptions()) throws(IndexError) {
        self.folder = folder
    }

    /// What the last commit said; `seqNo` -1 when there is none.
    public var committed: Checkpoint { state.withLock { $0.committed } }

    /// The fields defined so far.
    public var fields: [FieldNumber: FieldOptions] { state.withLock { $0.fields } }

    /// Tells what to keep of a field, before a document has it. Saying the same again does nothing.
    ///
    /// - Throws: ``IndexError/field(_:reason:)`` when the field was defined with other options.
    public func define(_ field: FieldNumber, _ options: FieldOptions) throws(IndexError) {
        let known = state.withLock { state in
            if let known = state.fields[field] { return known }
            state.fields[field] = options
            return options
        }
        guard known == options else {
            throw .field(field, reason: "defined as \(known), cannot become \(options)")
        }
    }

    /// Adds a document: visible after the next ``refresh()``.
    ///
    /// - Throws: ``IndexError/document(seqNo:reason:)`` when a field was not defined or a term is longer than 32,766 bytes:
    ///   nothing of the document is in the index then.
    public func add(_ document: borrowing IndexDocument) throws(IndexError) {
        let copy = copy document
        let problem = state.withLock { state -> IndexError? in
            guard !state.isClosed else { return .closed }
            return state.buffer.add(copy, state.fields)
        }
        if let problem { throw problem }
    }

    /// Deletes the document (and its children) with a sequence number: gone after the next ``refresh()``. Unknown numbers are
    /// ignored.
    public func delete(seqNo: Int64) {
        state.withLock { $0.deletions.append(seqNo) }
    }

    /// Makes everything that was added and deleted visible in a new snapshot.
    @discardableResult
    public func refresh() throws(IndexError) -> IndexSnapshot {
        state.withLock { state in
            if let core = state.buffer.makeSegment(state.fields) {
                state.cores.append(core)
                state.live.append(nil)
                state.buffer = DocumentBuffer()
            } else if state.deletions.isEmpty {
                return state.snapshot
            }
            for seqNo in state.deletions {
                for (i, core) in state.cores.enumerated() {
                    guard var document = core.document(withSeqNo: seqNo) else { continue }
                    var live = state.live[i] ?? DocumentSet(capacity: core.documentCount, full: true)
                    while document >= 0, core.seqNos[document] == seqNo {
                        live.remove(document)
                        document -= 1
                    }
                    state.live[i] = live
                }
            }
            state.deletions = []
            var base = 0
            let segments = zip(state.cores, state.live).map { core, live in
                defer { base += core.documentCount }
                return Segment(core: core, base: base, liveDocuments: live)
            }
            state.snapshot = IndexSnapshot(segments: segments, generation: state.snapshot.generation + 1)
            return state.snapshot
        }
    }

    /// What the last ``refresh()`` made visible.
    public var snapshot: IndexSnapshot { state.withLock { $0.snapshot } }

    /// How many bytes the documents that are not in a segment yet take in memory.
    public var bufferedBytes: Int { state.withLock { $0.buffer.bytes } }

    /// Makes everything that was added and deleted durable, with the checkpoint; also refreshes.
    public func commit(_ checkpoint: Checkpoint) throws(IndexError) {
        try refresh()
        state.withLock { $0.committed = checkpoint }
    }

    /// Merges until there are at most so many segments, and deleted documents are gone. Waits for it.
    public func merge(to segments: Int = 1) throws(IndexError) {}

    /// Ends background work. What was not committed is lost with the process; snapshots stay valid.
    public func close() {
        state.withLock { $0.isClosed = true }
    }
}
