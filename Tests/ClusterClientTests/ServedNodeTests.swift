import ClusterAccess
import ClusterClient
import Foundation
import JSON
import TestSupport
import Testing

/// Extraction, registration and re-encoding against the real server in another process, with TLS and a password.
@Suite(.serialized) struct ServedNodeTests {
    private func index(_ count: Int, on cluster: HTTPCluster) async throws {
        var lines = ""
        for number in 0..<count {
            lines += "{\"index\":{\"_id\":\"d\(number)\"}}\n"
            lines +=
                number.isMultiple(of: 100)
                ? "{\"year\":\(number)}\n"
                : "{\"title\":\"Title \(number)\",\"body\":[\"the quick fox \(number)\",\"jumps\"],\"line\":\"fox \(number)\",\"year\":\(number)}\n"
        }
        let reply = try await cluster.send(
            ClusterRequest(
                "POST", "/books/_bulk", query: [("refresh", "true")], body: Array(lines.utf8),
                contentType: "application/x-ndjson"))
        #expect(reply.status == 200 && reply.body["errors"] == false)
    }

    private func ask(_ cluster: HTTPCluster, _ method: String, _ path: String, _ body: JSONValue? = nil) async throws
        -> ClusterReply
    {
        guard let body else { return try await cluster.send(ClusterRequest(method, path)) }
        return try await cluster.send(ClusterRequest(method, path, json: body))
    }

