import HTTPTypes
import JSON
import Testing

/// Model groups, with the answers and errors of OpenSearch's MLModelGroupManager and its transport actions.
@Suite struct ModelGroupTests {
    @Test func aGroupIsRegisteredReadChangedAndDeleted() async throws {
        try await Workplace.with { place in
            let made = try await place.call(
                .post, "/model_groups/_register",
                ["name": "cross encoder model group", "description": "A model group", "access_mode": "public"])
            let id = try #require(made["model_group_id"]?.string)
            #expect(made.status == 200 && made["status"] == "CREATED" && id.utf8.count == 20)
            #expect(made.body.object?.count == 2)

            let group = try await place.call(.get, "/model_groups/\(id)")
            #expect(group.status == 200)
            #expect(
                group.body == [
                    "name": "cross encoder model group", "latest_version": 0, "description": "A model group",
                    "access": "public", "created_time": 1_700_000_000_000, "last_updated_time": 1_700_000_000_000,
                ])

            place.clock.advance(milliseconds: 5)
            let changed = try await place.call(.put, "/model_groups/\(id)", ["name": "other", "description": "new"])
            #expect(changed.body == ["status": "Updated"])
            let after = try await place.call(.get, "/model_groups/\(id)")
            #expect(after["name"] == "other" && after["description"] == "new")
            #expect(after["last_updated_time"] == 1_700_000_000_005 && after["created_time"] == 1_700_000_000_000)

            let deleted = try await place.call(.delete, "/model_groups/\(id)")
            #expect(deleted.status == 200 && deleted["_index"] == ".plugins-ml-model-group")
            #expect(deleted["_id"] == .string(id) && deleted["result"] == "deleted" && deleted["_version"] == 3)
            #expect(deleted["_shards"]?["failed"] == 0 && deleted["_primary_term"] == 1 && deleted["_seq_no"] != nil)
            #expect(try await place.call(.get, "/model_groups/\(id)").status == 404)
        }
    }

    @Test func unknownGroupsAreNamed() async throws {
        try await Workplace.with { place in
            for method in [HTTPRequest.Method.get, .delete, .put] {
                let answer = try await place.call(method, "/model_groups/nobody", method == .put ? ["name": "a"] : nil)
                #expect(answer.status == 404 && answer.type == "status_exception")
                #expect(
                    answer.reason == "Failed to find model group with the provided model group id: nobody", "\(method)")
            }
        }
    }

    @Test func aNameIsTakenOnce() async throws {
        try await Workplace.with { place in
            let first = try await place.call(.post, "/model_groups/_register", ["name": "NLP_Group"])
            let id = try #require(first["model_group_id"]?.string)
            let second = try await place.call(.post, "/model_groups/_register", ["name": "NLP_Group"])
            #expect(second.status == 400 && second.type == "illegal_argument_exception")
            #expect(
                second.reason == "The name you provided is already being used by a model group with ID: \(id).")
            let other = try await place.call(.post, "/model_groups/_register", ["name": "other"])
            let renamed = try await place.call(
                .put, "/model_groups/\(other["model_group_id"]?.string ?? "")", ["name": "NLP_Group"])
            #expect(renamed.status == 400)
            #expect(
                renamed.reason == "The name you provided is already being used by a model group with ID: \(id).")
        }
    }

    @Test func namesAreThoseThatOpenSearchAllows() async throws {
        try await Workplace.with { place in
            for body: JSONValue in [[:], ["name": ""], ["name": "  \n"], ["name": nil]] {
                let answer = try await place.call(.post, "/model_groups/_register", body)
                #expect(answer.status == 400 && answer.type == "action_request_validation_exception")
                #expect(
                    answer.reason
                        == "Validation Failed: 1: Model group name is required and cannot be null or blank;")
            }
            let both = try await place.call(
                .post, "/model_groups/_register", ["name": "<b>", "description": "a;b"])
            let allowed = "can only contain letters, numbers, spaces, and basic punctuation (.,!?():@-_'/\")"
            #expect(
                both.reason
                    == "Validation Failed: 1: Model group name \(allowed);2: Model group description \(allowed);")
            let fine = try await place.call(
                .post, "/model_groups/_register", ["name": "Größe 東京 ٣ (a/b): \"x\"!?@-_'.,"])
            #expect(fine.status == 200)
        }
    }

    @Test func accessIsCheckedAndKept() async throws {
        try await Workplace.with { place in
            let wrong: [(JSONValue, String)] = [
                (["name": "a", "access_mode": "secret"], "Wrong access value"),
                (
                    ["name": "a", "access_mode": "public", "backend_roles": ["x"]],
                    "You can specify backend roles only for a model group with the restricted access mode."
                ),
                (
                    ["name": "a", "access_mode": "restricted"],
                    "You must specify one or more backend roles or add all backend roles to register a restricted model group."
                ),
                (
                    ["name": "a", "backend_roles": ["x"], "add_all_backend_roles": true],
                    "You cannot specify backend roles and add all backend roles at the same time."
                ),
            ]
            for (body, reason) in wrong {
                let answer = try await place.call(.post, "/model_groups/_register", body)
                #expect(answer.status == 400 && answer.reason == reason)
            }
            let made = try await place.call(
                .post, "/model_groups/_register",
                ["name": "a", "access_mode": "restricted", "backend_roles": ["it", "search"]])
            let id = try #require(made["model_group_id"]?.string)
            let group = try await place.call(.get, "/model_groups/\(id)")
            #expect(group["access"] == "restricted" && group["backend_roles"] == ["it", "search"])
            try await place.call(.put, "/model_groups/\(id)", ["access_mode": "private"])
            let after = try await place.call(.get, "/model_groups/\(id)")
            #expect(after["access"] == "private" && after["backend_roles"] == nil)
        }
    }

    @Test func aGroupWithModelsStays() async throws {
        try await Workplace.with { place in
            let model = try await place.register()
            let group = try #require(try await place.model(model)["model_group_id"]?.string)
            let refused = try await place.call(.delete, "/model_groups/\(group)")
            #expect(refused.status == 409 && refused.type == "status_exception")
            #expect(refused.reason == "Cannot delete the model group when it has associated model versions")
            try await place.call(.delete, "/models/\(model)")
            #expect(try await place.call(.delete, "/model_groups/\(group)").status == 200)
        }
    }

    @Test func anIDMayBeChosenOnce() async throws {
        try await Workplace.with { place in
            let made = try await place.call(
                .post, "/model_groups/_register", ["name": "a", "model_group_id": "my-group"])
            #expect(made["model_group_id"] == "my-group")
            let again = try await place.call(
                .post, "/model_groups/_register", ["name": "b", "model_group_id": "my-group"])
            #expect(again.status == 400)
            for id in ["../x", "a/b", "", "_search", ".hidden", String(repeating: "x", count: 513), "a\0b"] {
                let answer = try await place.call(
                    .post, "/model_groups/_register", ["name": "c", "model_group_id": .string(id)])
                #expect(answer.status == 400, "\(id.debugDescription.prefix(20))")
            }
        }
    }
}
