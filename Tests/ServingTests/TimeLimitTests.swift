import JSON
import Serving
import Synchronization
import Testing

/// Clients that are slow on purpose, or gone.
@Suite struct TimeLimitTests {
    @Test func headersThatTrickleAreCutOff() async throws {
        try await RunningServer.run(change: { $0.headerTimeout = .milliseconds(300) }) { server in
            let client = try RawClient(port: server.port)
            // Each byte arrives in time; the whole does not. An idle timer would never fire.
            let trickle = Task {
                for byte in "GET /hello HTTP/1.1\r\nHost: x\r\nX: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" {
                    guard await client.send(String(byte)) else { return }
                    try await Task.sleep(for: .milliseconds(20))
                }
            }
            let answer = try #require(await client.answer())
            trickle.cancel()
            #expect(answer.status == 408)
            #expect(answer.text.contains(#""dialect":"fallback""#))
            try await server.expect(#"http_server_refused_total{reason="slow_headers"}"#, 1)
        }
    }

    @Test func bodiesThatTrickleAreCutOffInTheRoutesWords() async throws {
        try await RunningServer.run(change: { $0.bodyTimeout = .milliseconds(300) }) { server in
            let client = try RawClient(port: server.port)
            await client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n")
            let trickle = Task {
                while await client.send("x") { try await Task.sleep(for: .milliseconds(20)) }
            }
            let answer = try #require(await client.answer())
            trickle.cancel()
            #expect(answer.status == 408)
            #expect(answer.text.contains(#""dialect":"echo""#))
            #expect(answer.text.contains("body_timeout"))
            #expect(answer["connection"] == "close")
        }
    }

    @Test func idleConnectionsAreClosed() async throws {
        try await RunningServer.run(change: { $0.idleTimeout = .milliseconds(200) }) { server in
            let silent = try RawClient(port: server.port)
            let used = try RawClient(port: server.port)
            #expect(try await used.get("/hello").status == 200)
            #expect(await silent.isClosedByServer())
            #expect(await used.isClosedByServer())
        }
    }

    @Test func aRequestThatIsBeingAnsweredIsNotIdle() async throws {
        try await RunningServer.run(change: {
            $0.idleTimeout = .milliseconds(100)
            $0.bodyTimeout = .milliseconds(100)
            $0.headerTimeout = .milliseconds(100)
            $0.writeTimeout = .milliseconds(100)
        }) { server in
            let answer = try await RawClient(port: server.port).post("/slow", "600")
            #expect(answer.text == "done")
        }
    }

    @Test func clientsThatDoNotReadTheirAnswerAreCutOff() async throws {
        try await RunningServer.run(change: { $0.writeTimeout = .milliseconds(300) }) { server in
            let client = try RawClient(port: server.port, receiveBuffer: 4096)
            await client.send("GET /large?bytes=\(64 << 20) HTTP/1.1\r\nHost: x\r\n\r\n")
            while server.metric(#"http_server_refused_total{reason="slow_reader"}"#) == 0 {
                try await Task.sleep(for: .milliseconds(10))
            }
            while server.metric("http_server_connections_open") > 0 { try await Task.sleep(for: .milliseconds(10)) }
        }
    }

    @Test func aClientThatGoesAwayCancelsItsRequest() async throws {
        try await RunningServer.run { server in
            let before = TestRoutes.cancelled.load(ordering: .relaxed)
            let client = try RawClient(port: server.port)
            await client.send("POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n60000")
            while server.metric("http_server_active_requests") == 0 { try await Task.sleep(for: .milliseconds(2)) }
            client.close()
            while TestRoutes.cancelled.load(ordering: .relaxed) == before {
                try await Task.sleep(for: .milliseconds(2))
            }
            try await server.expect("http_server_cancelled_total", 1)
            try await server.expect("http_server_active_requests", 0)
            let record = try #require(try await server.log.record(of: "/slow"))
            #expect(record["status"]?.int == 499)
            #expect(record["level"]?.string == "debug")
        }
    }

    @Test func connectionsBeyondTheMaximumWaitTheirTurn() async throws {
        try await RunningServer.run(change: { $0.maximumConnections = 2 }) { server in
            let first = try RawClient(port: server.port)
            let second = try RawClient(port: server.port)
            #expect(try await first.get("/hello").status == 200)
            #expect(try await second.get("/hello").status == 200)
            let third = try RawClient(port: server.port)
            await third.send("GET /hello?name=third HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try await first.get("/hello").status == 200)
            try await server.expect("http_server_connections_open", 2)
            first.close()
            #expect(await third.answer()?.text == "hello third")
        }
    }

    @Test func headersThatAreTooLongAreRefused() async throws {
        try await RunningServer.run(change: { $0.maximumHeaderBytes = 4096 }) { server in
            let client = try RawClient(port: server.port)
            #expect(try await client.get("/hello", "X: \(String(repeating: "x", count: 3000))\r\n").status == 200)
            await client.send("GET /hello HTTP/1.1\r\nHost: x\r\nX: \(String(repeating: "x", count: 5000))\r\n\r\n")
            let answer = try #require(await client.answer())
            #expect(answer.status == 431)
            #expect(answer.text.contains("max_header_bytes"))
        }
    }
}
