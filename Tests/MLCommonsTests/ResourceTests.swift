import HTTPTypes
import JSON
import MLCommons
import Testing

/// Models that do not fit are refused with what they need; nothing else is refused unless a setting says so.
@Suite struct ResourceTests {
    @Test func aModelLargerThanTheMemoryIsNotLoaded() async throws {
        try await Workplace.with { place in
            let id = try await place.register()
            let size = try #require(try await place.model(id)["model_content_size_in_bytes"]?.int)
            place.machine.set(available: size - 1)
            let task = try await place.call(.post, "/models/\(id)/_deploy")
            await place.commons.settle()
            let failed = try await place.task(task["task_id"]?.string)
            #expect(failed["state"] == "FAILED")
            #expect(failed["error"]?.string?.contains("The model needs at least \(size) bytes of memory") == true)
            #expect(try await place.model(id)["model_state"] == "DEPLOY_FAILED")
            #expect(place.host.history.isEmpty)
            let stats = try await place.call(.get, "/stats/ml_circuit_breaker_trigger_count")
            #expect(stats["nodes"]?[place.nodeID]?["ml_circuit_breaker_trigger_count"] == 1)
            place.machine.set(available: size)
            try await place.call(.post, "/models/\(id)/_deploy")
            await place.commons.settle()
            #expect(try await place.model(id)["model_state"] == "DEPLOYED")
        }
    }

    @Test func aThresholdThatWasSetIsKept() async throws {
        try await Workplace.with { place in
            let id = try await place.register()
            // 95 % in use: the default of 90 is no reason to refuse, a setting is, and 100 switches it off.
            place.machine.set(available: (1 << 30) / 20)
            for (value, state) in [("90", "DEPLOY_FAILED"), ("99", "DEPLOYED"), ("100", "DEPLOYED")] {
                try place.set("native_memory_threshold", value)
                try await place.call(.post, "/models/\(id)/_deploy")
                await place.commons.settle()
                #expect(try await place.model(id)["model_state"]?.string == state, "\(value)")
                try await place.call(.post, "/models/\(id)/_undeploy")
            }
        }
        try await Workplace.with { place in
            place.machine.set(available: (1 << 30) / 20)
            let id = try await place.deployed()
            #expect(try await place.model(id)["model_state"] == "DEPLOYED")
        }
    }

    @Test func aDiskWithLessThanWasAskedForTakesNoModels() async throws {
        try await Workplace.with { place in
            place.machine.set(free: 3 << 30)
            _ = try await place.register()
            let body: JSONValue = [
                "name": .string(FakeSupply.similarity), "version": "1.0.2", "model_format": "TORCH_SCRIPT",
            ]
            for (value, state) in [("4gb", "FAILED"), ("-1", "COMPLETED"), ("2048mb", "COMPLETED")] {
                try place.set("disk_free_space_threshold", value)
                let task = try await place.call(.post, "/models/_register", body)
                await place.commons.settle()
                #expect(try await place.task(task["task_id"]?.string)["state"]?.string == state, "\(value)")
            }
        }
    }

    @Test func whatStandsInIsTold() async throws {
        try await Workplace.with { place in
            place.supply.standIn("starter-cross-encoder")
            let answer = try await place.call(
                .post, "/models/_register",
                ["name": .string(FakeSupply.similarity), "version": "1.0.2", "model_format": "TORCH_SCRIPT"])
            #expect(answer["stand_in"] == "starter-cross-encoder")
            await place.commons.settle()
            let model = try await place.model(try await place.task(answer["task_id"]?.string)["model_id"]?.string)
            #expect(model["stand_in"] == "starter-cross-encoder")
            #expect(
                model["description"]?.string
                    == "starter-cross-encoder, which stands in for \(FakeSupply.similarity) as the settings of the server say"
            )
        }
    }
}
