import Foundation
import HTTPTypes
import JSON
import MLCommons
import Testing

/// Deploying, undeploying, changing and deleting models.
@Suite struct DeploymentTests {
    private func error(_ task: Workplace.Answer, _ place: Workplace) throws -> String? {
        try task["error"]?.string.flatMap { try JSONValue(parsing: $0)[place.nodeID]?.string }
    }

    @Test(arguments: ["_deploy", "_load"]) func aModelIsDeployed(path: String) async throws {
        try await Workplace.with { place in
            let id = try await place.register()
            place.host.gate.close()
            let answer = try await place.call(.post, "/models/\(id)/\(path)")
            #expect(answer.status == 200 && answer.body.object?.count == 3)
            #expect(answer["task_type"] == "DEPLOY_MODEL" && answer["status"] == "CREATED")
            await place.host.gate.reached()
            let running = try await place.task(answer["task_id"]?.string)
            #expect(running["state"] == "RUNNING" && running["model_id"] == .string(id))
            #expect(try await place.model(id)["model_state"] == "DEPLOYING")
            place.clock.advance(milliseconds: 7)
            place.host.gate.open()
            await place.commons.settle()
            let over = try await place.task(answer["task_id"]?.string)
            #expect(over["state"] == "COMPLETED" && over["task_type"] == "DEPLOY_MODEL")
            #expect(over["function_name"] == "TEXT_SIMILARITY" && over["last_update_time"] == 1_700_000_000_007)
            let model = try await place.model(id)
            #expect(model["model_state"] == "DEPLOYED" && model["last_deployed_time"] == 1_700_000_000_007)
            #expect(model["planning_worker_node_count"] == 1 && model["current_worker_node_count"] == 1)
            #expect(model["planning_worker_nodes"] == [.string(place.nodeID)])
            #expect(model["deploy_to_all_nodes"] == true && model["auto_redeploy_retry_times"] == 0)
            let hosted = try #require(place.host.history.first)
            #expect(hosted.id == id && hosted.function == .textSimilarity)
            #expect(hosted.path.hasPrefix(place.path + "/models/") && hosted.path.hasSuffix("/model.zip"))
        }
    }

    @Test func deployingTwiceLoadsOnce() async throws {
        try await Workplace.with { place in
            let id = try await place.register()
            let answers = [
                try await place.call(.post, "/models/\(id)/_deploy"),
                try await place.call(.post, "/models/\(id)/_deploy"),
            ]
            await place.commons.settle()
            let third = try await place.call(.post, "/models/\(id)/_deploy")
            await place.commons.settle()
            for answer in answers + [third] {
                #expect(try await place.task(answer["task_id"]?.string)["state"] == "COMPLETED")
            }
            #expect(place.host.history.count == 1)
        }
    }

    @Test func whatCannotBeDeployedSaysWhy() async throws {
        try await Workplace.with { place in
            let missing = try await place.call(.post, "/models/nobody/_deploy")
            #expect(missing.status == 404 && missing.type == "status_exception")
            #expect(missing.reason == "Failed to find model with the provided model id: nobody")
            let id = try await place.register()
            let nodes = try await place.call(.post, "/models/\(id)/_deploy", ["node_ids": [.string(place.nodeID)]])
            #expect(nodes.status == 400 && nodes.reason == "Don't allow custom deployment plan")
            try place.set("allow_custom_deployment_plan", "true")
            let others = try await place.call(.post, "/models/\(id)/_deploy", ["node_ids": ["x"]])
            #expect(others.status == 400 && others.reason == "no eligible node found")
            try place.set("local_model.enabled", "false")
            let off = try await place.call(.post, "/models/\(id)/_deploy")
            #expect(off.status == 400 && off.reason?.hasPrefix("Local Model is currently disabled.") == true)
            try place.set("local_model.enabled", "true")

            place.host.fail(ModelHostError(400, "model.pt: tensor x is missing. Export it again."))
            let answer = try await place.call(.post, "/models/\(id)/_deploy", ["node_ids": [.string(place.nodeID)]])
            await place.commons.settle()
            let task = try await place.task(answer["task_id"]?.string)
            #expect(task["state"] == "FAILED")
            #expect(try error(task, place) == "model.pt: tensor x is missing. Export it again.")
            let model = try await place.model(id)
            #expect(model["model_state"] == "DEPLOY_FAILED" && model["current_worker_node_count"] == 0)
            place.host.fail(nil)
            try await place.call(.post, "/models/\(id)/_deploy")
            await place.commons.settle()
            #expect(try await place.model(id)["model_state"] == "DEPLOYED")
        }
    }

