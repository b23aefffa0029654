import Access
import HTTPTypes
import JSON
import MLCommons
import Testing

/// Rate limits of models and of single users.
@Suite struct ControllerTests {
    private let limits: JSONValue = ["user_rate_limiter": ["ann": ["limit": 2, "unit": "MINUTES"]]]

    private func predict(_ place: Workplace, _ id: String, as user: String?) async throws -> Workplace.Answer {
        let caller = user.map { Caller(name: $0, roles: []) }
        return try await MLCommons.$caller.withValue(caller) {
            try await place.call(.post, "/models/\(id)/_predict", ["text_docs": ["a"]])
        }
    }

    @Test func usersAreLimited() async throws {
        try await Workplace.with { place in
            let id = try await place.deployed(FakeSupply.embedding)
            let made = try await place.call(.post, "/controllers/\(id)", limits)
            #expect(made.body == ["model_id": .string(id), "status": "CREATED"])
            #expect(
                try await place.call(.get, "/controllers/\(id)").body == [
                    "model_id": .string(id), "user_rate_limiter": ["ann": ["limit": "2", "unit": "MINUTES"]],
                ])
            #expect(try await place.model(id)["is_controller_enabled"] == true)
            for _ in 0..<2 { #expect(try await predict(place, id, as: "ann").status == 200) }
            let refused = try await predict(place, id, as: "ann")
            #expect(refused.status == 429)
            #expect(
                refused.reason
                    == "Request is throttled at user level. If you think there's an issue, please contact your cluster admin."
            )
            // Others, and who has no name, are not.
            for user in ["bob", nil] { #expect(try await predict(place, id, as: user).status == 200) }
            // Two in a minute: one more after half of it.
            place.clock.advance(milliseconds: 30_000)
            #expect(try await predict(place, id, as: "ann").status == 200)
            #expect(try await predict(place, id, as: "ann").status == 429)
            let updated = try await place.call(
                .put, "/controllers/\(id)",
                ["user_rate_limiter": ["ann": ["limit": 3], "bob": ["limit": 0, "unit": "DAYS"]]])
            #expect(updated["result"] == "updated")
            #expect(updated["_index"] == ".plugins-ml-controller")
            #expect(
                try await place.call(.get, "/controllers/\(id)")["user_rate_limiter"] == [
                    "ann": ["limit": "3", "unit": "MINUTES"], "bob": ["limit": "0", "unit": "DAYS"],
                ])
            for _ in 0..<3 { #expect(try await predict(place, id, as: "ann").status == 200) }
            #expect(try await predict(place, id, as: "ann").status == 429)
            #expect(try await predict(place, id, as: "bob").status == 429)
            #expect(try await place.call(.delete, "/controllers/\(id)")["result"] == "deleted")
            #expect(try await predict(place, id, as: "ann").status == 200)
            #expect(try await place.call(.get, "/controllers/\(id)").status == 404)
        }
    }

    @Test func whatHasNoController() async throws {
        try await Workplace.with { place in
            let none = try await place.call(.post, "/controllers/none", limits)
            #expect(none.status == 404)
            let similarity = try await place.deployed()
            let refused = try await place.call(.post, "/controllers/\(similarity)", limits)
            #expect(refused.status == 403)
            #expect(
                refused.reason
                    == "Creating model controller on this operation on the function category TEXT_SIMILARITY is not supported."
            )
            let id = try await place.deployed(FakeSupply.embedding)
            let missing = try await place.call(.get, "/controllers/\(id)")
            #expect(missing.status == 404)
            #expect(missing.reason == "Failed to find model controller with the provided model ID")
            #expect(try await place.call(.put, "/controllers/\(id)", limits).status == 409)
            try await place.call(.post, "/controllers/\(id)", limits)
            #expect(try await place.call(.post, "/controllers/\(id)", limits)["status"] == "UPDATED")
            // It goes with its model.
            try await place.call(.post, "/models/\(id)/_undeploy")
            try await place.call(.delete, "/models/\(id)")
            #expect(try await place.call(.get, "/controllers/\(id)").status == 404)
            try place.set("controller_enabled", "false")
            #expect(
                try await place.call(.get, "/controllers/\(id)").reason
                    == "Controller is currently disabled. To enable it, update the setting \"plugins.ml_commons.controller_enabled\" to true."
            )
        }
    }

    @Test func remoteModelsAreLimitedAndSwitchedOff() async throws {
        try await Workplace.with { place in
            place.remote.answers { _ in (200, ["data": [["embedding": [1]]]]) }
            let connector = try await ConnectorTests.create(place)
            let id = try await RemoteModelTests.register(
                place, ["connector_id": .string(connector), "rate_limiter": ["limit": 1, "unit": "MINUTES"]])
            #expect(try await predict(place, id, as: nil).status == 200)
            let refused = try await predict(place, id, as: nil)
            #expect(refused.status == 429)
            #expect(refused.reason == "Request is throttled at model level.")
            #expect(place.remote.calls.count == 1)
            try await place.call(.put, "/models/\(id)", ["is_enabled": false])
            let disabled = try await predict(place, id, as: nil)
            #expect(disabled.status == 403)
            #expect(disabled.reason == "Model is disabled.")
        }
    }
}
