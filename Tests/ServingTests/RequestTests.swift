import Serving
import Testing

/// What a request gets over HTTP/1: the right route, the right fault, and a connection that stays usable.
@Suite struct RequestTests {
    @Test func routesAreAnsweredOnAConnectionThatStaysOpen() async throws {
        try await RunningServer.run { server in
            let client = try RawClient(port: server.port)
            for name in ["a", "b", "c"] {
                let answer = try await client.get("/hello?name=\(name)")
                #expect(answer.status == 200)
                #expect(answer.text == "hello \(name)")
                #expect(answer["connection"] == nil)
                #expect(answer["date"]?.hasSuffix(" GMT") == true)
            }
            #expect(try await client.post("/echo", "abcde").text == "abcde")
            #expect(try await client.get("/items/a%2Fb%20c").text == "a/b c")
            #expect(try await client.get("http://example.org/hello").text == "hello world")
        }
    }

    @Test func faultsAreToldByTheRoutesRenderer() async throws {
        try await RunningServer.run { server in
            let client = try RawClient(port: server.port)
            let missing = try await client.get("/nowhere", "X-Request-Id: r1\r\n")
            #expect(missing.status == 404)
            #expect(missing.text.contains(#""dialect":"fallback""#))
            #expect(missing.text.contains(#""id":"r1""#))
            await client.send("DELETE /echo HTTP/1.1\r\nHost: x\r\n\r\n")
            let wrong = try #require(await client.answer())
            #expect(wrong.status == 405)
            #expect(wrong["allow"] == "POST")
            #expect(wrong.text.contains(#""dialect":"echo""#))
            let overloaded = try await client.get("/fault")
            #expect(overloaded.status == 503)
            #expect(overloaded["retry-after"] == "7")
        }
    }

    @Test func whatAHandlerThrowsIsLoggedAndNotTold() async throws {
        try await RunningServer.run { server in
            let answer = try await RawClient(port: server.port).get("/mishap")
            #expect(answer.status == 500)
            #expect(answer.text.contains(#""dialect":"mishap""#))
            #expect(!answer.text.contains("swordfish") && !answer.text.contains("Mishap"))
            #expect(server.log.text.contains("swordfish"))
        }
    }

    @Test func headIsGetWithoutTheBody() async throws {
        try await RunningServer.run { server in
            let client = try RawClient(port: server.port)
            await client.send("HEAD /hello HTTP/1.1\r\nHost: x\r\n\r\n")
            let answer = try #require(await client.answer(toHead: true))
            #expect(answer.status == 200)
            #expect(answer["content-length"] == "11")
            #expect(try await client.get("/hello").text == "hello world")
        }
    }

    @Test func answersWithoutContentHaveNoLength() async throws {
        try await RunningServer.run { server in
            let client = try RawClient(port: server.port)
            let answer = try await client.get("/nothing")
            #expect(answer.status == 204)
            #expect(answer["content-length"] == nil)
            #expect(try await client.get("/hello").status == 200)
        }
    }

    @Test func optionsNamesTheMethods() async throws {
        try await RunningServer.run { server in
            let client = try RawClient(port: server.port)
            await client.send("OPTIONS /hello HTTP/1.1\r\nHost: x\r\nOrigin: https://a.example\r\n\r\n")
            let answer = try #require(await client.answer())
            #expect(answer.status == 204)
            #expect(answer["allow"] == "GET, HEAD, OPTIONS")
            #expect(answer["access-control-allow-origin"] == nil)
        }
    }

    @Test func pagesOfAllowedOriginsMayCall() async throws {
        try await RunningServer.run(change: { $0.corsAllowOrigins = ["https://a.example"] }) { server in
            let client = try RawClient(port: server.port)
            await client.send("OPTIONS /echo HTTP/1.1\r\nHost: x\r\nOrigin: https://a.example\r\n\r\n")
            let preflight = try #require(await client.answer())
            #expect(preflight["access-control-allow-origin"] == "https://a.example")
            #expect(preflight["access-control-allow-methods"] == "POST, OPTIONS")
            #expect(preflight["access-control-allow-headers"]?.contains("authorization") == true)
            let allowed = try await client.get("/hello", "Origin: https://a.example\r\n")
            #expect(allowed["access-control-allow-origin"] == "https://a.example")
            let other = try await client.get("/hello", "Origin: https://b.example\r\n")
            #expect(other["access-control-allow-origin"] == nil)
        }
        try await RunningServer.run(change: { $0.corsAllowOrigins = ["*"] }) { server in
            let answer = try await RawClient(port: server.port).get("/hello", "Origin: https://b.example\r\n")
            #expect(answer["access-control-allow-origin"] == "*")
        }
    }