    @Test func soManyModelsFit() async throws {
        try await Workplace.with { place in
            try place.set("max_model_on_node", "1")
            _ = try await place.deployed()
            let second = try await place.register()
            let answer = try await place.call(.post, "/models/\(second)/_deploy")
            await place.commons.settle()
            let task = try await place.task(answer["task_id"]?.string)
            #expect(try error(task, place)?.hasPrefix("Exceed max local model per node limit") == true)
        }
    }

    @Test func filesThatAreGoneAreToldOf() async throws {
        try await Workplace.with { place in
            let id = try await place.register()
            try FileManager.default.removeItem(atPath: place.path + "/models")
            let answer = try await place.call(.post, "/models/\(id)/_deploy")
            await place.commons.settle()
            let task = try await place.task(answer["task_id"]?.string)
            #expect(try error(task, place)?.hasPrefix("The model's files are gone") == true)
        }
    }

    @Test(arguments: ["_undeploy", "_unload"]) func aModelIsUndeployed(path: String) async throws {
        try await Workplace.with { place in
            let id = try await place.deployed()
            let answer = try await place.call(.post, "/models/\(id)/\(path)")
            #expect(answer.status == 200)
            let stats: JSONValue = .object(JSONObject([(key: id, value: .string("undeployed"))]))
            let node: JSONValue = ["stats": stats]
            #expect(answer.body == .object(JSONObject([(key: place.nodeID, value: node)])))
            #expect(place.host.loaded.isEmpty)
            let model = try await place.model(id)
            #expect(model["model_state"] == "UNDEPLOYED" && model["last_undeployed_time"] == 1_700_000_000_000)
            #expect(model["current_worker_node_count"] == 0 && model["planning_worker_nodes"] == [])
            let again = try await place.call(.post, "/models/\(id)/\(path)", [:])
            #expect(again[place.nodeID]?["stats"]?[id] == "not_found")
        }
    }

    @Test func severalModelsAreUndeployed() async throws {
        try await Workplace.with { place in
            let (one, two) = (try await place.deployed(), try await place.deployed(FakeSupply.sparse))
            for body: JSONValue in [[:], ["model_ids": []]] {
                let answer = try await place.call(.post, "/models/_undeploy", body)
                #expect(answer.status == 400 && answer.reason == "Must set specific model ids to undeploy")
            }
            let elsewhere = try await place.call(
                .post, "/models/_unload", ["model_ids": [.string(one)], "node_ids": ["x"]])
            #expect(elsewhere.body == [:] && place.host.loaded.count == 2)
            let answer = try await place.call(
                .post, "/models/_undeploy",
                [
                    "model_ids": [.string(one), .string(two), "nobody"], "node_ids": [.string(place.nodeID)],
                ])
            let stats = answer[place.nodeID]?["stats"]
            #expect(stats?[one] == "undeployed" && stats?[two] == "undeployed" && stats?["nobody"] == "not_found")
            #expect(place.host.loaded.isEmpty)
        }
    }

    @Test func undeployingWinsOverADeploymentAtWork() async throws {
        try await Workplace.with { place in
            let id = try await place.register()
            place.host.gate.close()
            let answer = try await place.call(.post, "/models/\(id)/_deploy")
            await place.host.gate.reached()
            try await place.call(.post, "/models/\(id)/_undeploy")
            #expect(try await place.model(id)["model_state"] == "UNDEPLOYED")
            // A deployment that was asked for later has its way.
            let later = try await place.call(.post, "/models/\(id)/_deploy")
            place.host.gate.open()
            await place.commons.settle()
            let task = try await place.task(answer["task_id"]?.string)
            #expect(task["state"] == "FAILED")
            #expect(try error(task, place) == "The model was undeployed while it was being deployed.")
            #expect(try await place.task(later["task_id"]?.string)["state"] == "COMPLETED")
            #expect(try await place.model(id)["model_state"] == "DEPLOYED" && place.host.loaded == [id])
        }
    }

