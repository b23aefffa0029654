import Access
import AsyncHTTPClient
import HTTPTypes
import JSON
import NIOCore
import NIOHTTP1
import Routing
import Serving
import Testing

/// Who may ask, and what handlers learn of it.
@Suite struct CallerTests {
    /// Knows some fields at once, and others after a while.
    struct FakeAuthenticator: Authenticating {
        static let reader = Caller(name: "rita", roles: [("reads", Role(cluster: ["read:*"]))])

        func recognise(_ authorization: String, from client: String) -> Recognition {
            switch authorization {
            case "Basic known": .known(Self.reader)
            case "Basic locked": .refused(retryAfter: 7)
            case "Basic slow", "Basic wrong": .unknown
            default: .refused(retryAfter: nil)
            }
        }

        func verify(_ authorization: String, from client: String) async -> Recognition {
            try? await Task.sleep(for: .milliseconds(30))
            return authorization == "Basic slow" ? .known(Self.reader) : .refused(retryAfter: nil)
        }
    }

    private static let routes: [Route] =
        TestRoutes.all + [
            Route(.get, "/who", name: "who", faults: TestFaults(dialect: "who")) { request in
                APIResponse(text: request.caller?.name ?? "nobody")
            },
            Route(.post, "/who", name: "who.post", faults: TestFaults(dialect: "who")) { request in
                APIResponse(text: "\(request.caller?.name ?? "nobody") \(request.body.count)")
            },
            Route(.get, "/reads", name: "reads", access: .allowed("read:a"), faults: TestFaults(dialect: "who")) { _ in
                APIResponse(text: "read")
            },
            Route(.get, "/writes", name: "writes", access: .allowed("write:a"), faults: TestFaults(dialect: "who")) {
                _ in
                APIResponse(text: "written")
            },
        ]

    private func run(
        change: (inout ServerSettings) -> Void = { _ in }, _ body: @Sendable (RunningServer) async throws -> Void
    ) async throws {
        try await RunningServer.run(Self.routes, authenticator: FakeAuthenticator(), change: change, body)
    }

    @Test(arguments: [
        ("/who", "Basic known", 200, "rita"), ("/who", "Basic slow", 200, "rita"), ("/who", "Basic wrong", 401, ""),
        ("/who", "Basic other", 401, ""), ("/who", nil, 401, ""), ("/reads", "Basic known", 200, "read"),
        ("/reads", "Basic slow", 200, "read"),
        ("/writes", "Basic known", 403, ""), ("/writes", "Basic slow", 403, ""), ("/writes", "Basic wrong", 401, ""),
        ("/writes", nil, 401, ""),
        ("/open", nil, 200, "open"), ("/livez", nil, 200, ""), ("/readyz", nil, 200, ""),
    ])
    func whoMayAsk(_ path: String, _ field: String?, _ status: Int, _ text: String) async throws {
        try await run { server in
            let client = try RawClient(port: server.port)
            let answer = try await client.get(path, field.map { "Authorization: \($0)\r\n" } ?? "")
            #expect(answer.status == status)
            if !text.isEmpty { #expect(answer.text == text) }
            #expect((answer["www-authenticate"] != nil) == (status == 401))
        }
    }

    @Test func waitingIsTold() async throws {
        try await run { server in
            let answer = try await RawClient(port: server.port).get("/who", "Authorization: Basic locked\r\n")
            #expect(answer.status == 401)
            #expect(answer["retry-after"] == "7")
        }
    }

    @Test func keysOfTheSettingsAreAdministrators() async throws {
        try await run(change: { $0.apiKeys = ["k"] }) { server in
            for path in ["/writes", "/reads", "/who"] {
                let answer = try await RawClient(port: server.port).get(path, "Authorization: Bearer k\r\n")
                #expect(answer.status == 200)
            }
            let answer = try await RawClient(port: server.port).get("/who", "Authorization: Basic known\r\n")
            #expect(answer.text == "rita")
        }
    }

    /// Nothing of a body that nobody may send is waited for.
    @Test func refusalsComeBeforeTheBody() async throws {
        try await run(change: { $0.bodyTimeout = .seconds(60) }) { server in
            for path in ["/who", "/count"] {
                let client = try RawClient(port: server.port)
                await client.send(
                    "POST \(path) HTTP/1.1\r\nHost: x\r\nAuthorization: Basic wrong\r\nContent-Length: 50000000\r\n\r\nabc"
                )
                #expect(await client.answer()?.status == 401, "\(path)")
            }
        }
    }

    @Test func bodiesArriveWhileThePasswordIsChecked() async throws {
        try await run { server in
            for (path, expected) in [("/who", "rita 300000"), ("/count", "300000 bytes")] {
                let client = try RawClient(port: server.port)
                await client.send(
                    "POST \(path) HTTP/1.1\r\nHost: x\r\nAuthorization: Basic slow\r\nContent-Length: 300000\r\n\r\n")
                await client.send([UInt8](repeating: 65, count: 300_000))
                let answer = try #require(await client.answer())
                #expect(answer.status == 200)
                #expect(answer.text == expected)
            }
        }
    }

    @Test func streamsOfHTTP2KnowTheirCallers() async throws {
        try await run(change: SecureTests.secure) { server in
            try await SecureTests.withClient { client in
                for (field, status) in [("Basic slow", 200), ("Basic known", 200), ("Basic wrong", 401)] {
                    for path in ["/who", "/count"] {
                        var request = HTTPClientRequest(url: "https://localhost:\(server.port)\(path)")
                        request.method = .POST
                        request.headers.add(name: "authorization", value: field)
                        request.body = .bytes([UInt8](repeating: 65, count: 1000))
                        let answer = try await client.execute(request, timeout: .seconds(20))
                        #expect(answer.version == .http2)
                        #expect(Int(answer.status.code) == status, "\(field) \(path)")
                    }
                }
            }
        }
    }

    @Test func theLogNamesTheUserAndNotTheField() async throws {
        try await run { server in
            _ = try await RawClient(port: server.port).get("/who", "Authorization: Basic known\r\n")
            _ = try await RawClient(port: server.port).get("/reads", "Authorization: Basic wrong\r\n")
            let record = try await server.log.record(of: "/who")
            #expect(record?["user"]?.string == "rita")
            let refused = try await server.log.record(of: "/reads")
            #expect(refused?["status"]?.string == "401" || refused?["status"]?.int == 401)
            for field in ["Basic known", "Basic wrong"] { #expect(!server.log.text.contains(field)) }
        }
    }
}
