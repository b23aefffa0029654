import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOSSL
import Serving
import TestSupport
import Testing

/// TLS, and HTTP/2 as real clients speak it.
@Suite struct SecureTests {
    static func secure(_ settings: inout ServerSettings) {
        settings.certificatePath = Fixture.path("serving/first.cert.pem")
        settings.keyPath = Fixture.path("serving/first.key.pem")
    }

    /// Runs a client that trusts one certificate only.
    static func withClient<Result: Sendable>(
        trusting name: String = "first", version: HTTPClient.Configuration.HTTPVersion = .automatic,
        _ body: @Sendable (HTTPClient) async throws -> Result
    ) async throws -> Result {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(Fixture.path("serving/\(name).cert.pem")))
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        configuration.httpVersion = version
        configuration.timeout.connect = .seconds(3)
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            let result = try await body(client)
            try await client.shutdown()
            return result
        } catch {
            try? await client.shutdown()
            throw error
        }
    }

    @Test(arguments: [true, false])
    func bothVersionsAreNegotiated(isHTTP2: Bool) async throws {
        try await RunningServer.run(change: Self.secure) { server in
            try await Self.withClient(version: isHTTP2 ? .automatic : .http1Only) { client in
                var request = HTTPClientRequest(url: "https://localhost:\(server.port)/hello?name=tls")
                let answer = try await client.execute(request, timeout: .seconds(20))
                #expect(answer.version == (isHTTP2 ? .http2 : .http1_1))
                #expect(try await String(buffer: answer.body.collect(upTo: 100)) == "hello tls")
                request.url = "https://localhost:\(server.port)/nowhere"
                #expect(try await client.execute(request, timeout: .seconds(20)).status == .notFound)
                request.url = "https://localhost:\(server.port)/hello"
                request.method = .HEAD
                let head = try await client.execute(request, timeout: .seconds(20))
                #expect(head.headers.first(name: "content-length") == "11")
            }
        }
    }

    /// Both directions exceed every window of flow control many times.
    @Test func largeBodiesFlowBothWays() async throws {
        try await RunningServer.run(change: Self.secure) { server in
            try await Self.withClient { client in
                let bytes = (0..<(6 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31) }
                var request = HTTPClientRequest(url: "https://localhost:\(server.port)/echo")
                request.method = .POST
                request.body = .bytes(bytes)
                let answer = try await client.execute(request, timeout: .seconds(20))
                #expect(answer.version == .http2)
                #expect(try await Array(answer.body.collect(upTo: 8 << 20).readableBytesView) == bytes)
            }
        }
    }

    @Test func bodyLimitsHoldOnStreams() async throws {
        try await RunningServer.run(change: {
            Self.secure(&$0)
            $0.maximumBodyBytes = 1000
            $0.bodyTimeout = .milliseconds(300)
        }) { server in
            try await Self.withClient { client in
                var request = HTTPClientRequest(url: "https://localhost:\(server.port)/echo")
                request.method = .POST
                request.body = .bytes([UInt8](repeating: 1, count: 1001))
                let announced = try await client.execute(request, timeout: .seconds(20))
                #expect(announced.status == .payloadTooLarge)
                #expect(try await String(buffer: announced.body.collect(upTo: 4096)).contains("max_body_bytes"))
                // A body that never ends.
                let (parts, _) = AsyncStream.makeStream(of: ByteBuffer.self)
                request.body = .stream(parts, length: .unknown)
                let slow = try await client.execute(request, timeout: .seconds(20))
                #expect(slow.status == .requestTimeout)
                #expect(
                    try await client.execute(
                        HTTPClientRequest(url: "https://localhost:\(server.port)/hello"), timeout: .seconds(20)
                    ).status == .ok)
            }
        }
    }

    @Test func manyStreamsShareAConnection() async throws {
        try await RunningServer.run(change: Self.secure) { server in
            try await Self.withClient { client in
                try await withThrowingTaskGroup(of: String.self) { group in
                    for index in 0..<60 {
                        group.addTask {
                            var request = HTTPClientRequest(
                                url: "https://localhost:\(server.port)/\(index % 2 == 0 ? "slow" : "echo")")
                            request.method = .POST
                            request.body = .bytes(Array("20".utf8))
                            return try await String(
                                buffer: client.execute(request, timeout: .seconds(20)).body.collect(upTo: 100))
                        }
                    }
                    var counts: [String: Int] = [:]
                    for try await text in group { counts[text, default: 0] += 1 }
                    #expect(counts == ["done": 30, "20": 30])
                }
                #expect(server.metric("http_server_connections_accepted_total") < 10)
            }
        }
    }

    @Test func aCancelledStreamCancelsItsRequest() async throws {
        try await RunningServer.run(change: Self.secure) { server in
            try await Self.withClient { client in
                let pending = Task {
                    var request = HTTPClientRequest(url: "https://localhost:\(server.port)/slow")
                    request.method = .POST
                    request.body = .bytes(Array("60000".utf8))
                    return try await client.execute(request, timeout: .seconds(60)).status
                }
                while server.metric("http_server_active_requests") == 0 { try await Task.sleep(for: .milliseconds(2)) }
                pending.cancel()
                while server.metric("http_server_cancelled_total") == 0 { try await Task.sleep(for: .milliseconds(2)) }
                _ = try? await pending.value
            }
        }
    }

    @Test func brokenHandshakesCostNothingElse() async throws {
        try await RunningServer.run(change: {
            Self.secure(&$0)
            $0.headerTimeout = .milliseconds(300)
        }) { server in
            let garbage = try (0..<20).map { _ in try RawClient(port: server.port) }
            for (index, client) in garbage.enumerated() {
                switch index % 4 {
                case 0: await client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                case 1: await client.send([22, 3, 1, 0, 200, 1, 0, 0, 196] + [UInt8](repeating: 7, count: 40))
                case 2: await client.send([22, 3, 1, 255, 255] + [UInt8](repeating: 0, count: 3000))
                default: break
                }
            }
            try await Self.withClient { client in
                let request = HTTPClientRequest(url: "https://localhost:\(server.port)/hello")
                let answer = try await client.execute(request, timeout: .seconds(20))
                #expect(answer.status == .ok)
            }
            for client in garbage { #expect(await client.isClosedByServer()) }
            try await server.expect(#"http_server_refused_total{reason="tls"}"#, 20)
        }
    }

    @Test func theCertificateIsReadAgain() async throws {
        let folder = "/tmp/needletail-certificates-\(UInt64.random(in: 0...UInt64.max))"
        try Files.makeFolder(folder)
        defer { Files.remove(folder) }
        @Sendable func install(_ name: String) throws {
            for part in ["cert", "key"] {
                try Files.write(Fixture.bytes("serving/\(name).\(part).pem"), to: "\(folder)/\(part).pem")
            }
        }
        try install("first")
        try await RunningServer.run(change: {
            $0.certificatePath = "\(folder)/cert.pem"
            $0.keyPath = "\(folder)/key.pem"
        }) { server in
            let request = HTTPClientRequest(url: "https://localhost:\(server.port)/hello")
            #expect(try await Self.withClient { try await $0.execute(request, timeout: .seconds(20)).status } == .ok)
            // A certificate that cannot be used changes nothing.
            try Files.write(Array("nonsense".utf8), to: "\(folder)/cert.pem")
            server.server.reload()
            while !server.log.text.contains("certificate kept") { try await Task.sleep(for: .milliseconds(5)) }
            #expect(try await Self.withClient { try await $0.execute(request, timeout: .seconds(20)).status } == .ok)
            try install("second")
            server.server.reload()
            while !server.log.text.contains("certificate read again") { try await Task.sleep(for: .milliseconds(5)) }
            let status = try await Self.withClient(trusting: "second") {
                try await $0.execute(request, timeout: .seconds(20)).status
            }
            #expect(status == .ok)
            await #expect(throws: (any Error).self) {
                try await Self.withClient { try await $0.execute(request, timeout: .seconds(20)).status }
            }
        }
    }

    @Test func filesThatDoNotFitAreAnErrorAtTheStart() async throws {
        await #expect(throws: ServerError.self) {
            try await RunningServer.run(change: {
                $0.certificatePath = Fixture.path("serving/first.cert.pem")
                $0.keyPath = Fixture.path("serving/second.key.pem")
            }) { _ in }
        }
        await #expect(throws: ServerError.self) {
            try await RunningServer.run(change: { $0.certificatePath = "/nowhere.pem" }) { _ in }
        }
    }
}
