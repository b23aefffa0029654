import ClusterState
import Indices
import JSON
import Mappings
import Querying
import SearchIndex
import TextAnalysis

/// The index, open for searching.
final class BenchmarkIndex {
    private let node: NodeIndices
    private let snapshot: SearchSnapshot

    init(folder: String) throws {
        node = try NodeIndices(DataFolder(path: folder, create: false))
        snapshot = try node.index(IndexBuilding.name).snapshot
    }

    deinit { node.shutDown() }

    var documentCount: Int { snapshot.index.liveRootCount }
    var segmentCount: Int { snapshot.index.segments.count }

    /// Plans and runs a query.
    ///
    /// - Parameters:
    ///   - countsAll: count every match, not only as many as the best hits take.
    ///   - reads: read ids and sources of the hits; otherwise the sequence number stands for the id.
    func search(_ query: Query, limit: Int, countsAll: Bool, reads: Bool) throws -> SearchResponse {
        var request = SearchRequest()
        request.query = query
        request.size = limit
        request.trackTotalHits = countsAll ? .exact : .off
        request.source = SourceFilter(fetch: reads)
        let context = SearchContext(now: Moment(milliseconds: 1_700_000_000_000))
        return try Search.run(request, over: [BenchmarkView(snapshot: snapshot, reads: reads)], context: context)
    }
}

/// What a search sees of the index.
private struct BenchmarkView: IndexView {
    let snapshot: IndexSnapshot
    let mapping: Mapping
    let analysis: AnalysisRegistry
    let name = IndexBuilding.name
    let uuid = ""
    private let visible: SearchSnapshot
    private let reads: Bool

    init(snapshot visible: SearchSnapshot, reads: Bool) {
        self.visible = visible
        self.reads = reads
        snapshot = visible.index
        mapping = visible.mapping
        analysis = visible.analysis
    }

    func seqNos(ofIDs ids: [String]) throws -> [Int64] { try visible.seqNos(ofIDs: ids).compactMap { $0 } }

    func documents(_ seqNos: [Int64]) throws -> [StoredDocument?] {
        guard reads else { return seqNos.map { StoredDocument(id: "", seqNo: $0, source: []) } }
        return try visible.documents(seqNos: seqNos).map { found in
            found.map { StoredDocument(id: $0.id, seqNo: $0.seqNo, source: $0.source) }
        }
    }
}
