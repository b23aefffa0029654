import AsyncHTTPClient
import Glibc
import NIOCore
import NIOHTTP1
import Serving
import Synchronization
import Testing

/// Many connections at once, well-behaved and not.
@Suite(.serialized) struct LoadTests {
    /// Thousands of connections that do nothing, trickle, or talk nonsense; the others must not notice.
    @Test func othersAreAnsweredBesideThousandsOfIdleConnections() async throws {
        try await RunningServer.run(change: { $0.maximumConnections = 20_000 }) { server in
            var limits = rlimit()
            getrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limits)
            // Both ends of each connection are in this process.
            let count = min(3000, (Int(limits.rlim_cur) - 1000) / 2)
            try #require(count > 0)
            var held: [RawClient] = []
            for index in 0..<count {
                let client = try RawClient(port: server.port)
                switch index % 10 {
                case 0: await client.send("GET /hello HTTP/1.1\r\nHo")
                case 1: await client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nx")
                case 2: await client.send("\u{0}\u{1}\u{2}")
                default: break
                }
                held.append(client)
            }
            let other = try RawClient(port: server.port)
            for _ in 0..<50 { #expect(try await other.get("/hello").status == 200) }
            let bytes = [UInt8](repeating: 7, count: 1 << 20)
            #expect(try await other.post("/echo", bytes).body == bytes)
            #expect(server.metric("http_server_connections_open") > Double(count) * 0.85)
            for client in held { client.close() }
            while server.metric("http_server_connections_open") > 1 { try await Task.sleep(for: .milliseconds(5)) }
        }
    }

    @Test func twoHundredConnectionsLoseNothing() async throws {
        try await RunningServer.run { server in
            var configuration = HTTPClient.Configuration()
            configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 200
            let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
            let counts = Counts()
            let end = ContinuousClock.now + .seconds(2)
            await withTaskGroup(of: Void.self) { group in
                for index in 0..<200 {
                    group.addTask {
                        var request = HTTPClientRequest(url: "http://127.0.0.1:\(server.port)/echo")
                        request.method = .POST
                        let body = "request \(index)"
                        request.body = .bytes(Array(body.utf8))
                        repeat {
                            let text = try? await String(
                                buffer: client.execute(request, timeout: .seconds(30)).body.collect(upTo: 100))
                            if text == body {
                                counts.answered.add(1, ordering: .relaxed)
                            } else {
                                counts.lost.add(1, ordering: .relaxed)
                            }
                        } while .now < end
                    }
                }
            }
            try await client.shutdown()
            #expect(counts.lost.load(ordering: .relaxed) == 0)
            #expect(counts.answered.load(ordering: .relaxed) >= 200)
            try await server.expect("http_server_active_requests", 0)
        }
    }
}
