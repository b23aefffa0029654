import Connectors
import JSON
import QueryPrompting
import Synchronization
import Testing

@Suite("A live endpoint")
struct EndpointTests {
    private static let messages = [ChatMessage(.system, "rules"), ChatMessage(.user, "document")]
    private static let key = "sk-very-secret-1"

    /// An endpoint over a service, and the waits between its attempts.
    private final class Waits: Sendable {
        private let all = Mutex<[Duration]>([])
        var list: [Duration] { all.withLock { $0 } }
        func add(_ duration: Duration) { all.withLock { $0.append(duration) } }
    }

    private static func endpoint(
        _ service: FakeService, _ waits: Waits = Waits(), url: String = "https://llm.example.org/v1"
    ) throws -> OpenAIEndpoint {
        try OpenAIEndpoint(
            url: url, model: "m-1", key: SecretKey(key), transport: service, wait: { waits.add($0) })
    }

    @Test("The request, and its answer")
    func request() async throws {
        let service = FakeService { _, _ in FakeService.completion("{\"queries\": []}", "length") }
        let answer = try await Self.endpoint(service).answer(Self.messages)
        #expect(answer == ChatAnswer("{\"queries\": []}", isCut: true))
        let call = try #require(service.calls.first)
        #expect(call.method == "POST" && call.url == "https://llm.example.org/v1/chat/completions")
        #expect(call.headers.map(\.name) == ["Content-Type", "Authorization"])
        #expect(call.headers[1].value == "Bearer \(Self.key)")
        let body = try JSONValue(parsing: call.body)
        #expect(body["model"]?.string == "m-1" && body["messages"]?[1]?["content"]?.string == "document")
        // With the whole path, or a slash behind it, it is the same address.
        for url in ["https://llm.example.org/v1/", "https://llm.example.org/v1/chat/completions"] {
            #expect(try Self.endpoint(service, url: url).url == call.url)
        }
    }

