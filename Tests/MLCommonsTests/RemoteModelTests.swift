import ClusterState
import Connectors
import Foundation
import HTTPTypes
import JSON
import MLCommons
import Testing

/// Models that other servers have.
@Suite struct RemoteModelTests {
    /// Registers a remote model, which is done at once.
    static func register(_ place: Workplace, _ more: JSONObject, deploy: Bool = false) async throws -> String {
        var body: JSONObject = ["name": "remote", "function_name": "remote", "description": "far away"]
        for (name, value) in more { body[name] = value }
        let answer = try await place.call(
            .post, "/models/_register\(deploy ? "?deploy_model=true" : "")", .object(body))
        #expect(answer.status == 200, "\(answer.reason ?? "")")
        #expect(answer["status"] == "CREATED")
        let model = try #require(answer["model_id"]?.string)
        let task = try await place.task(answer["task_id"]?.string)
        #expect(task["state"] == "COMPLETED")
        #expect(task["model_id"] == .string(model))
        return model
    }

    /// A service that embeds a text as its length and a number.
    private func embeds(_ place: Workplace) {
        place.remote.answers { body in
            let data = (body["input"]?.array ?? []).map { text -> JSONValue in
                ["embedding": [.number(JSONNumber(text.string?.utf8.count ?? 0)), 0.5]]
            }
            return (200, ["data": .array(data)])
        }
    }

