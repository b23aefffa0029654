import Access
import HTTPTypes
import JSON
import MLCommons
import Testing

/// Who may use the models of a group, and connectors.
@Suite struct ModelAccessTests {
    private let ann = Caller(name: "ann", backendRoles: ["IT", "HR"], roles: [])
    private let bob = Caller(name: "bob", backendRoles: ["IT"], roles: [])
    private let eve = Caller(name: "eve", backendRoles: ["Finance"], roles: [])
    private let admin = Caller.administrator("admin")

    private func call(
        _ place: Workplace, as caller: Caller?, _ method: HTTPRequest.Method, _ path: String, _ body: JSONValue? = nil
    ) async throws -> Workplace.Answer {
        try await MLCommons.$caller.withValue(caller) { try await place.call(method, path, body) }
    }

    private func group(_ place: Workplace, as caller: Caller?, _ body: JSONObject) async throws -> String {
        let answer = try await call(place, as: caller, .post, "/model_groups/_register", .object(body))
        #expect(answer.status == 200, "\(answer.reason ?? "")")
        return try #require(answer["model_group_id"]?.string)
    }

    private func register(_ place: Workplace, as caller: Caller, group: String) async throws -> Workplace.Answer {
        try await call(
            place, as: caller, .post, "/models/_register",
            [
                "name": .string(FakeSupply.similarity), "version": "1.0.2", "model_format": "TORCH_SCRIPT",
                "model_group_id": .string(group),
            ])
    }

