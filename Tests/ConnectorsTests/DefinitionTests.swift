import Connectors
import JSON
import Testing

/// What a connector must have, in OpenSearch's words.
@Suite struct DefinitionTests {
    private let valid: JSONObject = [
        "name": "OpenAI", "version": 1, "description": "d", "protocol": "http", "unknown": [1],
        "parameters": ["model": "m", "limit": 5, "list": ["a"]],
        "credential": ["openAI_key": "secret"],
        "actions": [
            [
                "action_type": "predict", "method": "post", "url": "https://api.openai.com/v1/${parameters.model}",
                "headers": ["Authorization": "Bearer ${credential.openAI_key}"],
                "request_body": #"{"input": "${parameters.input}"}"#,
            ]
        ],
        "client_config": ["max_retry_times": 3, "retry_backoff_policy": "exponential_full_jitter"],
    ]

    private func reason(_ change: (inout JSONObject) -> Void, credential: Set<String> = ["k"]) async -> String? {
        var object = valid
        change(&object)
        return await fault { _ = try ConnectorDefinition(object, credential: credential) }?.reason
    }

    @Test func isReadAndShown() throws {
        let connector = try ConnectorDefinition(valid, credential: ["openAI_key"])
        #expect(connector.parameters == ["model": "m", "limit": "5", "list": #"["a"]"#])
        #expect(
            connector.document
                == [
                    "name": "OpenAI", "version": "1", "description": "d", "protocol": "http",
                    "parameters": ["limit": "5", "list": #"["a"]"#, "model": "m"],
                    "actions": [
                        [
                            "action_type": "PREDICT", "method": "POST",
                            "url": "https://api.openai.com/v1/${parameters.model}",
                            "headers": ["Authorization": "Bearer ${credential.openAI_key}"],
                            "request_body": #"{"input": "${parameters.input}"}"#,
                        ]
                    ],
                    "client_config": [
                        "max_connection": 30, "connection_timeout": 1000, "read_timeout": 10_000,
                        "retry_backoff_millis": 200, "retry_timeout_seconds": 30, "max_retry_times": 3,
                        "retry_backoff_policy": "exponential_full_jitter",
                    ],
                ])
        #expect(try ConnectorDefinition(connector.document, credential: nil) == connector)
        #expect(try ConnectorDefinition.credential(of: valid) == ["openAI_key": "secret"])
    }

    @Test func whatIsMissingIsTold() async {
        for (name, words) in [
            ("name", "Connector name is null"), ("version", "Connector version is null"),
            ("protocol", "Connector protocol is null"), ("actions", "No actions configured for this connector"),
        ] {
            #expect(await reason { $0[name] = nil } == words)
        }
        #expect(await reason({ _ in }, credential: []) == "Connector credential is null or empty list")
        #expect(
            await reason { $0["protocol"] = "ftp" }
                == "Unsupported connector protocol. Please use one of [aws_sigv4, http]")
        #expect(
            await reason { $0["client_config"] = ["retry_backoff_policy": "x"] } == "Unsupported retry backoff policy")
        #expect(
            await reason { $0["client_config"] = ["max_connection": 0] }
                == "[client_config.max_connection] is 0; it is a whole number from 1 to 10000")
    }

    @Test func actionsAreChecked() async {
        func action(_ change: (inout JSONObject) -> Void) async -> String? {
            await reason { object in
                var action = object["actions"]?[0]?.object ?? [:]
                change(&action)
                object["actions"] = [.object(action)]
            }
        }
        #expect(await action { $0["action_type"] = nil } == "action type can't be null")
        #expect(await action { $0["action_type"] = "guess" } == "Wrong Action Type of guess")
        #expect(await action { $0["url"] = nil } == "url can't be null")
        #expect(await action { $0["method"] = nil } == "method can't be null")
        #expect(await action { $0["method"] = "TRACE" } == "unsupported http method")
        #expect(
            await action { $0["name"] = "a b" }
                == "Action name contains invalid characters. Only alphanumeric characters, hyphens, and underscores are allowed"
        )
        #expect(await action { $0["headers"] = ["A\r\nB": "c"] }?.contains("no header can have") == true)
        #expect(await action { $0["headers"] = ["A": "b\r\nC: d"] }?.contains("no header can have") == true)
        #expect(
            await action { $0["pre_process_function"] = "return params.text_docs[" }?.contains("cannot be read") == true
        )
        #expect(await action { $0["pre_process_function"] = "connector.pre_process.openai.embedding" } == nil)
    }

    @Test func signedConnectorsNeedKeysAndPlace() async {
        func signed(_ parameters: JSONValue, _ credential: Set<String>) async -> String? {
            await reason(
                {
                    $0["protocol"] = "aws_sigv4"
                    $0["parameters"] = parameters
                }, credential: credential)
        }
        #expect(await signed([:], ["roleArn"]) == "Missing credential")
        #expect(await signed([:], ["access_key", "secret_key"]) == "Missing service name")
        #expect(await signed(["service_name": "sagemaker"], ["access_key", "secret_key"]) == "Missing region")
        #expect(
            await signed(["service_name": "sagemaker"], ["access_key", "secret_key", "region"]) == nil)
    }

    @Test func updatesChangeWhatTheySay() throws {
        let connector = try ConnectorDefinition(valid, credential: nil)
        let fields = connector.fields(changedBy: [
            "description": "new", "parameters": ["model": "other", "more": true],
            "client_config": ["max_connection": 2],
        ])
        let changed = try ConnectorDefinition(fields, credential: nil)
        #expect(changed.name == "OpenAI")
        #expect(changed.description == "new")
        #expect(changed.parameters == ["model": "other", "limit": "5", "list": #"["a"]"#, "more": "true"])
        #expect(changed.clientConfig?.connections == 2)
        #expect(changed.actions == connector.actions)
    }

    @Test func waitsGrow() {
        var config = ConnectorClientConfig()
        #expect([0, 1, 5].map { config.wait(before: $0, draw: 0.5) } == [200, 200, 200])
        config.backOff = .exponentialFullJitter
        #expect([0, 1, 5].map { config.wait(before: $0, draw: 0.5) } == [100, 200, 3200])
        config.backOff = .exponentialEqualJitter
        #expect([0, 1, 50].map { config.wait(before: $0, draw: 0.5) } == [150, 300, 22_500])
    }
}
