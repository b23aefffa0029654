import Foundation
import HTTPTypes
import JSON
import MLCommons
import Testing

/// Uploads in parts, by the new and the old paths.
@Suite struct UploadTests {
    private let off =
        "To upload custom model from local file, user needs to enable allow_registering_model_via_local_file settings. Otherwise please use opensearch pre-trained models"

    private func meta(_ changes: [String: JSONValue?] = [:]) -> JSONValue {
        var body: JSONObject = [
            "name": "huggingface/sentence-transformers/msmarco-distilbert-base-tas-b", "version": "1.0.1",
            "model_format": "TORCH_SCRIPT", "function_name": "TEXT_EMBEDDING",
            "model_content_hash_value": .string(FakeSupply.sha256(FakeSupply.archive)), "total_chunks": 3,
            "model_config": [
                "all_config": "path", "model_type": "bert", "embedding_dimension": 384,
                "framework_type": "sentence_transformers",
            ],
        ]
        for (name, value) in changes { body[name] = value }
        return .object(body)
    }

    /// The archive in three parts.
    private var parts: [[UInt8]] {
        let bytes = FakeSupply.archive
        return [Array(bytes[..<10]), Array(bytes[10..<100]), Array(bytes[100...])]
    }

    @Test(arguments: [("_register_meta", "upload_chunk"), ("meta", "chunk")])
    func partsBecomeAModel(paths: (meta: String, chunk: String)) async throws {
        try await Workplace.with { place in
            try place.set("allow_registering_model_via_local_file", "true")
            let made = try await place.call(.post, "/models/\(paths.meta)", meta())
            #expect(made.status == 200 && made["status"] == "CREATED")
            let id = try #require(made["model_id"]?.string)
            #expect(try await place.model(id)["model_state"] == "REGISTERING")
            // Whatever the order, a model is complete with its last part.
            for number in [1, 0, 2] {
                let answer = try await place.send(.post, "/models/\(id)/\(paths.chunk)/\(number)", parts[number])
                #expect(answer.status == 200 && answer.body == ["status": "Uploaded"])
            }
            let model = try await place.model(id)
            #expect(model["model_state"] == "REGISTERED" && model["total_chunks"] == 3)
            let answer = try await place.call(.post, "/models/\(id)/_deploy")
            await place.commons.settle()
            #expect(try await place.task(answer["task_id"]?.string)["state"] == "COMPLETED")
            let path = try #require(place.host.history.first?.path)
            #expect(try [UInt8](Data(contentsOf: URL(filePath: path))) == FakeSupply.archive)
            let description = try Data(
                contentsOf: URL(filePath: path).deletingLastPathComponent().appending(path: "config.json"))
            let config = try JSONValue(parsing: [UInt8](description))
            #expect(config["function_name"] == "TEXT_EMBEDDING" && config["model_config"]?["model_type"] == "bert")
            // The parts are gone, and the model deploys again without them.
            try await place.call(.post, "/models/\(id)/_undeploy")
            try await place.call(.post, "/models/\(id)/_deploy")
            await place.commons.settle()
            #expect(place.host.loaded == [id])
        }
    }

    @Test func uploadsNeedTheirSetting() async throws {
        try await Workplace.with { place in
            for path in ["/models/_register_meta", "/models/meta", "/models/x/chunk/0", "/models/x/upload_chunk/0"] {
                let answer = try await place.call(.post, path, meta())
                #expect(answer.status == 400 && answer.reason == off, "\(path)")
            }
        }
    }