    @Test func documentsComeOutOfAnotherProcess() async throws {
        try await ServedNode.with { node in
            try await HTTPCluster.with(node.settings) { cluster in
                try await index(2300, on: cluster)
                try await TemporaryFolder.with { folder in
                    var extraction = CorpusExtraction(
                        index: "books", textFields: ["body"], titleField: "title", maximum: 500)
                    let report = try await extraction.run(on: cluster, to: folder.path + "/documents.jsonl")
                    #expect(report.documents == 500 && report.read == 2300 && report.usable == 2277)
                    #expect(report.skipped == ["no_text": 23] && report.textFields == ["body"])
                    let text = try String(contentsOfFile: folder.path + "/documents.jsonl", encoding: .utf8)
                    let first = try JSONValue(parsing: String(text.prefix { $0 != "\n" }))
                    let number = try #require(first["id"]?.string?.dropFirst())
                    #expect(first["text"]?.string == "the quick fox \(number)\njumps")
                    #expect(first["title"]?.string == "Title \(number)")
                    // Everything, in other batches: the sample stands at the beginning.
                    extraction.maximum = 20_000
                    extraction.batch = 37
                    let all = try await extraction.run(on: cluster, to: folder.path + "/all.jsonl")
                    #expect(all.documents == 2277)
                    #expect(try String(contentsOfFile: folder.path + "/all.jsonl", encoding: .utf8).hasPrefix(text))
                    // A narrower corpus by a query.
                    extraction.query = ["range": ["year": ["lt": 150]]]
                    #expect(try await extraction.run(on: cluster, to: folder.path + "/some.jsonl").documents == 148)
                    let points = try await ask(cluster, "GET", "/_search/point_in_time/_all")
                    #expect(points.body["pits"] == [], "none is left open")
                    let missing = CorpusExtraction(index: "films")
                    let error = await #expect(throws: ClusterError.self) {
                        try await missing.run(on: cluster, to: folder.path + "/films.jsonl")
                    }
                    #expect(error?.status == 404 && error?.reason.contains("no such index [films]") == true)
                }
            }
            // Who may not, does not.
            var wrong = node.settings
            wrong.credentials = .basic(user: "admin", password: "wrong")
            let refused = await #expect(throws: ClusterError.self) { try await extract(wrong) }
            #expect(refused?.status == 401 && !"\(refused.map { "\($0)" } ?? "")".contains("wrong"))
            var unknown = node.settings
            unknown.authorityFile = nil
            unknown.attempts = 1
            let untrusted = await #expect(throws: ClusterError.self) { try await extract(unknown) }
            #expect(untrusted?.code == .unreachable && untrusted?.advice.contains("authority") == true)
            unknown.isInsecure = true
            let report = try await extract(unknown)
            #expect(report.documents == 2277)
        }
    }

    private func extract(_ settings: ClusterSettings) async throws -> CorpusReport {
        try await TemporaryFolder.with { folder in
            try await HTTPCluster.with(settings) { cluster in
                try await CorpusExtraction(index: "books", textFields: ["body"])
                    .run(on: cluster, to: folder.path + "/documents.jsonl")
            }
        }
    }

    @Test func aModelIsRegisteredAndAnIndexEncodedWithIt() async throws {
        try await ServedNode.with { node in
            try await HTTPCluster.with(node.settings) { cluster in
                try await index(250, on: cluster)
                try await TemporaryFolder.with { folder in
                    let model = try await register("bert-dense", "tests/dense", folder, cluster)
                    #expect(model.function == "TEXT_EMBEDDING" && model.version == "1" && model.isDeployed)
                    let again = try await register("bert-dense", "tests/dense", folder, cluster)
                    #expect(again.id == model.id && again.wasThere && again.deploymentTask == nil)
                    let next = try await register("distilbert-splade", "tests/sparse", folder, cluster)
                    #expect(next.function == "SPARSE_ENCODING" && next.group != model.group)
                    let found = try await ask(
                        cluster, "POST", "/_plugins/_ml/models/_search", ["query": ["match_all": [:]]])
                    #expect(found.body["hits"]?["total"]?["value"] == 2)
                    try await encode(model.id, .dense(dimension: 64, space: "innerproduct"), "books-1", cluster)
                    let dense = try await ask(
                        cluster, "POST", "/library/_search",
                        [
                            "query": [
                                "neural": [
                                    "encoded": ["query_text": "a quick fox", "model_id": .string(model.id), "k": 5]
                                ]
                            ]
                        ])
                    #expect(dense.body["hits"]?["hits"]?.array?.count == 5)
                    #expect(dense.body["hits"]?["hits"]?[0]?["_index"] == "books-1")
                    // The next round takes the alias over, into the same field.
                    try await encode(next.id, .sparse, "books-2", cluster, fields: ["line": "tokens"], from: "library")
                    let held = try await ask(cluster, "GET", "/_alias/library")
                    #expect(held.body.object?.keys == ["books-2"])
                    let sparse = try await ask(
                        cluster, "POST", "/library/_search",
                        ["query": ["neural_sparse": ["tokens": ["query_text": "fox", "model_id": .string(next.id)]]]])
                    #expect((sparse.body["hits"]?["total"]?["value"]?.int ?? 0) > 0)
                    #expect(try await ask(cluster, "GET", "/books/_count").body["count"] == 250)
                }
            }
        }
    }

    private func register(
        _ fixture: String, _ name: String, _ folder: TemporaryFolder, _ cluster: HTTPCluster
    ) async throws -> RegisteredModel {
        let packages = try ModelPackage.pack(
            Fixture.path("encoders/models/" + fixture), name: name, into: folder.path + "/" + fixture)
        var registration = ModelRegistration(try #require(packages.first))
        registration.allowsUploads = true
        registration.interval = .milliseconds(20)
        return try await registration.run(on: cluster)
    }

    private func encode(
        _ model: String, _ encoding: IndexReencoding.Encoding, _ target: String, _ cluster: HTTPCluster,
        fields: [String: String] = ["line": "encoded"], from source: String = "books"
    ) async throws {
        var reencoding = IndexReencoding(
            source: source, model: model, encoding: encoding, fields: fields, target: target, alias: "library")
        reencoding.interval = .milliseconds(20)
        reencoding.batch = 40
        let report = try await reencoding.run(on: cluster)
        #expect(report.documents == 250 && report.target == target)
        #expect(report.aliasBefore == (source == "books" ? [] : ["books-1"]))
        // Once more: nothing is left to do.
        let again = try await reencoding.run(on: cluster)
        #expect(again.documents == 250 && again.aliasBefore.isEmpty)
        // Fields of rank_features cannot be asked whether they are there.
        guard encoding != .sparse, let encoded = fields.values.first else { return }
        let count = try await ask(
            cluster, "POST", "/\(target)/_count", ["query": ["exists": ["field": .string(encoded)]]])
        #expect(count.body["count"] == 247, "all but those without text")
    }
}
