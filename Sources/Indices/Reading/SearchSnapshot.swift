public import DocumentStore
public import Mappings
public import SearchIndex
public import TextAnalysis

/// An index as of one refresh: its segments, and the documents of record that belong to them.
///
/// As long as it is held, the source of every document that it can find can be fetched, whatever happens to the document.
public struct SearchSnapshot: Sendable {
    /// The name of the index.
    public let indexName: String
    /// The segments.
    public let index: IndexSnapshot
    /// The mapping when the snapshot was taken; at least as new as the segments.
    public let mapping: Mapping
    /// The analysers of the index.
    public let analysis: AnalysisRegistry
    private let visible: VisibleState
    private let store: DocumentStore

    init(
        indexName: String, visible: VisibleState, mapping: Mapping, analysis: AnalysisRegistry, store: DocumentStore
    ) {
        self.indexName = indexName
        index = visible.snapshot
        self.visible = visible
        self.mapping = mapping
        self.analysis = analysis
        self.store = store
    }

    /// All operations up to this one are seen, and none after it.
    public var seqNo: Int64 { visible.through }

    /// Documents of record by sequence number: one call for a page of hits.
    ///
    /// - Returns: `nil` for numbers that are none of this index's.
    public func documents(seqNos: [Int64]) throws(IndicesError) -> [StoredDocument?] {
        do throws(DocumentStoreError) { return try store.documents(seqNos: seqNos) } catch { throw .documents(error) }
    }

    /// The sequence numbers under which this snapshot sees documents with these ids; `nil` where it sees none.
    ///
    /// O(log N) each, and one step more for each change of a document since the snapshot.
    public func seqNos(ofIDs ids: [String]) throws(IndicesError) -> [Int64?] {
        do throws(DocumentStoreError) {
            return try store.seqNos(ofIDs: ids, notAfter: seqNo)
        } catch {
            throw .documents(error)
        }
    }
}
