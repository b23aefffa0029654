import Access
import FineTuning
import FineTuningHosting
import Foundation
import JSON
import MLCommons
import Synchronization
import TestSupport
import Testing

/// What the body of a request may ask of a node, and whose its runs are.
@Suite("Requests for runs")
struct RunRequestTests {
    /// The least that a request says.
    private static let least: JSONObject = [
        "input_type": "opensearch", "index_name": "books", "model_name": "tiny", "base_model_id": "bert-dense",
    ]

    /// The runs of a node whose models are the fixtures; `users` are the users that it knows.
    private static func runs(
        _ folder: TemporaryFolder, users: [String: Caller] = [:],
        page: @escaping @Sendable (String) -> String = { _ in "" }
    ) -> FineTuningRuns {
        struct Missing: Error, CustomStringConvertible { let description = "looked in /usr/share/models" }
        let services = FineTuningServices(modelPath: { name in
            let path = Fixture.path("encoders/models/" + name)
            guard FileManager.default.fileExists(atPath: path + "/config.json") else { throw Missing() }
            return path
        })
        return FineTuningRuns(
            folder: folder.path + "/finetuning", services: services, node: NodeCluster(),
            callers: { owner in owner.isUser ? users[owner.name] : .administrator(owner.name) }, page: page)
    }

    /// Why a request is refused; nil if it is not.
    private static func refusal(_ change: JSONObject) async throws -> MLError? {
        try await TemporaryFolder.with { folder in
            var body = least
            for (name, value) in change { body[name] = value.isNull ? JSONValue?.none : value }
            do throws(MLError) {
                _ = try await runs(folder).make(.object(body), for: nil)
                return nil
            } catch {
                #expect(!FileManager.default.fileExists(atPath: folder.path + "/finetuning"), "nothing is left of it")
                return error
            }
        }
    }

    @Test func theLeastIsTaken() async throws {
        let refusal = try await Self.refusal([:])
        #expect(refusal == nil, "\(refusal.map { "\($0)" } ?? "")")
    }

    @Test(
        "Files, addresses and unreasonable wishes are refused, by the name of the field",
        arguments: [
            ("{\"training\": {\"idf\": \"/etc/passwd\"}, \"model_type\": \"sparse\"}", "training.idf"),
            ("{\"base_model_id\": \"../models/bert-dense\"}", "base_model_id"),
            ("{\"base_model_id\": \"./bert-dense\"}", "base_model_id"),
            ("{\"base_model_id\": \"/etc\"}", "base_model_id"), ("{\"base_model_id\": \"~/x\"}", "base_model_id"),
            ("{\"base_model_id\": \"data/finetuning/x/training/model\"}", "base_model_id"),
            ("{\"base_model_id\": \"bert-dense/..\"}", "base_model_id"),
            ("{\"base_model_id\": \"nowhere\"}", "base_model_id"),
            ("{\"mining\": {\"teacher\": \"models/../bert-cross\"}}", "mining.teacher"),
            ("{\"distillation\": {\"teachers\": [\"bert-cross\", \"/tmp/x:2\"]}}", "distillation.teachers"),
            ("{\"input_type\": \"file\", \"corpus_path\": \"/etc/passwd\", \"index_name\": null}", "input_type"),
            ("{\"input_type\": \"s3\", \"s3_corpus_path\": \"s3://a/b\", \"index_name\": null}", "input_type"),
            ("{\"opensearch_endpoint\": \"https://10.0.0.1:9200\"}", "opensearch_endpoint"),
            ("{\"queries\": {\"source\": \"file\", \"path\": \"/etc/passwd\"}}", "queries.source"),
            (
                "{\"queries\": {\"source\": \"endpoint\", \"endpoint\": \"http://169.254.169.254/\", \"model\": \"m\"}}",
                "queries.source"
            ),
            ("{\"queries\": {\"source\": \"bedrock-batch\", \"model\": \"m\"}}", "queries.source"),
            ("{\"evaluation\": {\"folder\": \"/etc\"}}", "evaluation.folder"),
            ("{\"threads\": 1024}", "threads"), ("{\"max_documents\": 10000000}", "max_documents"),
            ("{\"extraction\": {\"max_bytes\": 10000000}}", "extraction.max_bytes"),
            ("{\"extraction\": {\"page_size\": 10000}}", "extraction.page_size"),
            ("{\"training\": {\"batch_size\": 100000}}", "training.batch_size"),
            ("{\"training\": {\"document_length\": 100000}}", "training.document_length"),
            ("{\"mining\": {\"negatives\": 100}}", "mining.negatives"),
            ("{\"mining\": {\"depth\": 10000}}", "mining.depth"),
        ])
    func refused(change: String, field: String) async throws {
        let fields = try #require(JSONValue(parsing: change).object)
        let error = try #require(try await Self.refusal(fields))
        #expect(error.status == 400 && error.type == "action_request_validation_exception")
        #expect(error.reason.contains("'\(field)': "), "\(error.reason)")
        // Neither what is on the disk nor where.
        for word in ["looked in", "root:", "/usr/share", Fixture.repositoryRoot] {
            #expect(!error.reason.contains(word))
        }
    }

