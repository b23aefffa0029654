import HTTPTypes
import JSON
import MLCommons
import Testing

/// What happens to a registration at work when others interfere, or when nothing comes.
@Suite struct RegistrationRaceTests {
    private let pretrained: JSONValue = [
        "name": .string(FakeSupply.similarity), "version": "1.0.2", "model_format": "TORCH_SCRIPT", "model_id": "mine",
    ]

    @Test func deletingTheModelEndsItsRegistration() async throws {
        try await Workplace.with { place in
            place.supply.gate.close()
            let first = try await place.call(.post, "/models/_register", pretrained)
            await place.supply.gate.reached()
            #expect(try await place.call(.delete, "/models/mine").status == 200)
            // The gate stays closed: the work ends because it is cancelled.
            await place.commons.settle()
            let task = try await place.task(first["task_id"]?.string)
            #expect(task["state"] == "FAILED")
            #expect(task["error"] == "The model was deleted while it was being registered.")
            #expect(try await place.model("mine").status == 404)
            place.supply.gate.open()
        }
    }

    @Test func aLaterModelOfTheSameIDIsAnotherOne() async throws {
        try await Workplace.with { place in
            place.supply.gate.close()
            let first = try await place.call(.post, "/models/_register", pretrained)
            await place.supply.gate.reached()
            #expect(try await place.call(.delete, "/models/mine").status == 200)
            let second = try await place.call(.post, "/models/_register", pretrained)
            #expect(second.status == 200)
            place.supply.gate.open()
            await place.commons.settle()
            #expect(try await place.task(first["task_id"]?.string)["state"] == "FAILED")
            let task = try await place.task(second["task_id"]?.string)
            #expect(task["state"] == "COMPLETED" && task["model_id"] == "mine")
            #expect(try await place.model("mine")["model_state"] == "REGISTERED")
        }
    }

    @Test func aRegistrationToWhichNothingComesEnds() async throws {
        try await Workplace.with { place in
            place.supply.gate.close()
            let answer = try await place.call(.post, "/models/_register", pretrained)
            await place.supply.gate.reached()
            place.clock.advance(milliseconds: 599_000)
            place.commons.endSilentRegistrations()
            #expect(try await place.task(answer["task_id"]?.string)["state"] == "CREATED")
            place.clock.advance(milliseconds: 1_000)
            place.commons.endSilentRegistrations()
            let task = try await place.task(answer["task_id"]?.string)
            #expect(task["state"] == "FAILED")
            #expect(task["error"]?.string?.contains("plugins.ml_commons.ml_task_timeout_in_seconds") == true)
            await place.commons.settle()
            #expect(try await place.model("mine").status == 404)
            place.supply.gate.open()
        }
    }

    @Test func ofABurstOnlyTheExcessIsRefused() async throws {
        try await Workplace.with { place in
            try place.set("max_register_model_tasks_per_node", "3")
            place.supply.gate.close()
            var tasks: [String] = []
            for _ in 0..<5 {
                let answer = try await place.call(
                    .post, "/models/_register",
                    ["name": .string(FakeSupply.similarity), "version": "1.0.2", "model_format": "TORCH_SCRIPT"])
                tasks.append(try #require(answer["task_id"]?.string))
            }
            for task in tasks[3...] {
                while try await place.task(task)["state"] == "CREATED" { try await Task.sleep(for: .milliseconds(1)) }
            }
            place.supply.gate.open()
            await place.commons.settle()
            var states: [String?] = []
            for task in tasks { states.append(try await place.task(task)["state"]?.string) }
            #expect(states == ["COMPLETED", "COMPLETED", "COMPLETED", "FAILED", "FAILED"])
        }
    }

    @Test func aDeploymentThatWasAskedForIsNotForgotten() async throws {
        try await Workplace.with { place in
            place.host.gate.close()
            let answer = try await place.call(.post, "/models/_register?deploy_model=true", pretrained)
            while try await place.task(answer["task_id"]?.string)["state"] == "CREATED" { await Task.yield() }
            // From the moment that the registration is over, the deployment is known.
            #expect(try await place.model("mine")["model_state"] == "DEPLOYING")
            try await place.crash()
            #expect(try await place.model("mine")["model_state"] == "DEPLOYED")
        }
    }

    @Test func deploymentsAtWorkCountAsModels() async throws {
        try await Workplace.with { place in
            try place.set("max_model_on_node", "1")
            let first = try await place.register()
            let second = try await place.register(FakeSupply.embedding)
            place.host.gate.close()
            let tasks = [
                try await place.call(.post, "/models/\(first)/_deploy"),
                try await place.call(.post, "/models/\(second)/_deploy"),
            ]
            await place.host.gate.reached()
            place.host.gate.open()
            await place.commons.settle()
            var states: [String] = []
            for task in tasks { states.append(try await place.task(task["task_id"]?.string)["state"]?.string ?? "") }
            #expect(states.sorted() == ["COMPLETED", "FAILED"])
            #expect(place.host.loaded.count == 1)
        }
    }
}
