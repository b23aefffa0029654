import HTTPTypes
import JSON
import MLCommons
import Testing

/// Reading, finding and deleting tasks.
@Suite struct TaskTests {
    private func start(_ place: Workplace) async throws -> String {
        let answer = try await place.call(
            .post, "/models/_register",
            ["name": .string(FakeSupply.similarity), "version": "1.0.2", "model_format": "TORCH_SCRIPT"])
        return try #require(answer["task_id"]?.string)
    }

    @Test func unknownTasksAreNotFound() async throws {
        try await Workplace.with { place in
            for method in [HTTPRequest.Method.get, .delete] {
                let answer = try await place.call(method, "/tasks/nobody")
                #expect(answer.status == 404 && answer.type == "status_exception")
                #expect(answer.reason == "Failed to find task")
            }
        }
    }

    @Test func aTaskThatIsOverIsDeleted() async throws {
        try await Workplace.with { place in
            let id = try await start(place)
            await place.commons.settle()
            let answer = try await place.call(.delete, "/tasks/\(id)")
            #expect(answer.status == 200 && answer["_index"] == ".plugins-ml-task" && answer["result"] == "deleted")
            #expect(try await place.task(id).status == 404)
        }
    }

    @Test func aTaskAtWorkIsNotDeletedUnlessItIsARegistration() async throws {
        try await Workplace.with { place in
            place.supply.gate.close()
            let registration = try await start(place)
            await place.supply.gate.reached()
            #expect(try await place.call(.delete, "/tasks/\(registration)").status == 200)
            place.supply.gate.open()
            await place.commons.settle()
            // The work went on without its task.
            let models = try await place.call(.get, "/models/_search")
            #expect(models["hits"]?["hits"]?[0]?["_source"]?["model_state"] == "REGISTERED")
            let model = try #require(models["hits"]?["hits"]?[0]?["_id"]?.string)
            #expect(try await place.task(registration).status == 404)

            place.host.gate.close()
            let deployment = try await place.call(.post, "/models/\(model)/_deploy")
            await place.host.gate.reached()
            let refused = try await place.call(.delete, "/tasks/\(deployment["task_id"]?.string ?? "")")
            #expect(refused.status == 400)
            #expect(refused.reason == "Task cannot be deleted in running state. Try after some time.")
            place.host.gate.open()
        }
    }

    @Test func tasksAreFoundByWhatTheyAre() async throws {
        try await Workplace.with { place in
            let id = try await place.deployed()
            let answer = try await place.call(
                .post, "/tasks/_search",
                [
                    "query": [
                        "bool": [
                            "filter": [
                                ["term": ["model_id": .string(id)]], ["term": ["task_type": "DEPLOY_MODEL"]],
                                ["terms": ["state": ["COMPLETED", "RUNNING"]]],
                            ]
                        ]
                    ]
                ])
            #expect(answer["hits"]?["total"] == ["value": 1, "relation": "eq"])
            #expect(answer["hits"]?["hits"]?[0]?["_score"] == 0.0)
            #expect(answer["hits"]?["hits"]?[0]?["_index"] == ".plugins-ml-task")
        }
    }
}
