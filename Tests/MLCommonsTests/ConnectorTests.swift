import ClusterState
import Foundation
import HTTPTypes
import JSON
import MLCommons
import Testing

/// Connectors by their paths: what is kept, what is shown, what is refused.
@Suite struct ConnectorTests {
    static let openAI: JSONObject = [
        "name": "OpenAI Connector", "description": "embeds", "version": 1, "protocol": "http",
        "parameters": ["model": "text-embedding-3-small"], "credential": ["openAI_key": "sk-secret"],
        "actions": [
            [
                "action_type": "predict", "method": "POST", "url": "https://api.openai.com/v1/embeddings",
                "headers": ["Authorization": "Bearer ${credential.openAI_key}"],
                "request_body": #"{ "input": ${parameters.input}, "model": "${parameters.model}" }"#,
                "pre_process_function": "connector.pre_process.openai.embedding",
                "post_process_function": "connector.post_process.openai.embedding",
            ]
        ],
    ]

    static func create(_ place: Workplace, _ change: (inout JSONObject) -> Void = { _ in }) async throws -> String {
        var body = openAI
        change(&body)
        let answer = try await place.call(.post, "/connectors/_create", .object(body))
        #expect(answer.status == 200, "\(answer.reason ?? "")")
        return try #require(answer["connector_id"]?.string)
    }

    @Test func secretsAreKeptSealedAndNeverShown() async throws {
        try await Workplace.with { place in
            let id = try await Self.create(place)
            let shown = try await place.call(.get, "/connectors/\(id)")
            #expect(shown["name"] == "OpenAI Connector")
            #expect(shown["version"] == "1")
            #expect(shown["protocol"] == "http")
            #expect(shown["parameters"] == ["model": "text-embedding-3-small"])
            #expect(shown["actions"]?[0]?["action_type"] == "PREDICT")
            #expect(shown["created_time"]?.int == 1_700_000_000_000)
            let searched = try await place.call(.post, "/connectors/_search", ["query": ["match_all": [:]]])
            #expect(searched["hits"]?["total"]?["value"] == 1)
            #expect(searched["hits"]?["hits"]?[0]?["_index"] == ".plugins-ml-connector")
            for answer in [shown, searched] {
                let text = answer.body.serialized()
                #expect(!text.contains("sk-secret") && !text.contains("sealed:"))
                #expect(shown["credential"] == nil)
            }
            let kept = place.metadata.current[.connector, id]?.serialized() ?? ""
            #expect(kept.contains("sealed:") && !kept.contains("sk-secret"))
        }
    }

    @Test func wrongConnectorsAreRefused() async throws {
        try await Workplace.with { place in
            func reason(_ change: (inout JSONObject) -> Void) async throws -> String? {
                var body = Self.openAI
                change(&body)
                let answer = try await place.call(.post, "/connectors/_create", .object(body))
                #expect(answer.status == 400)
                return answer.reason
            }
            #expect(try await reason { $0["name"] = nil } == "Connector name is null")
            #expect(try await reason { $0["credential"] = nil } == "Connector credential is null or empty list")
            #expect(try await reason { $0["protocol"] = "aws_sigv4" } == "Missing credential")
            #expect(
                try await reason { object in
                    object["actions"] = [
                        ["action_type": "predict", "method": "POST", "url": "https://example.org/v1"]
                    ]
                }
                    == "Connector URL is not matching the trusted connector endpoint regex, URL is: https://example.org/v1"
            )
            #expect(
                try await reason { $0["access_mode"] = "public" }
                    == "You cannot specify connector access control parameters because the Security plugin or connector access control is disabled on your cluster."
            )
            #expect(
                try await place.call(.get, "/connectors/none").reason
                    == "Failed to find connector with the provided connector id: none")
            #expect(try await place.call(.get, "/connectors/none").status == 404)
            // A list of patterns, as the settings keep it.
            try place.metadata.update {
                $0[.setting, "plugins.ml_commons.trusted_connector_endpoints_regex"] = ["^https://example\\.org/.*$"]
            }
            _ = try await Self.create(place) { object in
                object["actions"] = [["action_type": "predict", "method": "POST", "url": "https://example.org/v1"]]
            }
            #expect(try await reason { _ in }?.hasPrefix("Connector URL is not matching") == true)
            try place.set("remote_inference.enabled", "false")
            #expect(
                try await reason { _ in }
                    == "Remote Inference is currently disabled. To enable it, update the setting \"plugins.ml_commons.remote_inference.enabled\" to true."
            )
        }
    }

    @Test func updatesAndDeletions() async throws {
        try await Workplace.with { place in
            let id = try await Self.create(place)
            place.clock.advance(milliseconds: 5)
            let updated = try await place.call(
                .put, "/connectors/\(id)",
                ["description": "new", "parameters": ["more": 1], "credential": ["openAI_key": "sk-other"]])
            #expect(updated["_index"] == ".plugins-ml-connector")
            #expect(updated["_id"] == .string(id))
            #expect(updated["_version"] == 2)
            #expect(updated["result"] == "updated")
            let shown = try await place.call(.get, "/connectors/\(id)")
            #expect(shown["description"] == "new")
            #expect(shown["parameters"] == ["model": "text-embedding-3-small", "more": "1"])
            #expect(shown["last_updated_time"]?.int == 1_700_000_000_005)
            #expect(shown["created_time"]?.int == 1_700_000_000_000)
            #expect(
                place.metadata.current[.connector, id]?["own"]?["credential"]?["openAI_key"]
                    == .string(try place.remote.seal("sk-other")))
            // What an update would make is checked as a whole.
            let away = try await place.call(
                .put, "/connectors/\(id)",
                ["actions": [["action_type": "predict", "method": "POST", "url": "https://example.org/"]]])
            #expect(away.status == 400)
            let model = try await RemoteModelTests.register(place, ["connector_id": .string(id)])
            try await place.call(.post, "/models/\(model)/_deploy")
            let used = try await place.call(.put, "/connectors/\(id)", ["description": "x"])
            #expect(used.status == 400)
            #expect(
                used.reason == "1 models are still using this connector, please undeploy the models first: [\(model)]")
            let deleted = try await place.call(.delete, "/connectors/\(id)")
            #expect(deleted.status == 409)
            #expect(
                deleted.reason
                    == "1 models are still using this connector, please delete or update the models first!")
            try await place.call(.post, "/models/\(model)/_undeploy")
            try await place.call(.delete, "/models/\(model)")
            let gone = try await place.call(.delete, "/connectors/\(id)")
            #expect(gone.status == 200)
            #expect(gone["result"] == "deleted")
            #expect(try await place.call(.get, "/connectors/\(id)").status == 404)
        }
    }
}
