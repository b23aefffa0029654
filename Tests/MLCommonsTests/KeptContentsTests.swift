import Foundation
import HTTPTypes
import JSON
import MLCommons
import Testing

/// What the node keeps of a model is what was checked, has a bounded size, and can be read again.
@Suite struct KeptContentsTests {
    private func registerFile(_ place: Workplace, _ path: String, _ bytes: [UInt8]) async throws -> Workplace.Answer {
        try place.set("allow_registering_model_via_url", "true")
        try place.set("allow_registering_model_via_local_file", "true")
        try Data(bytes).write(to: URL(filePath: path))
        let answer = try await place.call(
            .post, "/models/_register",
            [
                "name": "mine", "version": "1", "model_format": "TORCH_SCRIPT", "function_name": "TEXT_EMBEDDING",
                "url": .string("file://" + path), "model_content_hash_value": .string(FakeSupply.sha256(bytes)),
                "model_config": [
                    "model_type": "bert", "embedding_dimension": 3, "framework_type": "sentence_transformers",
                ],
            ])
        await place.commons.settle()
        return try await place.task(answer["task_id"]?.string)
    }

    /// The archive that the node keeps of its only model.
    private func kept(_ place: Workplace) throws -> URL {
        let root = URL(filePath: place.path + "/models")
        let names = try FileManager.default.contentsOfDirectory(atPath: root.path)
        return root.appending(path: "\(try #require(names.first))/model.zip")
    }

    @Test func aUsersFileIsCopied() async throws {
        try await Workplace.with { place in
            let path = place.path + "/mine.zip"
            let task = try await registerFile(place, path, FakeSupply.archive)
            #expect(task["state"] == "COMPLETED", "\(task["error"]?.string ?? "")")
            // As `cp other.zip mine.zip` does it: in place.
            let handle = try FileHandle(forWritingTo: URL(filePath: path))
            try handle.truncate(atOffset: 0)
            try handle.close()
            #expect([UInt8](try Data(contentsOf: try kept(place))) == FakeSupply.archive)
        }
    }

    @Test func whatWasChangedSinceIsNotDeployed() async throws {
        try await Workplace.with { place in
            let task = try await registerFile(place, place.path + "/mine.zip", FakeSupply.archive)
            let id = try #require(task["model_id"]?.string)
            try Data(FakeSupply.archive + [0]).write(to: try kept(place))
            let deploy = try await place.call(.post, "/models/\(id)/_deploy")
            await place.commons.settle()
            let ended = try await place.task(deploy["task_id"]?.string)
            #expect(ended["state"] == "FAILED")
            #expect(ended["error"]?.string?.contains("model content changed") == true)
            #expect(place.host.loaded.isEmpty)
        }
    }

    @Test func whatGrowsBeyondMeasureIsRefused() async throws {
        try await Workplace.with { place in
            let data = [UInt8](repeating: 7, count: 5 << 20)
            let bytes = StoredZip.bytes(
                [("model.pt", data), ("tokenizer.json", [UInt8]("{}".utf8))], inflated: 400 << 20)
            let task = try await registerFile(place, place.path + "/bomb.zip", bytes)
            #expect(task["state"] == "FAILED")
            #expect(task["error"]?.string?.contains("419430400 bytes when inflated") == true)
        }
    }

    @Test func configurationsAreBounded() async throws {
        try await Workplace.with { place in
            let id = try await place.register(FakeSupply.embedding)
            var deep: JSONValue = []
            for _ in 0..<100 { deep = [deep] }
            let cases: [(JSONObject, String)] = [
                (["x": deep], "nested more than 16 levels"),
                (["all_config": .string(String(repeating: "a", count: 3 << 20))], "at most 2097152 are taken"),
                (["query_prefix": .string(String(repeating: "a", count: 20_000))], "[query_prefix] has 20000 bytes"),
            ]
            for (configuration, reason) in cases {
                let answer = try await place.call(.put, "/models/\(id)", ["model_config": .object(configuration)])
                #expect(answer.status == 400)
                #expect(answer.reason?.contains(reason) == true, "\(answer.reason ?? "")")
            }
            try await place.crash()
            #expect(try await place.model(id)["model_state"] == "REGISTERED")
        }
    }

    @Test func queriesHaveSoManyClauses() async throws {
        try await Workplace.with { place in
            let words = (0..<2000).map { "w\($0)" }
            let queries: [JSONValue] = [
                ["match": ["name": .string(words.joined(separator: " "))]],
                ["terms": ["name": .array(words.map { .string($0) })]],
                ["bool": ["should": .array(words.map { ["term": ["name": .string($0)]] })]],
                ["multi_match": ["query": "a", "fields": .array(words.map { .string($0) })]],
            ]
            for query in queries {
                let answer = try await place.call(.post, "/models/_search", ["query": query])
                #expect(answer.status == 400 && answer.type == "too_many_clauses")
            }
            let pattern = String(repeating: "*a", count: 2000)
            let wildcard = try await place.call(
                .post, "/models/_search", ["query": ["wildcard": ["name": .string(pattern)]]])
            #expect(wildcard.status == 400)
        }
    }
}
