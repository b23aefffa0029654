import ClusterAccess
import FineTuning
import Foundation
import JSON
import Synchronization
import TestSupport
import Testing
import Workflows

/// An index of a cluster, as far as a corpus is read of it; it may vanish after so many requests.
private final class ReadableIndex: SearchCluster {
    let name = "http://node"
    private let fields: [String]
    private let left: Mutex<Int>
    private let seen = Mutex<[String]>([])

    init(fields: [String] = ["body"], requests: Int = .max) {
        self.fields = fields
        left = Mutex(requests)
    }

    var requests: [String] { seen.withLock(\.self) }

    func send(_ request: ClusterRequest) async throws(ClusterError) -> ClusterReply {
        seen.withLock { $0.append("\(request.method) \(request.path)") }
        let isThere = left.withLock { left in
            left -= 1
            return left >= 0
        }
        guard isThere else {
            return ClusterReply(
                status: 404, body: ["error": ["type": "index_not_found_exception", "reason": "no such index [books]"]])
        }
        switch (request.method, request.path) {
        case ("GET", "/books/_mapping"):
            let properties = JSONObject(fields.map { (key: $0, value: ["type": "text"] as JSONValue) })
            return ClusterReply(status: 200, body: ["books": ["mappings": ["properties": .object(properties)]]])
        case ("POST", "/books/_search/point_in_time"): return ClusterReply(status: 200, body: ["pit_id": "p"])
        case ("POST", "/_search"):
            let body = (try? JSONValue(parsing: request.body)) ?? .null
            let start = (body["search_after"]?[0]?.int ?? -1) + 1
            let hits = (start..<min(60, start + (body["size"]?.int ?? 10))).map { number -> JSONValue in
                let text = PipelineFixture.text(number)
                let source = JSONObject(fields.map { (key: $0, value: .string(text)) })
                return [
                    "_index": "books", "_id": .string("d\(number)"), "_source": .object(source),
                    "sort": [.number(JSONNumber(number))],
                ]
            }
            return ClusterReply(
                status: 200,
                body: ["pit_id": "p", "hits": ["total": ["value": 60, "relation": "eq"], "hits": .array(hits)]])
        default: return ClusterReply(status: 200, body: [:])
        }
    }
}

@Suite("Runs on an index")
struct IndexRunTests {
    private func prepare(
        _ folder: TemporaryFolder, _ deploy: String = "{register: false}", gate: String = "override: true"
    )
        throws
    {
        let parameters = PipelineFixture.parameters(
            folder, "deploy: \(deploy)\nextraction: {page_size: 25}\nmining: {depth: 8}"
        )
        .replacing("corpus_path: \(folder.path)/corpus.jsonl", with: "input_type: opensearch\nindex_name: books")
        .replacing("override: true", with: gate)
        try folder.write(parameters, to: "p.yaml")
    }

    private func services(_ cluster: ReadableIndex) -> FineTuningServices {
        FineTuningServices(modelPath: { $0 }, cluster: { _ in cluster })
    }

    @Test func anIndexThatVanishesEndsTheRunWhichGoesOnWhenItIsBack() async throws {
        try await TemporaryFolder.with { folder in
            try prepare(folder)
            // Its mapping, a point in time, and the first page.
            let outcome = try await PipelineInProcess.outcome(folder, services(ReadableIndex(requests: 3)))
            guard case .failed("FineTuning.Cluster", let cause) = outcome else {
                return #expect(Bool(false), "\(outcome)")
            }
            #expect(cause.contains("no such index [books]") && cause.contains("deleted"), "\(cause)")
            #expect(!FileManager.default.fileExists(atPath: folder.path + "/run/raw-corpus/documents.jsonl"))
            let back = try await PipelineInProcess.outcome(folder, services(ReadableIndex()), redriving: true)
            guard case .succeeded(let output) = back else { return #expect(Bool(false), "\(back)") }
            #expect(output["corpus"]?["document_count"] == 60)
        }
    }

    @Test func aModelThatIsNotBetterIsNotRegistered() async throws {
        try await TemporaryFolder.with { folder in
            try prepare(folder, "{register: true}", gate: "margin: 1")
            let cluster = ReadableIndex()
            let outcome = try await PipelineInProcess.outcome(folder, services(cluster))
            guard case .succeeded(let output) = outcome else { return #expect(Bool(false), "\(outcome)") }
            #expect(try PipelineInProcess.states(folder).last == "NotDeployed")
            // What came of it says why, by figures.
            let gate = try #require(output["evaluation"]?["gate"])
            #expect(gate["passed"] == false && gate["deploys"] == false && gate["margin"] == 1)
            let trial = try #require(gate["trials"]?[0])
            #expect(trial["against"] == "base" && trial["passed"] == false && trial["lower"]?.double != nil)
            #expect(gate["decision"]?.string?.hasPrefix("refused: ndcg@10 ") == true)
            #expect(output["package"] == nil && output["model"] == nil)
            #expect(!FileManager.default.fileExists(atPath: folder.path + "/run/model-artifacts"))
            #expect(cluster.requests.allSatisfy { !$0.contains("_plugins") && !$0.hasPrefix("PUT") })
        }
    }

    @Test func severalTextFieldsAreNotEncodedAsOne() async throws {
        try await TemporaryFolder.with { folder in
            try prepare(folder, "{reencode: true}")
            let outcome = try await PipelineInProcess.outcome(
                folder, services(ReadableIndex(fields: ["body", "notes"])))
            guard case .failed("FineTuning.Cluster", let cause) = outcome else {
                return #expect(Bool(false), "\(outcome)")
            }
            #expect(cause.hasPrefix("'text_field': ") && cause.contains("body, notes"))
            #expect(try PipelineInProcess.states(folder).contains("ExtractFromOpenSearch"))
        }
    }
}