    @Test func registeredDeployedAndAsked() async throws {
        try await Workplace.with { place in
            embeds(place)
            let connector = try await ConnectorTests.create(place)
            let id = try await Self.register(place, ["connector_id": .string(connector)])
            let shown = try await place.model(id)
            #expect(shown["algorithm"] == "REMOTE")
            #expect(shown["model_state"] == "REGISTERED")
            #expect(shown["model_version"] == "1")
            #expect(shown["connector_id"] == .string(connector))
            let deployed = try await place.call(.post, "/models/\(id)/_deploy")
            #expect(deployed["status"] == "COMPLETED")
            #expect(deployed["task_type"] == "DEPLOY_MODEL")
            #expect(try await place.task(deployed["task_id"]?.string)["state"] == "COMPLETED")
            #expect(try await place.model(id)["model_state"] == "DEPLOYED")
            #expect(place.host.loaded.isEmpty)
            let answer = try await place.call(
                .post, "/models/\(id)/_predict", ["parameters": ["input": ["ab", "c"], "user": "me"]])
            #expect(
                answer.body == [
                    "inference_results": [
                        [
                            "output": [
                                [
                                    "name": "sentence_embedding", "data_type": "FLOAT32", "shape": [2],
                                    "data": [2, 0.5],
                                ],
                                [
                                    "name": "sentence_embedding", "data_type": "FLOAT32", "shape": [2],
                                    "data": [1, 0.5],
                                ],
                            ], "status_code": 200,
                        ]
                    ]
                ])
            let call = try #require(place.remote.calls.first)
            #expect(call.headers.first { $0.name == "Authorization" }?.value == "Bearer sk-secret")
            // By texts, which the connector's function makes parameters of, and by the path with a function.
            for path in ["/models/\(id)/_predict", "/_predict/text_embedding/\(id)", "/_predict/remote/\(id)"] {
                let answer = try await place.call(.post, path, ["text_docs": ["abc"]])
                #expect(answer["inference_results"]?[0]?["output"]?[0]?["data"] == [3, 0.5])
            }
            #expect(
                try await place.call(.post, "/models/\(id)/_predict", ["other": 1]).reason
                    == "A prediction of a remote model needs [parameters], [text_docs], or [query_text] and [text_docs]"
            )
            let undeployed = try await place.call(.post, "/models/\(id)/_undeploy")
            #expect(undeployed[place.nodeID]?["stats"]?[id] == "undeployed")
            #expect(try await place.model(id)["model_state"] == "UNDEPLOYED")
        }
    }

    @Test func ownConnectors() async throws {
        try await Workplace.with { place in
            embeds(place)
            let id = try await Self.register(place, ["connector": .object(ConnectorTests.openAI)], deploy: true)
            let shown = try await place.model(id)
            #expect(shown["model_state"] == "DEPLOYED")
            #expect(shown["connector"]?["name"] == "OpenAI Connector")
            #expect(!shown.body.serialized().contains("sk-secret"))
            let kept = try #require(place.metadata.current[.model, id]).serialized()
            #expect(kept.contains("sealed:") && !kept.contains("sk-secret"))
            #expect(
                try await place.call(.post, "/models/\(id)/_predict", ["text_docs": ["ab"]])["inference_results"]?[0]?[
                    "status_code"] == 200)
            // An update changes the connector; the credential stays.
            let updated = try await place.call(
                .put, "/models/\(id)", ["connector": ["parameters": ["model": "other"]]])
            #expect(updated.status == 200, "\(updated.reason ?? "")")
            try await place.call(.post, "/models/\(id)/_predict", ["text_docs": ["ab"]])
            let call = try #require(place.remote.calls.last)
            #expect(try JSONValue(parsing: call.body)["model"] == "other")
            #expect(call.headers.first { $0.name == "Authorization" }?.value == "Bearer sk-secret")
        }
    }

    @Test func wrongRegistrations() async throws {
        try await Workplace.with { place in
            func answer(_ more: JSONObject) async throws -> Workplace.Answer {
                var body: JSONObject = ["name": "remote", "function_name": "remote"]
                for (name, value) in more { body[name] = value }
                return try await place.call(.post, "/models/_register", .object(body))
            }
            let none = try await answer([:])
            #expect(none.status == 400)
            #expect(
                none.reason == "You must provide connector content when creating a remote model without connector id!")
            #expect(try await answer(["connector_id": "none"]).status == 404)
            var away = ConnectorTests.openAI
            away["actions"] = [["action_type": "predict", "method": "POST", "url": "https://example.org/"]]
            #expect(try await answer(["connector": .object(away)]).status == 400)
            var idle = ConnectorTests.openAI
            idle["actions"] = []
            #expect(
                try await answer(["connector": .object(idle)]).reason
                    == "Connector endpoint is required when creating a remote model without connector id!")
            // Nothing is left of what failed.
            #expect(
                try await place.call(.post, "/model_groups/_search", ["query": ["match_all": [:]]])["hits"]?["total"]?[
                    "value"] == 0)
        }
    }

    @Test func firstPredictionDeploys() async throws {
        try await Workplace.with { place in
            embeds(place)
            let connector = try await ConnectorTests.create(place)
            let id = try await Self.register(place, ["connector_id": .string(connector)])
            #expect(try await place.call(.post, "/models/\(id)/_predict", ["text_docs": ["a"]]).status == 200)
            #expect(try await place.model(id)["model_state"] == "DEPLOYED")
            try place.set("model_auto_deploy.enable", "false")
            let other = try await Self.register(place, ["connector_id": .string(connector)])
            let answer = try await place.call(.post, "/models/\(other)/_predict", ["text_docs": ["a"]])
            #expect(answer.status == 400)
            #expect(answer.reason == "Model not ready yet. Please deploy the model first.")
        }
    }

    @Test func survivesARestart() async throws {
        try await Workplace.with { place in
            embeds(place)
            let connector = try await ConnectorTests.create(place)
            let id = try await Self.register(place, ["connector_id": .string(connector)], deploy: true)
            try await place.crash()
            #expect(try await place.model(id)["model_state"] == "DEPLOYED")
            try place.set("model_auto_deploy.enable", "false")
            #expect(try await place.call(.post, "/models/\(id)/_predict", ["text_docs": ["a"]]).status == 200)
        }
    }

    @Test func servesPipelinesAndQueries() async throws {
        try await Workplace.with { place in
            let connector = try await ConnectorTests.create(place)
            let id = try await Self.register(place, ["connector_id": .string(connector)])
            embeds(place)
            #expect(
                try await place.commons.embeddings(of: ["ab", "c"], model: id, asQueries: true) == [
                    [2, 0.5], [1, 0.5],
                ])
            #expect(try await place.commons.embeddings(of: [], model: id, asQueries: true).isEmpty)
            // Fewer vectors than texts are no answer.
            place.remote.answers { _ in (200, ["data": [["embedding": [1]]]]) }
            await #expect {
                try await place.commons.embeddings(of: ["a", "b"], model: id, asQueries: false)
            } throws: { ($0 as? MLError)?.reason.contains("1 usable tensors where 2 vectors were asked for") == true }

            let rerank = try await Self.register(
                place,
                [
                    "connector": .object(
                        Self.connector(
                            #"{"q": "${parameters.query}", "d": ${parameters.documents}}"#,
                            pre: "connector.pre_process.cohere.rerank", post: "connector.post_process.cohere.rerank"))
                ])
            place.remote.answers { _ in
                (200, ["results": [["index": 1, "relevance_score": 0.9], ["index": 0, "relevance_score": 0.25]]])
            }
            #expect(try await place.commons.scores(of: ["x", "y"], for: "q", model: rerank) == [0.25, 0.9])

            let sparse = try await Self.register(
                place, ["connector": .object(Self.connector(#"{"t": ${parameters.input}}"#))])
            place.remote.answers { body in
                (200, .array((body["t"]?.array ?? []).map { [$0.string ?? "": 1.5, "7": 0.5, "none": 0] }))
            }
            let vectors = try await place.commons.sparseVectors(of: ["a", "b"], model: sparse)
            #expect(
                vectors == [
                    [TokenWeight(token: "a", id: -1, weight: 1.5), TokenWeight(token: "7", id: 7, weight: 0.5)],
                    [TokenWeight(token: "b", id: -1, weight: 1.5), TokenWeight(token: "7", id: 7, weight: 0.5)],
                ])
        }
    }

    private static func connector(_ body: String, pre: String? = nil, post: String? = nil) -> JSONObject {
        var action: JSONObject = [
            "action_type": "predict", "method": "POST", "url": "https://api.openai.com/v1/x",
            "request_body": .string(body),
        ]
        if let pre { action["pre_process_function"] = .string(pre) }
        if let post { action["post_process_function"] = .string(post) }
        return [
            "name": "c", "version": 1, "protocol": "http", "credential": ["k": "v"], "actions": [.object(action)],
        ]
    }

    @Test func errorsOfServices() async throws {
        try await Workplace.with { place in
            let connector = try await ConnectorTests.create(place)
            let id = try await Self.register(place, ["connector_id": .string(connector)])
            place.remote.answers { _ in (401, ["error": "no such key"]) }
            let answer = try await place.call(.post, "/models/\(id)/_predict", ["text_docs": ["a"]])
            #expect(answer.status == 401)
            #expect(answer.type == "status_exception")
            #expect(answer.reason == #"Error from remote service: {"error":"no such key"}"#)
            // A credential that this node cannot open.
            try place.metadata.update { metadata in
                var body = metadata[.connector, connector]?.object ?? [:]
                body["own"] = ["credential": ["openAI_key": "x"]]
                metadata[.connector, connector] = .object(body)
            }
            let closed = try await place.call(.post, "/models/\(id)/_predict", ["text_docs": ["a"]])
            #expect(closed.status == 500)
            #expect(closed.reason?.contains("cannot be opened with this node's key") == true)
        }
    }
}
