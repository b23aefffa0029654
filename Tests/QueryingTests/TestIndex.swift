#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import JSON
import Mappings
import Querying
import SearchIndex
import TestSupport
import TextAnalysis

/// An index for tests: documents by number, with their sources in memory.
struct TestIndex: IndexView {
    var name = "test"
    var uuid = "uuid"
    var snapshot: IndexSnapshot
    var mapping: Mapping
    var analysis = AnalysisRegistry.builtIn
    var limits = SearchRequest.Limits()
    var filter: Query?
    var sources: [[UInt8]]
    var ids: [String: Int64]
    var names: [String]
    /// Keeps the index's folder until the tests are done.
    let folder: Folder
    let writer: IndexWriter

    /// Indexes documents; `_id` is their number, `seq_no` too.
    init(
        _ documents: [JSONValue], mapping json: JSONValue, settings: JSONValue? = nil, segments: Int = 1,
        deleting: [Int] = [], ids given: [String]? = nil
    ) throws {
        folder = Folder()
        writer = try IndexWriter(folder: folder.path)
        if let settings { analysis = try AnalysisRegistry(settings: settings) }
        var vectors = VectorSettings()
        vectors.isVectorIndex = true
        vectors.isSparseIndex = true
        var mapping = try Mapping(parsing: json, context: MappingContext(vectors: vectors))
        var parser = try DocumentParser(mapping: mapping, analysis: analysis)
        var document = IndexDocument()
        sources = []
        ids = [:]
        names = []
        for (number, options) in mapping.indexedFields { try writer.define(number, options) }
        for (number, source) in documents.enumerated() {
            let bytes = source.serializedBytes()
            while let update = try bytes.withUnsafeBytes({ try parser.parse($0, id: String(number), into: &document) })
            {
                mapping = try mapping.merging(update)
                for (number, options) in mapping.indexedFields { try writer.define(number, options) }
                parser = try DocumentParser(mapping: mapping, analysis: analysis)
            }
            document.seqNo = Int64(number)
            try writer.add(document)
            sources.append(bytes)
            let id = given?[number] ?? String(number)
            ids[id] = Int64(number)
            names.append(id)
            if segments > 1, (number + 1) % max(1, documents.count / segments) == 0 { try writer.refresh() }
        }
        for number in deleting { writer.delete(seqNo: Int64(number)) }
        snapshot = try writer.refresh()
        self.mapping = mapping
    }

    func seqNos(ofIDs ids: [String]) throws -> [Int64] { ids.compactMap { self.ids[$0] } }

    func documents(_ seqNos: [Int64]) throws -> [StoredDocument?] {
        seqNos.map { StoredDocument(id: names[Int($0)], seqNo: $0, source: sources[Int($0)]) }
    }

    /// A folder that goes with the last index that uses it.
    final class Folder: Sendable {
        let path = FileManager.default.temporaryDirectory.appending(path: "needletail-\(UUID().uuidString)").path

        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    static let context = SearchContext(now: Moment(milliseconds: 1_700_000_000_000))

    func search(_ body: JSONValue) throws -> SearchResponse { try search(body.serialized()) }

    func search(_ body: String) throws -> SearchResponse {
        try Search.run(SearchRequest.parse(Array(body.utf8)), over: [self], context: Self.context)
    }
}
