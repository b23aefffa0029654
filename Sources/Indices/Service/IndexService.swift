public import ClusterState
public import DocumentStore
import JSON
public import Mappings
import SearchIndex
import Synchronization
public import TextAnalysis

/// One open index: documents of record, mapping and segments, kept in step.
///
/// A write goes: read by the mapping (which may grow, and is kept before anything is answered) → documents of record, durable → segments. It is
/// visible after the next refresh. All methods may be called from any thread and block it; several threads that write at once overlap: while one
/// waits for the disk, the others read and index.
public final class IndexService: Sendable {
    struct State: Sendable {
        var mapping: Mapping
        var settings: IndexSettings
        var writer: IndexWriter
        var visible: VisibleState
        /// The highest operation in the writer; while no batch is under way, all up to it are there.
        var indexedThrough: Int64
        /// All operations up to this one were in the segments when they were opened again.
        var recoveredThrough: Int64 = -1
        /// What was put into the writer since the last flush.
        var unflushedBytes = 0
        /// Why the segments do not follow any more, until they are opened again.
        var failure: IndexError?
        /// How often they could not be opened since they failed.
        var recoveryAttempts = 0
        /// What the housekeeper said last, when, and when it looks again.
        var complaint: (text: String, said: ContinuousClock.Instant, again: ContinuousClock.Instant)?
        var counters = IndexCounters()
        /// Whether all checksums of the segments that were there at opening have been compared.
        var isVerified: Bool
        var waiters: [(seqNo: Int64, resume: @Sendable () -> Void)] = []
        var isClosed = false
        var lastRefresh: ContinuousClock.Instant
        var lastSynchronization: ContinuousClock.Instant
        var lastWrite: ContinuousClock.Instant
        var lastRecovery: ContinuousClock.Instant
    }

    /// The name of the index.
    public let name: String
    /// Its unique id.
    public let uuid: String
    /// The analysers that its settings define.
    public let analysis: AnalysisRegistry
    /// The documents of record.
    public let documents: DocumentStore
    let folder: String
    let metadata: MetadataStore
    let order = IndexingOrder()
    let lanes = PreparationLanes()
    let readers = ReaderRegistry()
    /// Held while the mapping or the settings are changed.
    let changes = Mutex<Void>(())
    /// Held while segments are committed.
    let flushing = Mutex<Void>(())
    let deleteMemory = Mutex(DeleteMemory())
    let state: Mutex<State>

    /// How an index is opened.
    public struct OpeningOptions: Sendable {
        /// Makes an index that is not there yet.
        public var isNew = false
        /// Throws the segments away and makes them again from the documents.
        public var rebuilds = false
        /// Called while operations are indexed again: so many are done, of about so many.
        public var progress: (@Sendable (_ done: Int, _ total: Int) -> Void)?
        /// Called with sentences for the log.
        public var log: @Sendable (String) -> Void = { _ in }

        /// Opens what is there.
        public init() {}
    }

    /// Opens an index.
    ///
    /// Segments that are damaged, of another version or ahead of the documents are made again from the documents, which is said in the log.
    ///
    /// - Parameters:
    ///   - index: Its metadata.
    ///   - folder: Its folder, which is there.
    ///   - metadata: Where changes of mapping and settings are kept.
    /// - Throws: ``IndicesError``: settings, mapping, documents.
    public init(
        _ index: IndexMetadata, folder: String, metadata: MetadataStore, options: OpeningOptions = OpeningOptions()
    ) throws(IndicesError) {
        name = index.name
        uuid = index.uuid
        self.folder = folder
        self.metadata = metadata
        let settings = try IndexSettings(index.settings)
        analysis = try Self.analysis(index.settings)
        let mapping = try Self.mapping(index, settings, analysis)
        do throws(DocumentStoreError) {
            documents = try DocumentStore(
                path: folder + "/documents.sqlite", create: options.isNew, durability: settings.durability)
        } catch {
            throw .documents(error)
        }
        let recovery = IndexRecovery(
            name: index.name, folder: folder + "/segments", documents: documents, analysis: analysis, options: options)
        let recovered = try recovery.open(mapping)
        let now = ContinuousClock.now
        state = Mutex(
            State(
                mapping: recovered.mapping, settings: settings, writer: recovered.writer,
                visible: VisibleState(recovered.snapshot, through: recovered.through, readers),
                indexedThrough: recovered.through, unflushedBytes: recovered.replayedBytes,
                isVerified: recovered.isVerified, lastRefresh: now,
                lastSynchronization: now, lastWrite: now, lastRecovery: now - .seconds(60)))
        if recovered.mapping !== mapping { try keep(recovered.mapping) }
    }

