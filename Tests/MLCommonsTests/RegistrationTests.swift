import Foundation
import HTTPTypes
import JSON
import MLCommons
import Testing

/// Registering models: what is refused at once, what the task tells, and what the model is like afterwards.
@Suite struct RegistrationTests {
    private let url = "https://example.org/models/model.zip"
    private let config: JSONValue = [
        "model_type": "bert", "embedding_dimension": 3, "framework_type": "sentence_transformers",
    ]

    private func custom(_ changes: [String: JSONValue?] = [:]) -> JSONValue {
        var body: JSONObject = [
            "name": "mine", "version": "1.0.0", "model_format": "TORCH_SCRIPT", "url": .string(url),
            "function_name": "TEXT_EMBEDDING", "model_config": config,
            "model_content_hash_value": .string(FakeSupply.sha256(FakeSupply.archive)),
        ]
        for (name, value) in changes { body[name] = value }
        return .object(body)
    }

    @Test func aPretrainedModelIsWhatItsDescriptionSays() async throws {
        try await Workplace.with { place in
            // As in the guides: the function that is sent does not count.
            let answer = try await place.call(
                .post, "/models/_register",
                [
                    "name": .string(FakeSupply.similarity), "version": "1.0.2", "model_format": "torch_script",
                    "function_name": "text_embedding",
                ])
            #expect(answer.status == 200 && answer["status"] == "CREATED" && answer.body.object?.count == 2)
            let task = try #require(answer["task_id"]?.string)
            #expect(task.utf8.count == 20)
            await place.commons.settle()
            let over = try await place.task(task)
            #expect(over.status == 200 && over["state"] == "COMPLETED" && over["task_type"] == "REGISTER_MODEL")
            #expect(over["worker_node"] == [.string(place.nodeID)] && over["is_async"] == true)
            #expect(over["create_time"] == 1_700_000_000_000 && over["error"] == nil)
            let id = try #require(over["model_id"]?.string)
            let model = try await place.model(id)
            #expect(model["algorithm"] == "TEXT_SIMILARITY" && model["model_state"] == "REGISTERED")
            #expect(model["model_version"] == "1" && model["description"] == "A small model")
            #expect(model["model_format"] == "TORCH_SCRIPT" && model["is_hidden"] == false)
            #expect(model["model_content_size_in_bytes"]?.int == FakeSupply.archive.count)
            #expect(model["model_content_hash_value"] == .string(FakeSupply.sha256(FakeSupply.archive)))
            #expect(model["total_chunks"] == 1 && model["last_registered_time"] == 1_700_000_000_000)
            #expect(model["model_config"]?["framework_type"] == "SENTENCE_TRANSFORMERS")
            #expect(model["model_config"]?["embedding_dimension"] == 384)
            #expect(
                place.supply.origins == [
                    .pretrained(name: FakeSupply.similarity, version: "1.0.2", format: .torchScript)
                ])
            let group = try #require(model["model_group_id"]?.string)
            let made = try await place.call(.get, "/model_groups/\(group)")
            #expect(made["name"] == .string(FakeSupply.similarity) && made["latest_version"] == 1)
        }
    }

    @Test func versionsCountInTheGroup() async throws {
        try await Workplace.with { place in
            let first = try await place.register()
            let second = try await place.register()
            #expect(first != second)
            let (one, two) = (try await place.model(first), try await place.model(second))
            #expect(one["model_group_id"] == two["model_group_id"])
            #expect(one["model_version"] == "1" && two["model_version"] == "2")
        }
    }

    @Test func theTaskStaysCreatedAndShowsProgress() async throws {
        try await Workplace.with { place in
            place.supply.gate.close()
            let answer = try await place.call(
                .post, "/models/_register",
                ["name": .string(FakeSupply.similarity), "version": "1.0.2", "model_format": "TORCH_SCRIPT"])
            await place.supply.gate.reached()
            let task = try await place.task(answer["task_id"]?.string)
            #expect(task["state"] == "CREATED" && task["model_id"] == nil && task["progress"] == 25)
            // Its model can be found already, and is removed with the task's failure.
            let found = try await place.call(.post, "/models/_search", ["query": ["match_all": [:]]])
            #expect(found["hits"]?["total"]?["value"] == 1)
            #expect(found["hits"]?["hits"]?[0]?["_source"]?["model_state"] == "REGISTERING")
            place.supply.gate.open()
            await place.commons.settle()
            #expect(try await place.task(answer["task_id"]?.string)["state"] == "COMPLETED")
        }
    }

    @Test func failuresAreToldByTheTaskAndLeaveNothing() async throws {
        try await Workplace.with { place in
            func failure(_ body: JSONValue) async throws -> String? {
                let answer = try await place.call(.post, "/models/_register", body)
                #expect(answer.status == 200, "\(answer.reason ?? "")")
                await place.commons.settle()
                let task = try await place.task(answer["task_id"]?.string)
                #expect(task["state"] == "FAILED" && task["model_id"] == nil)
                return task["error"]?.string
            }
            let unlisted = "This model is not in the pre-trained model list, please check your parameters."
            #expect(
                try await failure(["name": "huggingface/no/such", "version": "1.0.0", "model_format": "ONNX"])
                    == unlisted)
            #expect(
                try await failure(["name": .string(FakeSupply.similarity), "model_format": "ONNX"])?
                    .hasPrefix("A pretrained model needs its version") == true)
            #expect(
                try await failure(["name": "k", "version": "1", "model_format": "ONNX", "function_name": "kmeans"])?
                    .hasPrefix("KMEANS models do not run on this server") == true)
            place.supply.fail(ModelSupplyError(.other, "https://x: no connection. Check the proxy."))
            #expect(
                try await failure([
                    "name": .string(FakeSupply.similarity), "version": "1.0.2", "model_format": "TORCH_SCRIPT",
                ]) == "https://x: no connection. Check the proxy.")
            place.supply.fail(nil)
            try place.set("allow_registering_model_via_url", "true")
            place.supply.put(FakeSupply.archive, at: url)
            #expect(
                try await failure(custom(["model_content_hash_value": .some(nil)]))
                    == "Model content Hash code need to be provided when register via url. Please calculate sha 256 Hash code."
            )
            #expect(
                try await failure(custom(["model_content_hash_value": .string(String(repeating: "0", count: 64))]))?
                    .hasPrefix("model content changed") == true)
            place.supply.lie(hash: String(repeating: "1", count: 64))
            #expect(
                try await failure([
                    "name": .string(FakeSupply.similarity), "version": "1.0.2", "model_format": "TORCH_SCRIPT",
                ])?.hasPrefix("model content changed") == true)
            // Neither models nor groups nor files are left.
            for kind in ["models", "model_groups"] {
                let left = try await place.call(.get, "/\(kind)/_search")
                #expect(left["hits"]?["total"]?["value"] == 0)
            }
            let files = (try? FileManager.default.contentsOfDirectory(atPath: place.path + "/models")) ?? []
            #expect(files.isEmpty)
        }
    }

    @Test func whatIsWrongWithABodyIsSaidAtOnce() async throws {
        try await Workplace.with { place in
            try place.set("allow_registering_model_via_url", "true")
            let wrong: [(JSONValue, String)] = [
                (["version": "1", "model_format": "ONNX"], "model name is null"),
                (["name": "a", "version": "1"], "model format is null"),
                (["name": "a", "model_format": "H5"], "Wrong model format"),
                (["name": "a", "model_format": "ONNX", "function_name": "guess"], "Wrong function name"),
                (custom(["model_config": .some(nil)]), "model config is null"),
                (custom(["model_config": [:]]), "model type is null"),
                (custom(["model_config": ["model_type": "bert"]]), "embedding dimension is null"),
                (
                    custom(["model_config": ["model_type": "bert", "embedding_dimension": 3]]),
                    "framework type is null"
                ),
                (
                    custom([
                        "model_config": [
                            "model_type": "bert", "embedding_dimension": 3, "framework_type": "keras",
                        ]
                    ]), "Wrong framework type"
                ),
                (custom(["url": "gopher://example.org/x"]), "URL can't match trusted url regex"),
                (
                    custom([
                        "model_config": [
                            "model_type": "bert", "embedding_dimension": 3,
                            "framework_type": "sentence_transformers", "all_config": #"{"space_type": 1}"#,
                            "additional_config": ["space_type": "l2"],
                        ]
                    ]), "Duplicate keys found in both all_config and additional_config: space_type"
                ),
            ]
            for (body, reason) in wrong {
                let answer = try await place.call(.post, "/models/_register", body)
                #expect(answer.status == 400 && answer.reason == reason, "\(reason): \(answer.reason ?? "")")
                #expect(answer.type == "illegal_argument_exception")
            }
            let group = try await place.call(
                .post, "/models/_register",
                ["name": "a", "model_format": "ONNX", "version": "1", "model_group_id": "nobody"])
            #expect(group.status == 404)
            #expect(group.reason == "Failed to find model group with the provided model group id: nobody")
            #expect(try await place.call(.get, "/tasks/_search")["hits"]?["total"]?["value"] == 0)
        }
    }

    @Test func addressesNeedTheirSettings() async throws {
        try await Workplace.with { place in
            let off = try await place.call(.post, "/models/_register", custom())
            #expect(off.status == 400)
            #expect(
                off.reason
                    == "To upload custom model user needs to enable allow_registering_model_via_url settings. Otherwise please use OpenSearch pre-trained models."
            )
            try place.set("allow_registering_model_via_url", "true")
            let file = try await place.call(.post, "/models/_register", custom(["url": "file:///etc/passwd"]))
            #expect(file.status == 400)
            #expect(file.reason?.hasPrefix("To upload custom model from local file, user needs to enable") == true)
            try place.set("trusted_url_regex", "^https://example\\.net/")
            let elsewhere = try await place.call(.post, "/models/_register", custom())
            #expect(elsewhere.reason == "URL can't match trusted url regex")
        }
    }

    @Test func aModelOfAnAddressAndOfAFileIsRegistered() async throws {
        try await Workplace.with { place in
            try place.set("allow_registering_model_via_url", "true")
            try place.set("allow_registering_model_via_local_file", "true")
            place.supply.put(FakeSupply.archive, at: url)
            let path = place.path + "/a model.zip"
            try Data(FakeSupply.archive).write(to: URL(filePath: path))
            for address in [url, "file://" + path.replacingOccurrences(of: " ", with: "%20")] {
                let answer = try await place.call(.post, "/models/_register", custom(["url": .string(address)]))
                await place.commons.settle()
                let task = try await place.task(answer["task_id"]?.string)
                #expect(task["state"] == "COMPLETED", "\(task["error"]?.string ?? "")")
                let model = try await place.model(task["model_id"]?.string)
                #expect(model["name"] == "mine" && model["model_config"]?["embedding_dimension"] == 3)
            }
        }
    }

    @Test func archivesAreLookedInto() async throws {
        try await Workplace.with { place in
            try place.set("allow_registering_model_via_url", "true")
            let tokenizer = (name: "tokenizer.json", data: [UInt8]("{}".utf8))
            let archives: [([(name: String, data: [UInt8])], String)] = [
                ([("a.pt", [1]), ("b.pt", [2]), tokenizer], "Find multiple model files, but expected only one"),
                ([("a.onnx", [1]), tokenizer], "Model format is TORCH_SCRIPT, but find .onnx file"),
                ([tokenizer], "Can't find model file"),
                ([("a.pt", [1])], "No tokenizer file"),
                ([("a.pt", [1]), tokenizer, ("install.sh", [1])], "The archive holds \"install.sh\""),
                ([("a.pt", [1]), tokenizer, ("../../evil", [1])], "The file is no model archive"),
                ([("a.pt", [1]), tokenizer, ("/etc/passwd", [1])], "The file is no model archive"),
            ]
            var cases = archives.map { (StoredZip.bytes($0.0), $0.1) }
            cases.append(([UInt8]("<html>not found</html>".utf8), "The file is no model archive"))
            cases.append((Array(FakeSupply.archive.dropLast(30)), "The file is no model archive"))
            cases.append(([], "The file is no model archive"))
            for (bytes, reason) in cases {
                place.supply.put(bytes, at: url)
                let body = custom(["model_content_hash_value": .string(FakeSupply.sha256(bytes))])
                let answer = try await place.call(.post, "/models/_register", body)
                await place.commons.settle()
                let task = try await place.task(answer["task_id"]?.string)
                #expect(task["state"] == "FAILED")
                #expect(task["error"]?.string?.hasPrefix(reason) == true, "\(task["error"]?.string ?? "")")
            }
        }
    }

    @Test func aRegistrationMayDeploy() async throws {
        try await Workplace.with { place in
            let id = try await place.register(deploy: true)
            #expect(try await place.model(id)["model_state"] == "DEPLOYED")
            #expect(place.host.loaded == [id])
        }
    }

    @Test func anIDMayBeChosen() async throws {
        try await Workplace.with { place in
            let body: JSONValue = [
                "name": .string(FakeSupply.similarity), "version": "1.0.2", "model_format": "TORCH_SCRIPT",
                "model_id": "reranker",
            ]
            try await place.call(.post, "/models/_register", body)
            await place.commons.settle()
            #expect(try await place.model("reranker")["model_state"] == "REGISTERED")
            let again = try await place.call(.post, "/models/_register", body)
            #expect(again.status == 400 && again.reason?.contains("reranker is taken") == true)
            var hostile = try #require(body.object)
            hostile["model_id"] = "../../escape"
            #expect(try await place.call(.post, "/models/_register", .object(hostile)).status == 400)
        }
    }

    @Test func aDeletedModelsTaskFails() async throws {
        try await Workplace.with { place in
            place.supply.gate.close()
            let answer = try await place.call(
                .post, "/models/_register",
                ["name": .string(FakeSupply.similarity), "version": "1.0.2", "model_format": "TORCH_SCRIPT"])
            await place.supply.gate.reached()
            let found = try await place.call(.get, "/models/_search")
            let id = try #require(found["hits"]?["hits"]?[0]?["_id"]?.string)
            #expect(try await place.call(.delete, "/models/\(id)").status == 200)
            place.supply.gate.open()
            await place.commons.settle()
            let task = try await place.task(answer["task_id"]?.string)
            #expect(task["state"] == "FAILED")
            #expect(task["error"] == "The model was deleted while it was being registered.")
            let files = (try? FileManager.default.contentsOfDirectory(atPath: place.path + "/models")) ?? []
            #expect(files.isEmpty)
        }
    }

    @Test func atMostSoManyRegistrationsRun() async throws {
        try await Workplace.with { place in
            try place.set("max_register_model_tasks_per_node", "1")
            place.supply.gate.close()
            let body: JSONValue = [
                "name": .string(FakeSupply.similarity), "version": "1.0.2", "model_format": "TORCH_SCRIPT",
            ]
            let first = try await place.call(.post, "/models/_register", body)
            await place.supply.gate.reached()
            let second = try await place.call(.post, "/models/_register", body)
            while try await place.task(second["task_id"]?.string)["state"] == "CREATED" {
                try await Task.sleep(for: .milliseconds(1))
            }
            let refused = try await place.task(second["task_id"]?.string)
            #expect(refused["state"] == "FAILED" && refused["error"] == "exceed max running task limit")
            place.supply.gate.open()
            await place.commons.settle()
            #expect(try await place.task(first["task_id"]?.string)["state"] == "COMPLETED")
        }
    }
}