    @Test func modelsInUseAreNotDeleted() async throws {
        try await Workplace.with { place in
            let id = try await place.deployed()
            let refused = try await place.call(.delete, "/models/\(id)")
            #expect(refused.status == 400)
            #expect(
                refused.reason
                    == "Model cannot be deleted in deploying or deployed state. Try undeploy model first then delete")
            try await place.call(.post, "/models/\(id)/_undeploy")
            let deleted = try await place.call(.delete, "/models/\(id)")
            #expect(deleted.status == 200 && deleted["_index"] == ".plugins-ml-model" && deleted["result"] == "deleted")
            let missing = try await place.call(.delete, "/models/\(id)")
            #expect(missing.status == 404 && missing.reason == "Failed to find model")
            let read = try await place.model(id)
            #expect(read.status == 404 && read.reason == "Failed to find model with the provided model id: \(id)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: place.path + "/models").isEmpty)
        }
    }

    @Test func aModelIsChanged() async throws {
        try await Workplace.with { place in
            let id = try await place.deployed(FakeSupply.embedding)
            let answer = try await place.call(
                .put, "/models/\(id)",
                [
                    "name": "updated", "description": "text", "is_enabled": false,
                    "rate_limiter": ["limit": 2, "unit": "minutes"],
                ])
            #expect(answer.status == 200 && answer["result"] == "updated" && answer["_id"] == .string(id))
            let model = try await place.model(id)
            #expect(model["name"] == "updated" && model["description"] == "text" && model["is_enabled"] == false)
            #expect(model["rate_limiter"] == ["limit": "2", "unit": "MINUTES"])
            let config: JSONValue = ["model_config": ["query_prefix": "query: "]]
            #expect(try await place.call(.put, "/models/\(id)", config).status == 403)
            try await place.call(.post, "/models/\(id)/_undeploy")
            #expect(try await place.call(.put, "/models/\(id)", config).status == 200)
            let after = try await place.model(id)
            #expect(after["model_config"]?["query_prefix"] == "query: ")
            #expect(after["model_config"]?["embedding_dimension"] == 384)

            let group = try await place.call(.post, "/model_groups/_register", ["name": "other"])
            let groupID = try #require(group["model_group_id"])
            try await place.call(.put, "/models/\(id)", ["model_group_id": groupID])
            #expect(try await place.model(id)["model_group_id"] == groupID)
            let nowhere = try await place.call(.put, "/models/\(id)", ["model_group_id": "nobody"])
            #expect(nowhere.status == 404)
            let missing = try await place.call(.put, "/models/nobody", ["name": "a"])
            #expect(missing.status == 404)
            #expect(missing.reason == "Failed to find model to update with the provided model id: nobody")
            let unit = try await place.call(.put, "/models/\(id)", ["rate_limiter": ["unit": "weeks"]])
            #expect(unit.status == 400)
        }
    }

    @Test func unusedModelsLeaveTheMemory() async throws {
        try await Workplace.with { place in
            let id = try await place.deployed()
            let stays = try await place.deployed(FakeSupply.sparse)
            try await place.call(.put, "/models/\(id)", ["deploy_setting": ["model_ttl_minutes": 2]])
            place.clock.advance(milliseconds: 119_999)
            place.commons.undeployUnused()
            #expect(place.host.loaded == [id, stays])
            try await place.call(.post, "/models/\(id)/_predict", ["query_text": "a", "text_docs": ["b"]])
            place.clock.advance(milliseconds: 119_999)
            place.commons.undeployUnused()
            #expect(place.host.loaded == [id, stays])
            place.clock.advance(milliseconds: 1)
            place.commons.undeployUnused()
            #expect(place.host.loaded == [stays])
            #expect(try await place.model(id)["model_state"] == "UNDEPLOYED")
        }
    }
}