    static func analysis(_ settings: JSONObject) throws(IndicesError) -> AnalysisRegistry {
        do throws(AnalysisError) {
            return try AnalysisRegistry(settings: .object(settings))
        } catch {
            throw .analysis(error)
        }
    }

    /// - Parameter isNew: Whether limits apply; they may have been lowered below what an index has.
    static func mapping(
        _ index: IndexMetadata, _ settings: IndexSettings, _ analysis: AnalysisRegistry, isNew: Bool = false
    ) throws(IndicesError) -> Mapping {
        do throws(MappingError) {
            return try Mapping(
                parsing: index.mappings, fieldNames: index.fieldNames, context: context(settings, analysis),
                checksLimits: isNew)
        } catch {
            throw .mapping(error)
        }
    }

    /// Checks that a closed index could be opened with these settings.
    ///
    /// - Throws: ``IndicesError``: settings, analysis, mapping.
    public static func check(_ index: IndexMetadata) throws(IndicesError) {
        _ = try mapping(index, IndexSettings(index.settings), analysis(index.settings))
    }

    static func context(_ settings: IndexSettings, _ analysis: AnalysisRegistry) -> MappingContext {
        MappingContext(
            hasAnalyzer: { $0 == "default" || analysis.analyzer(named: $0) != nil },
            hasNormalizer: { analysis.normalizer(named: $0) != nil },
            limits: settings.limits, ignoresMalformed: settings.ignoresMalformed, coerces: settings.coerces,
            vectors: settings.vectors)
    }

    // MARK: What it is

    /// The mapping as of now.
    public var mapping: Mapping { state.withLock { $0.mapping } }

    /// The settings that writing and refreshing go by.
    public var settings: IndexSettings { state.withLock { $0.settings } }

    /// What the last refresh made visible, with the mapping as of now.
    public var snapshot: SearchSnapshot {
        let (visible, mapping) = state.withLock { ($0.visible, $0.mapping) }
        return SearchSnapshot(
            indexName: name, visible: visible, mapping: mapping, analysis: analysis, store: documents)
    }

    /// Figures as of now.
    public var statistics: IndexStatistics {
        let (visible, writer, counters) = state.withLock { ($0.visible, $0.writer, $0.counters) }
        let stored = documents.statistics
        let segments = visible.snapshot.segments
        return IndexStatistics(
            documents: stored.liveDocuments,
            deletedInSegments: segments.reduce(0) { $0 + $1.documentCount - $1.liveCount },
            searchableDocuments: visible.snapshot.liveRootCount,
            bytes: stored.bytes + FolderSize.bytes(folder + "/segments"), documentBytes: stored.bytes,
            maximumSeqNo: stored.maximumSeqNo, committedSeqNo: writer.committed.seqNo, visibleSeqNo: visible.through,
            counters: counters)
    }

    /// Counts work that others did on this index, such as queries.
    public func count(_ body: (inout IndexCounters) -> Void) { state.withLock { body(&$0.counters) } }

    /// Commits the segments and closes everything; what holds a snapshot can go on searching, but fetches no documents.
    ///
    /// Harmless when repeated.
    public func close() {
        let isFirst = state.withLock { state in
            defer { state.isClosed = true }
            return !state.isClosed
        }
        guard isFirst else { return }
        // What cannot be committed is indexed again at the next opening.
        try? flush()
        release()
    }

    /// Closes without committing: for an index that is deleted.
    func abandon() {
        state.withLock { $0.isClosed = true }
        release()
    }

    private func release() {
        let (writer, waiters) = state.withLock { state in
            defer { state.waiters = [] }
            return (state.writer, state.waiters)
        }
        writer.close()
        documents.close()
        for waiter in waiters { waiter.resume() }
    }
}