    @Test func severalFaultsAreToldAsOpenSearchTellsThem() async throws {
        let error = try #require(try await Self.refusal(["threads": 1024, "base_model_id": "/etc"]))
        #expect(error.reason.hasPrefix("Validation Failed: 1: 'threads': "))
        #expect(error.reason.contains(";2: 'base_model_id': ") && error.reason.hasSuffix(";"))
        #expect(!error.reason.contains(".;"))
    }

    @Test func aKeyOfTheSettingsIsNotTheUserOfItsName() async throws {
        let role = try #require(BuiltInRoles.all["ml_full_access"])
        let user = Caller(name: "key", roles: [("ml_full_access", role)])
        try await TemporaryFolder.with { folder in
            let runs = Self.runs(folder, users: ["key": user])
            let body = JSONValue.object(Self.least)
            let keys = try await runs.make(body, for: .administrator("key"))
            #expect(runs.owner(of: keys.id) == nil, "only administrators may see it")
            let own = try await runs.make(body, for: user)
            #expect(runs.owner(of: own.id) == "key")
        }
    }

    @Test func thePageOfARunThatIsOverIsMadeOnce() async throws {
        try await TemporaryFolder.with { folder in
            let made = Mutex(0)
            let runs = Self.runs(folder) { _ in
                made.withLock { made in
                    made += 1
                    return "page \(made)"
                }
            }
            let run = try await runs.make(.object(Self.least), for: nil)
            #expect(run.status == "created" && runs.facts(of: run.id)?.status == "created")
            // While it may go on, always anew.
            #expect(runs.report(of: run.id) == "page 1" && runs.report(of: run.id) == "page 2")
            // The node answers nothing here: the run fails.
            guard case .failed = try await runs.carryOut(run.id, redrives: false, onProgress: { _ in }) else {
                return #expect(Bool(false))
            }
            #expect(runs.facts(of: run.id)?.status == "failed" && runs.runs().map(\.status) == ["failed"])
            #expect(runs.report(of: run.id) == "page 3" && runs.report(of: run.id) == "page 3")
            _ = try await runs.carryOut(run.id, redrives: true, onProgress: { _ in })
            #expect(runs.report(of: run.id) == "page 4", "it has gone on since")
            try runs.remove(run.id)
            #expect(runs.facts(of: run.id) == nil && runs.report(of: run.id) == nil && runs.runs().isEmpty)
        }
    }

    @Test func aDamagedHistoryIsSaidToBe() async throws {
        try await TemporaryFolder.with { folder in
            let runs = Self.runs(folder)
            let run = try await runs.make(.object(Self.least), for: nil)
            try folder.write("{\"no\": \"event\"}\nnor this\n", to: "finetuning/\(run.id)/history.jsonl")
            #expect(runs.runs().map(\.status) == ["damaged"])
        }
    }
}