    @Test func restrictedGroupsAreForTheirBackendRoles() async throws {
        try await Workplace.with { place in
            try place.set("model_access_control_enabled", "true")
            let group = try await group(
                place, as: ann, ["name": "it", "access_mode": "restricted", "backend_roles": ["IT"]])
            let shown = try await call(place, as: bob, .get, "/model_groups/\(group)")
            #expect(shown["access"] == "restricted")
            #expect(shown["backend_roles"] == ["IT"])
            #expect(shown["owner"]?["name"] == "ann")
            #expect(try await call(place, as: eve, .get, "/model_groups/\(group)").status == 403)
            let task = try await register(place, as: bob, group: group)
            await place.commons.settle()
            let id = try #require(try await place.task(task["task_id"]?.string)["model_id"]?.string)
            let refused = try await register(place, as: eve, group: group)
            #expect(refused.status == 400)
            #expect(refused.reason == "You don't have permissions to perform this operation on this model.")
            #expect(try await call(place, as: bob, .post, "/models/\(id)/_deploy").status == 200)
            await place.commons.settle()
            let question: JSONValue = ["query_text": "q", "text_docs": ["a"]]
            for (method, path, body) in [
                (.get, "/models/\(id)", nil), (.put, "/models/\(id)", ["description": "x"]),
                (.delete, "/models/\(id)", nil), (.post, "/models/\(id)/_deploy", nil),
                (.post, "/models/\(id)/_undeploy", nil), (.post, "/models/_undeploy", ["model_ids": [.string(id)]]),
                (.post, "/models/\(id)/_predict", question), (.post, "/_predict/text_similarity/\(id)", question),
            ] as [(HTTPRequest.Method, String, JSONValue?)] {
                let answer = try await call(place, as: eve, method, path, body)
                #expect(answer.status == 403, "\(path)")
                #expect(
                    answer.reason == "User doesn't have privilege to perform this operation on this model", "\(path)")
            }
            for caller in [ann, bob, admin, nil] {
                #expect(try await call(place, as: caller, .post, "/models/\(id)/_predict", question).status == 200)
            }
            // Searches and pipelines ask on somebody's behalf.
            await #expect(throws: MLError.self) {
                try await MLCommons.$caller.withValue(eve) {
                    try await place.commons.scores(of: ["a"], for: "q", model: id)
                }
            }
            #expect(
                try await call(place, as: bob, .post, "/models/_undeploy", ["model_ids": [.string(id), "other"]]).reason
                    == "only support undeploy one model")
            for (caller, count) in [(ann, 1), (bob, 1), (eve, 0), (admin, 1)] {
                for path in ["/models/_search", "/model_groups/_search"] {
                    let found = try await call(place, as: caller, .post, path, ["query": ["match_all": [:]]])
                    #expect(found["hits"]?["total"]?["value"]?.int == count, "\(caller.name)")
                }
            }
            // With access control off everything is everybody's.
            try place.set("model_access_control_enabled", "false")
            #expect(try await call(place, as: eve, .post, "/models/\(id)/_predict", question).status == 200)
        }
    }

    @Test func groupsArePrivateUnlessTheySaySo() async throws {
        try await Workplace.with { place in
            try place.set("model_access_control_enabled", "true")
            let own = try await group(place, as: ann, ["name": "own"])
            #expect(try await call(place, as: ann, .get, "/model_groups/\(own)")["access"] == "private")
            #expect(try await call(place, as: bob, .get, "/model_groups/\(own)").status == 403)
            let open = try await group(place, as: ann, ["name": "open", "access_mode": "public"])
            #expect(try await call(place, as: eve, .get, "/model_groups/\(open)").status == 200)
            let all = try await group(place, as: ann, ["name": "all", "add_all_backend_roles": true])
            #expect(try await call(place, as: ann, .get, "/model_groups/\(all)")["backend_roles"] == ["IT", "HR"])
            func reason(_ caller: Caller, _ body: JSONObject) async throws -> String? {
                var body = body
                body["name"] = "wrong"
                return try await call(place, as: caller, .post, "/model_groups/_register", .object(body)).reason
            }
            #expect(
                try await reason(bob, ["access_mode": "restricted", "backend_roles": ["HR"]])
                    == "You don't have the backend roles specified.")
            #expect(
                try await reason(admin, ["access_mode": "restricted", "add_all_backend_roles": true])
                    == "Admin users cannot add all backend roles to a model group.")
            #expect(
                try await reason(bob, ["access_mode": "private", "backend_roles": ["IT"]])
                    == "You can specify backend roles only for a model group with the restricted access mode.")
            #expect(
                try await reason(bob, ["access_mode": "restricted"])
                    == "You must specify one or more backend roles or add all backend roles to register a restricted model group."
            )
            // The group that a model without one makes is its owner's, too.
            let task = try await call(
                place, as: bob, .post, "/models/_register",
                ["name": .string(FakeSupply.similarity), "version": "1.0.2", "model_format": "TORCH_SCRIPT"])
            await place.commons.settle()
            let id = try #require(try await place.task(task["task_id"]?.string)["model_id"]?.string)
            #expect(try await call(place, as: bob, .get, "/models/\(id)").status == 200)
            #expect(try await call(place, as: ann, .get, "/models/\(id)").status == 403)
            let taken = try await call(
                place, as: ann, .post, "/models/_register",
                ["name": .string(FakeSupply.similarity), "version": "1.0.2", "model_format": "TORCH_SCRIPT"])
            #expect(taken.reason?.contains("this name is taken by another group") == true)
        }
    }

    @Test func onlyOwnersChangeAccess() async throws {
        try await Workplace.with { place in
            try place.set("model_access_control_enabled", "true")
            let group = try await group(
                place, as: ann, ["name": "it", "access_mode": "restricted", "backend_roles": ["IT"]])
            func change(_ caller: Caller, _ body: JSONValue) async throws -> Workplace.Answer {
                try await call(place, as: caller, .put, "/model_groups/\(group)", body)
            }
            #expect(try await change(bob, ["description": "new"]).status == 200)
            #expect(
                try await change(bob, ["access_mode": "public"]).reason
                    == "Only owner or admin can update access control data.")
            #expect(
                try await change(eve, ["description": "x"]).reason
                    == "You don't have permission to update this model group.")
            let deleted = try await call(place, as: eve, .delete, "/model_groups/\(group)")
            #expect(deleted.status == 400)
            #expect(deleted.reason == "User doesn't have privilege to delete this model group")
            #expect(try await change(ann, ["access_mode": "public"]).status == 200)
            let shown = try await call(place, as: eve, .get, "/model_groups/\(group)")
            #expect(shown["access"] == "public")
            #expect(shown["backend_roles"] == nil)
            #expect(shown["description"] == "new")
        }
    }

    @Test func connectorsAreSharedLikewise() async throws {
        try await Workplace.with { place in
            try place.set("connector_access_control_enabled", "true")
            var body = ConnectorTests.openAI
            body["access_mode"] = "restricted"
            body["backend_roles"] = ["HR"]
            let made = try await call(place, as: ann, .post, "/connectors/_create", .object(body))
            let id = try #require(made["connector_id"]?.string)
            #expect(try await call(place, as: ann, .get, "/connectors/\(id)")["access"] == "restricted")
            for caller in [bob, eve] {
                #expect(try await call(place, as: caller, .get, "/connectors/\(id)").status == 403)
                #expect(
                    try await call(place, as: caller, .delete, "/connectors/\(id)").reason
                        == "You are not allowed to delete this connector")
                #expect(try await call(place, as: caller, .put, "/connectors/\(id)", ["name": "x"]).status == 400)
                #expect(
                    try await call(place, as: caller, .post, "/connectors/_search")["hits"]?["total"]?["value"] == 0)
                #expect(
                    try await call(
                        place, as: caller, .post, "/models/_register",
                        ["name": "r", "function_name": "remote", "connector_id": .string(id)]
                    ).reason == "You don't have permission to use the connector provided, connector id: \(id)")
            }
            #expect(
                try await call(
                    place, as: ann, .post, "/models/_register",
                    ["name": "r", "function_name": "remote", "connector_id": .string(id)]
                ).status == 200)
            #expect(try await call(place, as: ann, .post, "/connectors/_search")["hits"]?["total"]?["value"] == 1)
        }
    }
}