    @Test func keysOpenKeyedRoutesOnly() async throws {
        try await RunningServer.run(change: { $0.apiKeys = ["first", "second key"] }) { server in
            let client = try RawClient(port: server.port)
            #expect(try await client.get("/open").status == 200)
            #expect(try await client.get("/livez").status == 200)
            #expect(try await client.get("/metrics").status == 200)
            for right in ["Bearer first", "bearer second key", "BEARER  first"] {
                #expect(try await client.get("/hello", "Authorization: \(right)\r\n").status == 200)
            }
            for wrong in [
                "Bearer firs", "Bearer firstt", "Bearer firstfirst", "Bearer ", "Basic first", "first", "Bearer",
            ] {
                let answer = try await client.get("/hello", "Authorization: \(wrong)\r\n")
                #expect(answer.status == 401)
                #expect(answer["www-authenticate"] == "Bearer")
                #expect(answer.text.contains(#""dialect":"hello""#))
            }
            #expect(try await client.get("/hello").status == 401)
            #expect(!server.log.text.contains("second key"))
            try await server.expect(#"http_server_refused_total{reason="key"}"#, 8)
        }
        try await RunningServer.run(change: {
            $0.apiKeys = ["k"]
            $0.metricsAreOpen = false
        }) { server in
            let answer = try await RawClient(port: server.port).get("/metrics")
            #expect(answer.status == 401)
        }
    }

    @Test func pipelinedRequestsAreAnsweredInOrder() async throws {
        try await RunningServer.run { server in
            let client = try RawClient(port: server.port)
            var bytes = ""
            for index in 0..<200 {
                bytes +=
                    index % 3 == 0
                    ? "POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n1"
                    : "GET /hello?name=\(index) HTTP/1.1\r\nHost: x\r\n\r\n"
            }
            await client.send(bytes)
            for index in 0..<200 {
                #expect(await client.answer()?.text == (index % 3 == 0 ? "done" : "hello \(index)"))
            }
        }
    }

    @Test func olderClientsGetTheirConnectionClosed() async throws {
        try await RunningServer.run { server in
            let old = try RawClient(port: server.port)
            await old.send("GET /hello HTTP/1.0\r\n\r\n")
            #expect(try #require(await old.answer())["connection"] == "close")
            #expect(await old.isClosedByServer())
            let kept = try RawClient(port: server.port)
            await kept.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            #expect(try #require(await kept.answer())["connection"] == "keep-alive")
            #expect(try await kept.get("/hello", "Connection: close\r\n")["connection"] == "close")
            #expect(await kept.isClosedByServer())
        }
    }

    @Test(arguments: [
        "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}", "GARBAGE\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
        "GET /hello HTTP/1.1\r\nHost : x\r\n\r\n", "GET /hello HTTP/1.1\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n",
    ])
    func whatIsNotHTTPIsRefused(bytes: String) async throws {
        try await RunningServer.run { server in
            let client = try RawClient(port: server.port)
            await client.send(bytes)
            let answer = try #require(await client.answer())
            #expect(answer.status == 400)
            #expect(answer["connection"] == "close")
            client.finishSending()
            #expect(await client.isClosedByServer())
            #expect(try await RawClient(port: server.port).get("/hello").status == 200)
        }
    }

    @Test func brokenChunksEndTheRequest() async throws {
        try await RunningServer.run { server in
            let client = try RawClient(port: server.port)
            await client.send("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")
            let answer = try #require(await client.answer())
            #expect(answer.status == 400)
            try await server.expect("http_server_active_requests", 0)
        }
    }
}
