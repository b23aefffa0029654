import ConnectorHosting
import JSON
import QueryGeneration
import QueryPrompting
import Relevance
import Synchronization
import TestSupport
import Testing

/// Queries by a language model behind a socket: what arrives, and what a server may do in between.
@Suite struct LanguageModelTests {
    private static let documents = (0..<12).map {
        RetrievalDataset.Document(id: "d\($0)", text: "This is number \($0) of the texts that somebody may look for.")
    }

    /// A chat completion with a query that names the document.
    private static func completion(_ request: ScriptedServer.Request) -> ScriptedServer.Reply {
        let text = (try? JSONValue(parsing: request.body))?["messages"]?[1]?["content"]?.string ?? ""
        let number = text.drop { !$0.isNumber }.prefix { $0.isNumber }
        let content = JSONValue.string(
            "{\"queries\": [{\"type\": \"factoid\", \"query\": \"which text is \(number)\"}]}")
        return ScriptedServer.Reply(
            body: "{\"choices\": [{\"message\": {\"content\": \(content.serialized())}, \"finish_reason\": \"stop\"}]}")
    }

    @Test func busyAndBrokenServersAreAskedAgain() async throws {
        let waits = Mutex<[Duration]>([])
        try await ScriptedServer.with({ number, request in
            switch number {
            case 0:
                ScriptedServer.Reply(
                    status: 429, headers: [("Retry-After", "3")], body: "{\"error\": {\"message\": \"slow\"}}")
            case 1: ScriptedServer.Reply(status: 503, body: "<html>down</html>")
            case 2: ScriptedServer.Reply(body: "<html>a proxy</html>")
            default: Self.completion(request)
            }
        }) { server in
            let transport = NetworkTransport()
            var endpoint = try OpenAIEndpoint(
                url: "http://127.0.0.1:\(server.port)/v1", model: "m", key: SecretKey("sk-1"), transport: transport,
                wait: { duration in waits.withLock { $0.append(duration) } })
            // No answer is late on a busy machine.
            endpoint.timeout = .seconds(600)
            let prompt = QueryPrompt()
            try await TemporaryFolder.with { folder in
                let live = try LivePrompting(endpoint, prompt, concurrency: 1)
                let answers = try await live.ask(Self.documents, folder: folder.path)
                let made = try PromptedQueries(Self.documents, prompt, answers)
                #expect(made.candidates.map(\.query) == (0..<12).map { "which text is \($0)" })
                #expect(server.received.count == 15)
                #expect(
                    server.received.allSatisfy {
                        $0.path == "/v1/chat/completions" && $0.authorization == "Bearer sk-1"
                    })
                #expect(waits.withLock { $0.count == 3 && $0[0] == .seconds(3) })
                // All is kept: nothing is asked again.
                _ = try await live.ask(Self.documents, folder: folder.path)
                #expect(server.received.count == 15)
            }
            await transport.shutDown()
        }
    }

    @Test func aSilentServerIsAskedAgain() async throws {
        try await ScriptedServer.with({ number, request in number == 0 ? nil : Self.completion(request) }) { server in
            let transport = NetworkTransport()
            var endpoint = try OpenAIEndpoint(
                url: "http://127.0.0.1:\(server.port)/v1", model: "m", key: nil, transport: transport, wait: { _ in })
            // Others may be late on a busy machine as well: they have four more attempts.
            endpoint.timeout = .seconds(10)
            try await TemporaryFolder.with { folder in
                let document = Array(Self.documents.prefix(1))
                let answers = try await LivePrompting(endpoint, QueryPrompt(), concurrency: 1).ask(
                    document, folder: folder.path)
                let made = try PromptedQueries(document, QueryPrompt(), answers)
                #expect(made.candidates.map(\.query) == ["which text is 0"])
                #expect(server.received.count >= 2)
            }
            await transport.shutDown()
        }
    }

    @Test func aWrongKeyEndsTheWorkAtOnce() async throws {
        try await ScriptedServer.with({ _, _ in
            ScriptedServer.Reply(status: 401, body: "{\"error\": {\"message\": \"Incorrect API key provided: sk-1\"}}")
        }) { server in
            let transport = NetworkTransport()
            let endpoint = try OpenAIEndpoint(
                url: "http://127.0.0.1:\(server.port)/v1", model: "m", key: SecretKey("sk-1"), transport: transport)
            try await TemporaryFolder.with { folder in
                let error = await #expect(throws: PromptingError.self) {
                    try await LivePrompting(endpoint, QueryPrompt(), concurrency: 1).ask(
                        Self.documents, folder: folder.path)
                }
                #expect(error?.code == .refused && error?.description.contains("sk-1") == false)
                #expect(server.received.count == 1)
            }
            await transport.shutDown()
        }
    }

    @Test func privateAddressesAreRefusedWhereTheyAreNotMeant() async throws {
        try await ScriptedServer.with({ _, request in Self.completion(request) }) { server in
            let transport = NetworkTransport()
            var endpoint = try OpenAIEndpoint(
                url: "http://127.0.0.1:\(server.port)/v1", model: "m", key: nil, transport: transport)
            endpoint.allowsPrivateAddresses = false
            let failure = await #expect(throws: ChatFailure.self) {
                try await endpoint.answer([ChatMessage(.user, "x")])
            }
            #expect(failure?.code == "private_address" && failure?.reach == .endpoint && server.received.isEmpty)
            await transport.shutDown()
        }
    }
}
