import ClusterAccess
import ClusterClient
import JSON
import Testing

/// Requests to a cluster over HTTP, and all that may come back.
@Suite struct HTTPClusterTests {
    private func settings(_ server: ScriptedServer, _ credentials: ClusterCredentials = .none) -> ClusterSettings {
        var settings = ClusterSettings(address: server.address, credentials: credentials)
        settings.retryDelay = .milliseconds(1)
        return settings
    }

    private func send(_ settings: ClusterSettings, _ request: ClusterRequest) async throws -> ClusterReply {
        try await HTTPCluster.with(settings) { try await $0.send(request) }
    }

    private func failure(_ settings: ClusterSettings, _ request: ClusterRequest) async -> ClusterError? {
        await #expect(throws: ClusterError.self) { try await send(settings, request) }
    }

    @Test func requestsArriveAsTheyAre() async throws {
        try await ScriptedServer.with { server in
            var settings = settings(server)
            settings.address += "/search/"
            let request = ClusterRequest(
                "POST", ClusterRequest.path("a/b", "_search"), query: [("q", "x y")], json: ["size": 1])
            #expect(try await send(settings, request) == ClusterReply(status: 200, body: ["ok": true]))
            let received = try #require(server.received.first)
            #expect(received.method == "POST" && received.uri == "/search/a%2Fb/_search?q=x%20y")
            #expect(
                received.headers["content-type"] == "application/json" && received.body == Array(#"{"size":1}"#.utf8))
            #expect(received.headers["authorization"] == nil)
            #expect(try await send(self.settings(server), ClusterRequest("GET", "/empty")).body == .null)
        }
    }

    @Test func credentialsGoIntoHeadersAndNowhereElse() async throws {
        try await ScriptedServer.with { server in
            for (credentials, expected) in [
                // RFC 7617, section 2.
                (
                    ClusterCredentials.basic(user: "Aladdin", password: "open sesame"),
                    "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="
                ),
                (.apiKey("bXk6a2V5"), "ApiKey bXk6a2V5"), (.bearer("t0k3n"), "Bearer t0k3n"),
            ] {
                _ = try await send(settings(server, credentials), ClusterRequest("GET", "/"))
                #expect(server.received.last?.headers["authorization"] == expected)
                let error = await failure(settings(server, credentials), ClusterRequest("GET", "/page"))
                let shown = "\(error.map { "\($0)" } ?? "") \(credentials) \(String(reflecting: credentials))"
                for secret in ["sesame", "bXk6a2V5", "t0k3n"] { #expect(!shown.contains(secret)) }
            }
        }
    }

    @Test func requestsAreSignedForAmazon() async throws {
        try await ScriptedServer.with { server in
            let credentials = ClusterCredentials.signature(
                accessKey: "AKIDEXAMPLE", secretKey: "secret", sessionToken: "session", region: "eu-west-1",
                service: "es")
            _ = try await send(settings(server, credentials), ClusterRequest("POST", "/_search", json: [:]))
            let headers = try #require(server.received.first?.headers)
            let signature = try #require(headers["authorization"])
            #expect(signature.hasPrefix("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/"))
            #expect(
                signature.contains(
                    "/eu-west-1/es/aws4_request, SignedHeaders=accept;content-type;host;user-agent;x-amz-content-sha256;x-amz-date;x-amz-security-token, Signature="
                ))
            #expect(headers["x-amz-security-token"] == "session" && headers["x-amz-date"]?.count == 16)
            // sha256sum of {}.
            #expect(
                headers["x-amz-content-sha256"] == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a")
        }
    }

    @Test(arguments: [429, 503]) func busyClustersAreAskedAgain(_ status: Int) async throws {
        try await ScriptedServer.with { server in
            let reply = try await send(settings(server), ClusterRequest("POST", "/\(status)/3", json: [:]))
            #expect(reply.status == 200 && server.received.count == 4)
            var few = settings(server)
            few.attempts = 2
            let refused = try await send(few, ClusterRequest("POST", "/\(status)/9", json: [:]))
            #expect(refused.status == status && refused.errorReason == "come later")
            #expect(server.received.count == 6)
        }
    }

    @Test func whatMayHaveBeenDoneIsNotDoneTwice() async throws {
        try await ScriptedServer.with { server in
            for path in ["/502/1", "/504/1"] {
                let reply = try await send(settings(server), ClusterRequest("POST", path, json: [:]))
                #expect(reply.status >= 502 && server.received.count { $0.uri == path } == 1)
            }
            #expect(
                try await send(settings(server), ClusterRequest("POST", "/502/1/x", json: [:])).errorReason
                    == "Bad Gateway")
            let search = ClusterRequest("POST", "/502/2/y", json: [:], isRepeatable: true)
            #expect(try await send(settings(server), search).status == 200)
            #expect(try await send(settings(server), ClusterRequest("GET", "/504/2/z")).status == 200)
            #expect(await failure(settings(server), ClusterRequest("POST", "/broken", json: [:]))?.code == .unreachable)
            #expect(server.received.count { $0.uri == "/broken" } == 1)
            #expect(await failure(settings(server), ClusterRequest("GET", "/broken/2"))?.code == .unreachable)
            #expect(server.received.count { $0.uri == "/broken/2" } == 6)
        }
    }

    @Test func answersThatAreNoneAreErrors() async throws {
        try await ScriptedServer.with { server in
            let page = await failure(settings(server), ClusterRequest("GET", "/page"))
            #expect(page?.code == .malformedReply && page?.reason.contains("hello") == true)
            let moved = await failure(settings(server), ClusterRequest("GET", "/elsewhere"))
            #expect(moved?.reason == "the address leads to ...@other.example/")
            var small = settings(server)
            small.replyLimit = 5000
            #expect(await failure(small, ClusterRequest("GET", "/large"))?.code == .replyTooLarge)
            var hurried = settings(server)
            hurried.requestTimeout = .milliseconds(100)
            hurried.attempts = 1
            let silent = await failure(hurried, ClusterRequest("GET", "/silent"))
            #expect(silent?.code == .timeout && silent?.request == "GET /silent")
            let missing = try await send(settings(server), ClusterRequest("GET", "/404/1"))
            #expect(missing.status == 404)
        }
        var nowhere = ClusterSettings(address: "http://127.0.0.1:1")
        nowhere.attempts = 2
        nowhere.retryDelay = .milliseconds(1)
        let error = await failure(nowhere, ClusterRequest("GET", "/"))
        #expect(error?.code == .unreachable && error?.cluster == "http://127.0.0.1:1")
        nowhere.address = "http://no-such-host.invalid"
        #expect(await failure(nowhere, ClusterRequest("GET", "/"))?.code == .unreachable)
    }

    @Test func waitingEndsWithTheTask() async throws {
        try await ScriptedServer.with { server in
            var patient = settings(server)
            patient.retryDelay = .seconds(600)
            patient.longestRetryDelay = .seconds(600)
            let waits = patient
            let task = Task { try await send(waits, ClusterRequest("GET", "/503")) }
            while server.received.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            task.cancel()
            let error = await #expect(throws: ClusterError.self) { try await task.value }
            #expect(error?.code == .cancelled)
        }
    }
}