    @Test("What passes is tried again, after the time that the service asks for")
    func retries() async throws {
        let waits = Waits()
        let service = FakeService { number, _ throws(ConnectorTransportError) in
            switch number {
            case 0: return FakeService.error(429, "rate_limit_exceeded", retryAfter: "7")
            case 1: return FakeService.error(503, retryAfter: "Wed, 21 Oct 2026 07:28:00 GMT")
            case 2: throw .failed("the connection broke")
            case 3: return ConnectorAnswer(status: 500, body: [])
            case 4: return FakeService.error(429, retryAfter: "99999")
            default: return FakeService.completion("done")
            }
        }
        #expect(try await Self.endpoint(service, waits).answer(Self.messages).text == "done")
        let list = waits.list
        #expect(list.count == 5 && list[0] == .seconds(7) && list[4] == .seconds(120))
        // Twice as long each time, a half of it drawn.
        for (wait, longest) in zip(list[1...3], [2, 4, 8]) {
            #expect(wait >= .seconds(longest) / 2 && wait <= .seconds(longest))
        }
        // Not for ever.
        let never = FakeService { _, _ in FakeService.error(500) }
        let failure = await #expect(throws: ChatFailure.self) {
            try await Self.endpoint(never).answer(Self.messages)
        }
        #expect(never.calls.count == 6 && failure?.reach == .now && failure?.code == "500")
    }

    @Test("What does not pass is told at once, without the key")
    func refusals() async throws {
        let cases: [(ConnectorAnswer, ChatFailure.Reach, String)] = [
            (FakeService.error(400, "x", "Incorrect key \(Self.key) given"), .question, "400"),
            (FakeService.error(413), .question, "413"), (FakeService.error(401, "invalid_api_key"), .endpoint, "401"),
            (FakeService.error(404), .endpoint, "404"),
            (FakeService.error(429, "insufficient_quota"), .endpoint, "429"),
            (ConnectorAnswer(status: 302, body: []), .endpoint, "302"),
            (FakeService.completion(" \n"), .question, "empty_answer"),
            (FakeService.completion("", "content_filter"), .question, "content_filtered"),
        ]
        for (answer, reach, code) in cases {
            let service = FakeService { _, _ in answer }
            let failure = await #expect(throws: ChatFailure.self) {
                try await Self.endpoint(service).answer(Self.messages)
            }
            #expect(failure?.reach == reach && failure?.code == code && service.calls.count == 1)
            #expect(failure?.message.contains(Self.key) == false)
        }
        let key = SecretKey(Self.key)
        #expect("\(key) \(String(reflecting: key)) \(String(describing: Optional(key)))".contains(Self.key) == false)
        var dumped = ""
        dump(try Self.endpoint(FakeService { _, _ in FakeService.error(500) }), to: &dumped)
        #expect(!dumped.contains(Self.key))
    }

    @Test("Answers that are none are asked for once more, whatever their size")
    func malformed() async throws {
        let bodies: [[UInt8]] = [
            Array("<html>bad gateway</html>".utf8), [], Array("{\"choices\":".utf8), Array("{\"ok\": true}".utf8),
            [UInt8](repeating: 0x20, count: 5 << 20), Array(String(repeating: "[", count: 100_000).utf8),
            [0xFF, 0xFE, 0x00],
        ]
        for body in bodies {
            let service = FakeService { _, _ in ConnectorAnswer(status: 200, body: body) }
            let failure = await #expect(throws: ChatFailure.self) {
                try await Self.endpoint(service).answer(Self.messages)
            }
            #expect(failure?.code == "malformed" && service.calls.count == 2 && failure?.reach == .now)
            #expect((failure?.message.utf8.count ?? 0) < 1000)
        }
        for body in [
            "{\"choices\": []}", "{\"choices\": [{}]}", "{\"choices\": null}", "{\"choices\": [{\"message\": 1}]}",
        ] {
            let service = FakeService { _, _ in ConnectorAnswer(status: 200, body: Array(body.utf8)) }
            await #expect(throws: ChatFailure.self) { try await Self.endpoint(service).answer(Self.messages) }
        }
    }

    @Test("An attempt that takes too long is given up, and a stopped caller is not kept waiting")
    func timeouts() async throws {
        let service = FakeService { number, _ throws(ConnectorTransportError) in
            guard number == 0 else { return FakeService.completion("late") }
            try? await Task.sleep(for: .seconds(600))
            throw .failed("the request was cancelled")
        }
        var endpoint = try Self.endpoint(service)
        endpoint.timeout = .milliseconds(20)
        #expect(try await endpoint.answer(Self.messages).text == "late")
        let silent = FakeService { _, _ throws(ConnectorTransportError) in
            try? await Task.sleep(for: .seconds(600))
            throw .failed("the request was cancelled")
        }
        let slow = try Self.endpoint(silent)
        let task = Task { try await slow.answer(Self.messages) }
        while silent.calls.isEmpty { await Task.yield() }
        task.cancel()
        let failure = await #expect(throws: ChatFailure.self) { try await task.value }
        #expect(failure?.reach == .cancelled && silent.calls.count == 1)
    }

    @Test("Addresses, models and keys that cannot be")
    func refused() {
        let service = FakeService { _, _ in FakeService.error(500) }
        for url in [
            "", "llm.example.org", "ftp://x/v1", "https://", "https:///", "http://u:p@host/v1", "https://host/v1?key=1",
            "https://host/a b",
        ] {
            let error = #expect(throws: PromptingError.self) { try Self.endpoint(service, url: url) }
            #expect(error?.code == .badSetting)
        }
        for (model, key) in [("", "k"), ("m", ""), ("m", "a b"), ("m", "a\nb")] {
            #expect(throws: PromptingError.self) {
                try OpenAIEndpoint(url: "https://h/v1", model: model, key: SecretKey(key), transport: service)
            }
        }
    }
}
