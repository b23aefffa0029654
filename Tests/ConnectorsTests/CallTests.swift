import Connectors
import JSON
import Testing

/// The life of a call: parameters, portions, busy services, errors.
@Suite struct CallTests {
    private let body = #"{"input": "${parameters.input}", "model": "${parameters.model}", "t": ${parameters.t:-1}}"#

    @Test func parametersBecomeABody() async throws {
        let service = FakeService(["choices": [["text": "hi"]], "n": 1.50])
        let connector = try connector(body: body, parameters: ["model": "m", "t": 3])
        let outputs = try await ask(service, connector, .parameters(["input": "say \"hi\"\n", "t": "0.5"]))
        // The whole answer, as nothing says how it is to be read.
        #expect(
            outputs.map(\.tensors) == [
                [["name": "response", "dataAsMap": ["choices": [["text": "hi"]], "n": 1.50]]]
            ])
        #expect(outputs.first?.status == 200)
        let call = try #require(service.calls.first)
        #expect(call.json == ["input": "say \"hi\"\n", "model": "m", "t": 0.5])
        #expect(call.header("Authorization") == "Bearer s3cret")
        #expect(call.header("content-type") == "application/json")
        #expect(call.url == "https://api.openai.com/v1/embeddings")
        #expect(!call.allowsPrivateAddresses)
    }

    @Test func answersAreFiltered() async throws {
        let service = FakeService(["choices": [["message": ["content": "hi"]]]])
        let connector = try connector(body: "{}", parameters: ["response_filter": "$.choices[0].message.content"])
        #expect(
            try await ask(service, connector, .parameters([:])).first?.tensors
                == [["name": "response", "dataAsMap": ["response": "hi"]]])
        #expect(
            try await ask(FakeService([1, 2]), try TestConnector.plain(), .parameters([:])).first?.tensors
                == [["name": "response", "dataAsMap": ["response": [1, 2]]]])
        let text = FakeService { _, _ in ConnectorAnswer(status: 200, body: Array("no json".utf8)) }
        #expect(
            try await ask(text, try TestConnector.plain(), .parameters([:])).first?.tensors
                == [["name": "response", "dataAsMap": ["response": "no json"]]])
    }

    @Test func whatIsNotFilledIsTold() async throws {
        let service = FakeService([:])
        let connector = try connector(body: body)
        #expect(
            await fault { _ = try await ask(service, connector, .parameters(["input": "x"])) }?.reason
                == "Some parameter placeholder not filled in payload: model")
        #expect(
            await fault { _ = try await ask(service, connector, .parameters(["input": "x", "model": "m", "t": "x"])) }?
                .reason == #"Invalid payload: {"input": "x", "model": "m", "t": x}"#)
        #expect(service.calls.isEmpty)
        _ = try await ask(
            service, connector,
            .parameters(["input": "${parameters.role}", "model": "m", "skip_validating_missing_parameters": "true"]))
        #expect(service.calls.first?.json["input"] == "${parameters.role}")
    }

    @Test func parametersCannotLeadAstray() async throws {
        let service = FakeService([:])
        let connector = try connector(
            url: "https://${parameters.host}/v1", body: "{}", parameters: ["host": "api.openai.com"],
            headers: ["X": "${credential.key} ${parameters.who}"])
        let away = await fault { _ = try await ask(service, connector, .parameters(["host": "evil.org"])) }
        #expect(away?.reason.hasPrefix("Connector URL is not matching") == true)
        #expect(service.calls.isEmpty)
        // Nothing of a request reaches headers, and credentials reach no body.
        _ = try await ask(service, connector, .parameters(["who": "a\r\nB: c"]))
        #expect(service.calls.first?.header("X") == "s3cret ${parameters.who}")
        let leak = try TestConnector.plain(body: #"{"a": "${parameters.a}"}"#)
        _ = try await ask(service, leak, .parameters(["a": "${credential.key}"]))
        #expect(service.calls.last?.json == ["a": "${credential.key}"])
    }

    @Test func portionsFollowTheConnector() async throws {
        let service = FakeService { call, _ in
            let count = call.json["input"]?.array?.count ?? 1
            return ConnectorAnswer(
                status: 200,
                body: JSONValue.array((0..<count).map { [.number(JSONNumber($0)), .number(JSONNumber(count))] })
                    .serializedBytes())
        }
        let texts = (0..<5).map { "t\($0)" }
        let steps = try connector(
            body: #"{"input": ${parameters.input}}"#, pre: "connector.pre_process.default.embedding",
            post: "connector.post_process.default.embedding", parameters: ["input_docs_processed_step_size": 2])
        let outputs = try await ask(service, steps, .texts(texts, [:]))
        // In the order of the texts, whichever answer came first.
        #expect(outputs.map(\.tensors.count) == [2, 2, 1])
        #expect(outputs.map { $0.tensors.map { $0["data"]?[1]?.int } } == [[2, 2], [2, 2], [1]])
        #expect(service.calls.flatMap { $0.json["input"]?.array ?? [] }.compactMap(\.string).sorted() == texts)
        let all = try connector(
            body: #"{"input": ${parameters.input}}"#, post: "connector.post_process.default.embedding")
        #expect(try await ask(service, all, .texts(texts, [:])).map(\.tensors.count) == [5])
        let wrong = try connector(body: "{}", parameters: ["input_docs_processed_step_size": 0])
        #expect(
            await fault { _ = try await ask(service, wrong, .texts(texts, [:])) }?.reason
                == "Invalid parameter: input_docs_processed_step_size. It must be positive integer.")
    }

    @Test func busyServicesAreAskedAgain() async throws {
        let busy = FakeService { _, number in
            number < 2
                ? ConnectorAnswer(status: 429, body: Array("slow down".utf8))
                : ConnectorAnswer(status: 200, body: Array(#"{"ok": 1}"#.utf8))
        }
        let patient = try TestConnector.plain(config: ["max_retry_times": 2, "retry_backoff_millis": 1])
        #expect(try await ask(busy, patient, .parameters([:])).count == 1)
        #expect(busy.calls.count == 3)
        let never = FakeService { _, _ in
            ConnectorAnswer(status: 400, errorType: "ThrottlingException:http://x", body: Array("{}".utf8))
        }
        let refused = await fault { _ = try await ask(never, patient, .parameters([:])) }
        #expect(
            refused?.reason
                == "Error from remote service: The request was denied due to remote server throttling. To change the retry policy and behavior, please update the connector client_config."
        )
        #expect(never.calls.count == 3)
        let once = FakeService(["error": "busy"], status: 429)
        #expect(await fault { _ = try await ask(once, try TestConnector.plain(), .parameters([:])) }?.status == 429)
        #expect(once.calls.count == 1)
    }

    @Test func errorsOfServicesAreTold() async throws {
        let plain = try TestConnector.plain()
        let wrong = await fault {
            _ = try await ask(FakeService(["error": "bad key"], status: 401), plain, .parameters([:]))
        }
        #expect(wrong == ConnectorError(401, "status_exception", #"Error from remote service: {"error":"bad key"}"#))
        let silent = FakeService { _, _ in ConnectorAnswer(status: 500, body: []) }
        #expect(
            await fault { _ = try await ask(silent, plain, .parameters([:])) }?.reason
                == "Remote service returned error status 500 with empty body")
        let empty = FakeService { _, _ in ConnectorAnswer(status: 200, body: []) }
        #expect(
            await fault { _ = try await ask(empty, plain, .parameters([:])) }
                == ConnectorError(502, "status_exception", "Remote service returned empty response body"))
        let away = FakeService { (_, _) throws(ConnectorTransportError) in throw .privateAddress(host: "10.0.0.1") }
        let private_ = await fault { _ = try await ask(away, plain, .parameters([:])) }
        #expect(private_?.reason.hasPrefix("Remote inference host name has private ip address: 10.0.0.1") == true)
        let down = FakeService { (_, _) throws(ConnectorTransportError) in throw .failed("connection refused") }
        #expect(
            await fault { _ = try await ask(down, plain, .parameters([:])) }?.reason
                == "Error communicating with remote model: connection refused")
    }

    @Test func oneFailureEndsAll() async throws {
        let service = FakeService { call, _ in
            call.json["input"]?[0] == "t3"
                ? ConnectorAnswer(status: 400, body: Array("no".utf8))
                : ConnectorAnswer(status: 200, body: Array("[[1]]".utf8))
        }
        let steps = try connector(
            body: #"{"input": ${parameters.input}}"#, pre: "connector.pre_process.default.embedding",
            post: "connector.post_process.default.embedding", parameters: ["input_docs_processed_step_size": 1])
        let error = await fault { _ = try await ask(service, steps, .texts((0..<40).map { "t\($0)" }, [:])) }
        #expect(error?.reason == "Error from remote service: no")
    }
}

enum TestConnector {
    /// A connector whose answers nothing changes.
    static func plain(body: String = "{}", config: JSONObject? = nil) throws -> ConnectorDefinition {
        try connector(body: body, config: config)
    }
}
