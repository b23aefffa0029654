import Foundation
import HTTPTypes
import JSON
import MLCommons
import Testing

/// What a restart finds: nothing is stuck, and what was deployed is deployed again.
@Suite struct RestartTests {
    private let pretrained: JSONValue = [
        "name": .string(FakeSupply.similarity), "version": "1.0.2", "model_format": "TORCH_SCRIPT",
    ]

    @Test func everythingThatWasAcknowledgedIsThere() async throws {
        try await Workplace.with { place in
            let group = try await place.call(.post, "/model_groups/_register", ["name": "mine"])
            let model = try await place.register()
            let before = try await place.model(model).body
            try await place.crash()
            #expect(try await place.model(model).body == before)
            let id = group["model_group_id"]?.string ?? ""
            #expect(try await place.call(.get, "/model_groups/\(id)")["name"] == "mine")
            #expect(try await place.call(.get, "/tasks/_search")["hits"]?["total"]?["value"] == 1)
            #expect(place.host.loaded.isEmpty)
        }
    }

    @Test func deployedModelsAreDeployedAgain() async throws {
        try await Workplace.with { place in
            let id = try await place.deployed()
            let idle = try await place.register(FakeSupply.sparse)
            let notes = try await place.crash()
            #expect(notes == ["model \(id) is deployed again"])
            #expect(place.host.loaded == [id])
            let model = try await place.model(id)
            #expect(model["model_state"] == "DEPLOYED" && model["auto_redeploy_retry_times"] == 0)
            #expect(try await place.model(idle)["model_state"] == "REGISTERED")
            let answer = try await place.call(
                .post, "/models/\(id)/_predict", ["query_text": "a", "text_docs": ["b"]])
            #expect(answer.status == 200)
            // A deployment takes its files from the data folder and not from the network.
            #expect(place.supply.origins.count == 2)
        }
    }

    @Test func untilThenTheyAreBeingDeployed() async throws {
        try await Workplace.with { place in
            let id = try await place.deployed()
            try await place.crash(settle: false) { place.host.gate.close() }
            await place.host.gate.reached()
            #expect(try await place.model(id)["model_state"] == "DEPLOYING")
            let early = try await place.call(.post, "/models/\(id)/_predict", ["query_text": "a", "text_docs": ["b"]])
            #expect(early.status == 400 && early.reason == "Model not ready yet. Please deploy the model first.")
            #expect(try await place.call(.delete, "/models/\(id)").status == 400)
            place.host.gate.open()
            await place.commons.settle()
            #expect(try await place.model(id)["model_state"] == "DEPLOYED")
        }
    }

    @Test func aSettingLeavesThemOut() async throws {
        try await Workplace.with { place in
            let id = try await place.deployed()
            try place.set("model_auto_redeploy.enable", "false")
            let notes = try await place.crash()
            #expect(notes.count == 1 && notes[0].hasPrefix("model \(id) is not deployed again"))
            #expect(place.host.loaded.isEmpty)
            #expect(try await place.model(id)["model_state"] == "DEPLOY_FAILED")
            try await place.call(.post, "/models/\(id)/_deploy")
            await place.commons.settle()
            #expect(place.host.loaded == [id])
        }
    }

    @Test func aModelThatCrashesTheServerIsGivenUp() async throws {
        try await Workplace.with { place in
            try place.set("model_auto_redeploy.lifetime_retry_times", "2")
            let id = try await place.deployed()
            // Each start dies in the middle of loading the model.
            for _ in 0..<4 {
                try await place.crash(settle: false) { place.host.gate.close() }
                if try await place.model(id)["model_state"] == "DEPLOYING" { await place.host.gate.reached() }
            }
            #expect(try await place.model(id)["model_state"] == "DEPLOY_FAILED")
            place.host.gate.open()
        }
    }

