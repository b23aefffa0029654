import Foundation
import JSON
import TestSupport
import Testing

/// Runs in the real server, which is asked, cancelled and killed.
@Suite("Runs in a server") struct ServedRunTests {
    private static let parameters: JSONValue = [
        "input_type": "opensearch", "index_name": "books", "text_field": "text", "title_field": "title",
        "model_name": "tiny", "base_model_id": "bert-dense", "threads": 1,
        "evaluation": ["share": 0.2, "dev_queries": 6, "dev_documents": 30],
        "gate": ["minimum_queries": 5, "override": true],
        "training": ["max_steps": 300, "batch_size": 4, "learning_rate": 0.001, "save_every": 25],
        "deploy": ["register": false],
    ]

    private func index(_ count: Int, _ server: ServedRun) throws {
        let words = [
            "archive", "reader", "music", "player", "text", "editor", "mail", "server", "font", "clock", "shell",
        ]
        var generator = SeededGenerator(seed: 3)
        var lines = ""
        for number in 0..<count {
            let text = (0..<27).map { _ in words.randomElement(using: &generator)! }.joined(separator: " ")
            lines += "{\"index\":{\"_index\":\"books\",\"_id\":\"d\(number)\"}}\n"
            lines += "{\"title\":\"\(words[number % words.count]) n\(number)\",\"text\":\"\(text)\"}\n"
        }
        let answer = try server.ask("POST", "/_bulk?refresh=true", lines, type: "application/x-ndjson")
        #expect(answer.status == 200 && answer.body["errors"] == false)
    }

    @Test func aRunThatIsCancelledOrKilledEndsWithTheSameModel() async throws {
        try await TemporaryFolder.with { folder in
            let server = ServedRun(folder)
            try await server.start()
            try index(80, server)
            // Undisturbed.
            let whole = try server.begin(Self.parameters)
            let done = try await server.task(whole.task) { _ in false }
            #expect(done["state"] == "COMPLETED", "\(done["error"]?.string ?? "")")
            let digest = try #require(server.digest(whole.run))
            // Cancelled in the training, and resumed.
            let cancelled = try server.begin(Self.parameters)
            let training = try await server.task(cancelled.task, until: ServedRun.trains)
            #expect(training["state"] == "RUNNING", "it is at work")
            let answer = try server.ask("POST", "/_plugins/_ml/tasks/\(cancelled.task)/_cancel")
            #expect(answer.status == 200 && answer.body["status"] == "CANCELLING")
            let stopped = try await server.task(cancelled.task) { _ in false }
            #expect(stopped["state"] == "CANCELLED" && server.digest(cancelled.run) == nil)
            let list = try server.ask("GET", "/_plugins/_ml/finetune/runs").body["runs"]?.array ?? []
            #expect(list.map { $0["status"]?.string } == ["stopped", "succeeded"])
            let resumed = try server.ask("POST", "/_plugins/_ml/finetune/runs/\(cancelled.run)/_resume")
            let over = try await server.task(resumed.body["task_id"]?.string ?? "") { _ in false }
            #expect(over["state"] == "COMPLETED" && server.digest(cancelled.run) == digest)
            // Killed in the training; the next server goes on by itself.
            let killed = try server.begin(Self.parameters)
            _ = try await server.task(killed.task, until: ServedRun.trains)
            server.kill()
            #expect(server.digest(killed.run) == nil)
            try await server.start()
            let back = try await server.task(killed.task) { _ in false }
            #expect(back["state"] == "COMPLETED" && server.digest(killed.run) == digest)
            #expect(back["result"]?["overridden"]?.bool != nil)
        }
    }

    @Test func whatARequestMayNotAskForIsRefusedByTheServer() async throws {
        try await TemporaryFolder.with { folder in
            let server = ServedRun(folder)
            try await server.start()
            // A model below the folder in which the server was started, of whoever put it there.
            try FileManager.default.copyItem(
                atPath: Fixture.path("encoders/models/bert-dense"), toPath: folder.path + "/data/private")
            for (name, value) in [
                ("base_model_id", "data/private"), ("base_model_id", "./data/private"),
                ("training", ["idf": "/etc/passwd"]),
                ("opensearch_endpoint", "https://admin:Secret-1@10.0.0.1"),
            ] as [(String, JSONValue)] {
                var body = try #require(Self.parameters.object)
                body[name] = value
                let answer = try server.ask(
                    "POST", "/_plugins/_ml/models/_finetune", JSONValue.object(body).serialized())
                #expect(answer.status == 400, "\(name)")
                let reason = answer.body["error"]?["reason"]?.string ?? ""
                #expect(reason.contains("'\(name)") && !reason.contains("Secret-1") && !reason.contains(folder.path))
            }
            #expect(try server.ask("GET", "/_plugins/_ml/finetune/runs").body["runs"] == [])
            #expect(!FileManager.default.fileExists(atPath: folder.path + "/data/finetuning"))
        }
    }
}