    @Test func whatIsMissingIsNamed() async throws {
        try await Workplace.with { place in
            try place.set("allow_registering_model_via_local_file", "true")
            let wrong: [(String, String)] = [
                ("name", "model name is null"), ("model_format", "model format is null"),
                ("model_content_hash_value", "model content hash value is null"),
                ("model_config", "model config is null"), ("total_chunks", "total chunks field is null"),
            ]
            for (field, reason) in wrong {
                let answer = try await place.call(.post, "/models/_register_meta", meta([field: .some(nil)]))
                #expect(answer.status == 400 && answer.reason == reason, "\(answer.reason ?? "")")
            }
            for count in [0, -1, 1_000_000] {
                let body = meta(["total_chunks": .number(JSONNumber(count))])
                let answer = try await place.call(.post, "/models/_register_meta", body)
                #expect(answer.status == 400 && answer.reason?.hasPrefix("[total_chunks] is \(count)") == true)
            }
            #expect(
                try await place.send(.post, "/models/_register_meta", []).reason == "Model meta request has empty body")
        }
    }

    @Test func partsAreChecked() async throws {
        try await Workplace.with { place in
            try place.set("allow_registering_model_via_local_file", "true")
            let id = try #require(try await place.call(.post, "/models/meta", meta())["model_id"]?.string)
            func upload(_ number: String, _ bytes: [UInt8], _ model: String? = nil) async throws -> Workplace.Answer {
                try await place.send(.post, "/models/\(model ?? id)/upload_chunk/\(number)", bytes)
            }
            #expect(try await upload("3", [1]).reason == "Chunk number exceeds total chunks")
            #expect(try await upload("0", []).reason == "Chunk size either 0 or null")
            let large = [UInt8](repeating: 7, count: 10_000_001)
            #expect(try await upload("0", large).reason == "Chunk size exceeds 10MB")
            #expect(try await upload("x", [1]).type == "number_format_exception")
            #expect(try await upload("-1", [1]).status == 400)
            let nobody = try await upload("0", [1], "nobody")
            #expect(nobody.status == 404 && nobody.type == "m_l_resource_not_found_exception")
            #expect(nobody.reason == "Failed to find model")
            let other = try await place.register()
            #expect(try await upload("0", [1], other).status == 400)
        }
    }

    @Test func anIncompleteOrWrongUploadDoesNotDeploy() async throws {
        try await Workplace.with { place in
            try place.set("allow_registering_model_via_local_file", "true")
            let id = try #require(try await place.call(.post, "/models/meta", meta())["model_id"]?.string)
            func deploy() async throws -> String? {
                let answer = try await place.call(.post, "/models/\(id)/_deploy")
                await place.commons.settle()
                let task = try await place.task(answer["task_id"]?.string)
                guard task["state"] == "FAILED" else { return nil }
                return try task["error"]?.string.flatMap { try JSONValue(parsing: $0)[place.nodeID]?.string }
            }
            #expect(try await deploy()?.hasPrefix("The model is not complete yet") == true)
            #expect(try await place.model(id)["model_state"] == "REGISTERING")
            for number in [0, 2] { _ = try await place.send(.post, "/models/\(id)/chunk/\(number)", parts[number]) }
            #expect(try await deploy()?.hasPrefix("Chunk 1 of 3 was not uploaded") == true)
            #expect(try await place.model(id)["model_state"] == "DEPLOY_FAILED")
            _ = try await place.send(.post, "/models/\(id)/chunk/1", [1, 2, 3])
            #expect(try await deploy()?.hasPrefix("model content changed") == true)
            // The right part makes it good.
            _ = try await place.send(.post, "/models/\(id)/chunk/1", parts[1])
            #expect(try await deploy() == nil)
            #expect(try await place.model(id)["model_state"] == "DEPLOYED")
        }
    }

    @Test func anUploadGoesOnAfterARestart() async throws {
        try await Workplace.with { place in
            try place.set("allow_registering_model_via_local_file", "true")
            let id = try #require(try await place.call(.post, "/models/meta", meta())["model_id"]?.string)
            _ = try await place.send(.post, "/models/\(id)/chunk/0", parts[0])
            try await place.crash()
            #expect(try await place.model(id)["model_state"] == "REGISTERING")
            for number in [1, 2] { _ = try await place.send(.post, "/models/\(id)/chunk/\(number)", parts[number]) }
            try await place.call(.post, "/models/\(id)/_deploy")
            await place.commons.settle()
            #expect(place.host.loaded == [id])
        }
    }
}