    @Test func anInterruptedRegistrationFails() async throws {
        try await Workplace.with { place in
            place.supply.gate.close()
            let answer = try await place.call(.post, "/models/_register", pretrained)
            await place.supply.gate.reached()
            let notes = try await place.crash()
            let id = try #require(answer["task_id"]?.string)
            #expect(notes == ["registration \(id) was interrupted and has failed"])
            let task = try await place.task(id)
            #expect(task["state"] == "FAILED")
            #expect(
                task["error"]?.string?.hasPrefix("The server stopped while the model was being registered.") == true)
            for kind in ["models", "model_groups"] {
                #expect(try await place.call(.get, "/\(kind)/_search")["hits"]?["total"]?["value"] == 0)
            }
            // The same registration works now.
            _ = try await place.register()
        }
    }

    @Test func anInterruptedDeploymentIsTakenUpAgain() async throws {
        try await Workplace.with { place in
            let id = try await place.register()
            place.host.gate.close()
            let answer = try await place.call(.post, "/models/\(id)/_deploy")
            await place.host.gate.reached()
            try await place.crash()
            let task = try await place.task(answer["task_id"]?.string)
            #expect(task["state"] == "COMPLETED", "\(task["error"]?.string ?? "")")
            #expect(try await place.model(id)["model_state"] == "DEPLOYED")
        }
    }

    @Test func aDeploymentBehindAnotherEndsToo() async throws {
        try await Workplace.with { place in
            let id = try await place.register()
            place.host.gate.close()
            let first = try await place.call(.post, "/models/\(id)/_deploy")
            await place.host.gate.reached()
            let second = try await place.call(.post, "/models/\(id)/_deploy")
            try await place.crash()
            #expect(try await place.task(first["task_id"]?.string)["state"] == "COMPLETED")
            let task = try await place.task(second["task_id"]?.string)
            #expect(task["state"] == "FAILED" && task["error"]?.string?.contains("Deploy it again") == true)
        }
    }

    @Test func filesThatNobodyHasAreRemoved() async throws {
        try await Workplace.with { place in
            let id = try await place.register()
            let orphan = place.path + "/models/leftoverABCDEFGHIJ-_"
            // A name of ours with files that are not, and a folder that somebody made.
            let others = ["/models/somebodysfolder12345/weights.bin", "/models/minilm/model.zip"].map {
                place.path + $0
            }
            let notes = try await place.crash {
                for other in others {
                    let folder = URL(filePath: other).deletingLastPathComponent()
                    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
                    try Data([1]).write(to: URL(filePath: other))
                }
                try FileManager.default.createDirectory(atPath: orphan, withIntermediateDirectories: true)
                try Data([1]).write(to: URL(filePath: orphan + "/model.zip"))
            }
            #expect(!FileManager.default.fileExists(atPath: orphan))
            for other in others { #expect(FileManager.default.fileExists(atPath: other)) }
            #expect(notes.count { $0.contains("is not the server's and is left alone") } == 2)
            try await place.call(.post, "/models/\(id)/_deploy")
            await place.commons.settle()
            #expect(place.host.loaded == [id])
        }
    }

    @Test func noMomentLeavesAnythingStuck() async throws {
        // Stops at whatever moment that is reached: afterwards each task is over and each model in a state that lasts.
        for delay in 0..<12 {
            try await Workplace.with { place in
                let answers = [
                    try await place.call(.post, "/models/_register?deploy_model=true", pretrained),
                    try await place.call(.post, "/models/_register", pretrained),
                ]
                for _ in 0..<(delay * delay) { await Task.yield() }
                try await place.crash()
                for answer in answers {
                    let state = try await place.task(answer["task_id"]?.string)["state"]
                    #expect(state == "COMPLETED" || state == "FAILED")
                }
                let tasks = try await place.call(
                    .post, "/tasks/_search", ["query": ["terms": ["state": ["CREATED", "RUNNING"]]]])
                #expect(tasks["hits"]?["total"]?["value"] == 0)
                let models = try await place.call(
                    .post, "/models/_search", ["query": ["terms": ["model_state": ["REGISTERING", "DEPLOYING"]]]])
                #expect(models["hits"]?["total"]?["value"] == 0)
            }
        }
    }
}
