import FoundationEssentials
import JSON
import Mappings
import Querying
import SearchIndex
import TextAnalysis

/// A small index that aggregations run over, in one or several segments.
final class AggregationIndex: AggregationContext {
    private(set) var mapping: Mapping
    private let writer: IndexWriter
    private let folder: URL
    private(set) var snapshot: IndexSnapshot
    let now = Moment(milliseconds: 1_420_114_230_500)
    /// What queries match, by document's sequence number.
    var matching: [(query: Query, seqNos: Set<Int64>)] = []
    private var count: Int64 = 0

    /// - Parameter segments: Each inner list becomes a segment.
    init(_ mapping: JSONValue = [:], _ segments: [[String]]) throws {
        self.mapping = try Mapping(parsing: mapping)
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "needletail-aggregations-\(UInt64.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        writer = try IndexWriter(folder: folder.path)
        snapshot = writer.snapshot
        try define()
        for documents in segments {
            for document in documents { try add(document) }
            snapshot = try writer.refresh()
        }
    }

    deinit {
        writer.close()
        try? FileManager.default.removeItem(at: folder)
    }

    private func define() throws {
        for (number, options) in mapping.indexedFields { try writer.define(number, options) }
    }

    private func add(_ source: String) throws {
        var document = IndexDocument()
        while true {
            var parser = try DocumentParser(mapping: mapping, analysis: .builtIn)
            var text = source
            let update = try text.withUTF8 {
                try parser.parse(UnsafeRawBufferPointer($0), id: "\(count)", into: &document)
            }
            guard let update else { break }
            mapping = try mapping.merging(update)
            try define()
        }
        document.seqNo = count
        count += 1
        try writer.add(document)
    }

    func matches(_ query: Query, in segment: Segment) throws -> Scorer? {
        guard let seqNos = matching.first(where: { $0.query == query })?.seqNos else { return nil }
        var set = DocumentSet(capacity: segment.documentCount)
        for document in 0..<segment.documentCount where seqNos.contains(segment.seqNo(of: document)) {
            set.insert(document)
        }
        return SetScorer(set)
    }

    func hits(_ documents: [ScoredDocument], sortValues: [[JSONValue]], body: JSONObject) throws -> [JSONValue] {
        documents.enumerated().map { place, hit in
            let (segment, document) = snapshot.locate(hit.document)
            var json: JSONObject = ["_id": .string("\(snapshot.segments[segment].seqNo(of: document))")]
            if !sortValues.isEmpty { json["sort"] = .array(sortValues[place]) }
            return .object(json)
        }
    }

    /// Collects all documents, or those of the given sequence numbers, with the sequence number as score.
    func collect(_ request: AggregationRequest, only: Set<Int64>? = nil, isOnlyIndex: Bool = true) throws
        -> PartialAggregations
    {
        let collector = try AggregationCollector(request, context: self, isOnlyIndex: isOnlyIndex)
        for segment in snapshot.segments {
            try collector.begin(segment)
            for document in 0..<segment.documentCount where segment.roots?.contains(document) ?? true {
                let seqNo = segment.seqNo(of: document)
                if only?.contains(seqNo) ?? true { try collector.collect(document, score: Float(seqNo)) }
            }
        }
        return try collector.finish()
    }

    /// The reply of one aggregation, named `a`.
    func run(_ aggregation: JSONValue, only: Set<Int64>? = nil, typedKeys: Bool = false) throws -> JSONValue {
        let request = try AggregationRequest(parsing: ["a": aggregation])
        let reply = try request.reduce([try collect(request, only: only)], typedKeys: typedKeys, now: now)
        if typedKeys { return reply }
        return reply["a"] ?? .null
    }
}
