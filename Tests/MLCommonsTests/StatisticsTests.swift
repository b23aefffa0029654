import HTTPTypes
import JSON
import MLCommons
import Testing

/// Statistics and profiles.
@Suite struct StatisticsTests {
    @Test func countsFollowTheUse() async throws {
        try await Workplace.with { place in
            let empty = try await place.call(.get, "/stats")
            #expect(empty["ml_model_count"] == 0 && empty["ml_model_index_status"] == "non-existent")
            let id = try await place.deployed()
            let pair: JSONValue = ["query_text": "a", "text_docs": ["b"]]
            try await place.call(.post, "/models/\(id)/_predict", pair)
            place.host.fail(ModelHostError(500, "no"))
            try await place.call(.post, "/models/\(id)/_predict", pair)
            let answer = try await place.call(.get, "/stats")
            #expect(answer.status == 200 && answer["ml_model_count"] == 1 && answer["ml_connector_count"] == 0)
            #expect(answer["ml_model_index_status"] == "green" && answer["ml_task_index_status"] == "green")
            let node = answer["nodes"]?[place.nodeID]
            #expect(node?["ml_deployed_model_count"] == 1 && node?["ml_request_count"] == 2)
            #expect(node?["ml_failure_count"] == 1 && node?["ml_executing_task_count"] == 0)
            let predictions: JSONValue = [
                "predict": [
                    "ml_action_request_count": 2, "ml_action_failure_count": 1, "ml_executing_task_count": 0,
                ]
            ]
            #expect(node?["algorithms"]?["text_similarity"] == predictions)
            #expect(node?["models"]?[id] == predictions)
        }
    }

    @Test func partsAreChosen() async throws {
        try await Workplace.with { place in
            let one = try await place.call(.get, "/stats/ml_model_index_status")
            #expect(one["ml_model_index_status"] == "non-existent" && one["ml_model_count"] == nil)
            let own = try await place.call(.get, "/\(place.nodeID)/stats/ml_request_count,ml_model_count")
            #expect(own["ml_model_count"] == 0 && own["nodes"]?[place.nodeID] == ["ml_request_count": 0])
            #expect(try await place.call(.get, "/elsewhere/stats")["nodes"] == [:])
            let wrong = try await place.call(.get, "/stats/guess")
            #expect(wrong.status == 400 && wrong.reason?.contains("unrecognized stat: [guess]") == true)
        }
    }

    @Test func profilesShowModelsAndTasks() async throws {
        try await Workplace.with { place in
            #expect(try await place.call(.get, "/profile").body == ["nodes": [:]])
            let id = try await place.deployed()
            _ = try await place.register(FakeSupply.sparse)
            try await place.call(.post, "/models/\(id)/_predict", ["query_text": "a", "text_docs": ["b"]])
            let all = try await place.call(.get, "/profile")
            let model = all["nodes"]?[place.nodeID]?["models"]?[id]
            #expect(model?["model_state"] == "DEPLOYED" && model?["worker_nodes"] == [.string(place.nodeID)])
            let stats = model?["predict_request_stats"]
            #expect(stats?["count"] == 1 && stats?["max"] == stats?["min"] && stats?["p99"] == stats?["average"])
            #expect(all["nodes"]?[place.nodeID]?["models"]?.object?.count == 1)
            #expect(all["nodes"]?[place.nodeID]?["tasks"] == nil)
            for path in ["/profile/models", "/profile/models/\(id)"] {
                let answer = try await place.call(.get, path)
                #expect(answer["nodes"]?[place.nodeID]?["models"]?[id] != nil, "\(path)")
            }
            for path in ["/profile/models/nobody", "/profile/tasks", "/profile/tasks/nobody"] {
                #expect(try await place.call(.get, path).body == ["nodes": [:]], "\(path)")
            }
            let elsewhere = try await place.call(.get, "/profile", ["node_ids": ["x"], "return_all_models": true])
            #expect(elsewhere.body == ["nodes": [:]])

            place.supply.gate.close()
            let answer = try await place.call(
                .post, "/models/_register",
                ["name": .string(FakeSupply.similarity), "version": "1.0.2", "model_format": "TORCH_SCRIPT"])
            let task = try #require(answer["task_id"]?.string)
            await place.supply.gate.reached()
            for (path, body) in [
                ("/profile", ["return_all_tasks": true]), ("/profile/tasks/\(task)", [:]), ("/profile/tasks", [:]),
                ("/profile", ["task_ids": [.string(task)]]),
            ] as [(String, JSONValue)] {
                let answer = try await place.call(.get, path, body)
                #expect(answer["nodes"]?[place.nodeID]?["tasks"]?[task]?["state"] == "CREATED", "\(path)")
                #expect(answer["nodes"]?[place.nodeID]?["models"] == nil)
            }
            place.supply.gate.open()
        }
    }

    @Test func everySettingHasADefaultOfItsKind() {
        let names = MLSetting.all.map(\.name)
        #expect(Set(names).count == names.count && names.allSatisfy { $0.hasPrefix("plugins.ml_commons.") })
        for setting in MLSetting.all {
            switch setting.kind {
            case .boolean: #expect(["true", "false"].contains(setting.defaultValue))
            case .integer(let range): #expect(Int(setting.defaultValue).map(range.contains) == true)
            case .number: #expect(Double(setting.defaultValue) != nil)
            case .choice(let words): #expect(words.contains(setting.defaultValue))
            case .bytes, .text: break
            }
        }
    }
}
